"""Figures for supervisors: how much came, went out by itself, was right; and their export."""
