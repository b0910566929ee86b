"""Labels of the danger models beside the codes of the duty list."""

HARMLESS = "OTHER"
"""What a citizen says where nothing is in danger, and an operator where he doesn't act on a danger."""
ACTING = "ACTING"
"""What an operator says who acts on a danger."""
