"""How well a model hears, raw and folded to Mandarin, with intervals; and what may be installed."""
