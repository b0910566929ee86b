"""Versions of the city: kept for good, put in force, rolled back, loaded by workers and API."""
