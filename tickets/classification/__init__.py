"""Which duty a call is about: corpus, features, training, model."""
