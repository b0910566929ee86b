"""HTTP intake, storage, durable workflows and the command line."""
