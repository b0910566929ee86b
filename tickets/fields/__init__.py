"""One module a field of the ticket: each reads its value and its evidence from a call."""
