"""Durable workflows: from a received recording to a dispatched ticket, whatever process dies on the way."""
