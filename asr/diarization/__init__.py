"""Who speaks when: turns of speakers in a recording, by channel or by voice."""
