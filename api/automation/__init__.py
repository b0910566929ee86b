"""Governs what goes out without a person: rules, blind samples, measured precision. Nothing here commits."""
