"""A transcript becomes a dispatched ticket (工单), by the duty list of a city folder."""
