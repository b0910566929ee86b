"""Tunes a speech model on a city's own recordings."""
