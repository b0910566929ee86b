"""Who sees names and numbers, and what stands in their place for the others."""
