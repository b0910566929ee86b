"""Recordings as recorders write them become 16 kHz, 16-bit working files, in bounded memory."""
