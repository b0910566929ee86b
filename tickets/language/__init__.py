"""Chinese as it is spoken on the phone: numbers, dates, sounds, word lists."""
