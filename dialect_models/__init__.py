"""The catalogue of speech models: where weights come from, how they are checked, what they are good for."""
