"""Schema versions in order."""
