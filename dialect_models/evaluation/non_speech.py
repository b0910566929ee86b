"""Sounds of a telephone line in which nobody speaks: what a model writes there is invented."""

import numpy as np
import numpy.typing as npt

from dialect_models.tuning.line_sounds import RATE, hold_music

Samples = npt.NDArray[np.float32]

SECONDS = 12.0

RING_TONE = (450.0, 1.0, 4.0)
"""Hz, seconds on, seconds off: the ring-back tone of the Chinese network (GB/T 3380)."""


def non_speech(seed: int = 0) -> dict[str, Samples]:
    """Silence, line noise, ring tone and hold music by name, mono at 16 kHz."""
    random = np.random.default_rng(seed)
    time = np.arange(round(SECONDS * RATE)) / RATE
    return {
        "silence": np.zeros(len(time), np.float32),
        "line noise": random.normal(scale=0.003, size=len(time)).astype(np.float32),
        "ring tone": _ring_tone(time),
        "hold music": hold_music(len(time), random),
    }


def _ring_tone(time: npt.NDArray[np.float64]) -> Samples:
    frequency, on, off = RING_TONE
    tone = 0.2 * np.sin(2 * np.pi * frequency * time) * (time % (on + off) < on)
    return np.asarray(tone, dtype=np.float32)
