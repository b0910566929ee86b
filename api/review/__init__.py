"""Operators' work on tickets: claims, drafts, conclusions, undoing, corrections of turns. Nothing here commits."""
