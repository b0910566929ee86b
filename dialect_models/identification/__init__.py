"""Which dialect somebody speaks: by the sound that the recogniser's encoder leaves, by the words, and by the region."""
