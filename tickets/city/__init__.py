"""The city folder: everything that a city decides, loaded and validated once."""

from tickets.city.loading import read_city
from tickets.city.model import City, Department, Duty, Place

load_city = read_city

__all__ = ["City", "Department", "Duty", "Place", "load_city", "read_city"]
