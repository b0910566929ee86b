"""Who handles a duty, by the duty list alone."""
