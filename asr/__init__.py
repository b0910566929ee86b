"""A recording becomes a speaker-attributed transcript: audio, diarization, recognition."""
