"""A second opinion by a language model where the city wants one: on what is unsure, and never the last word."""
