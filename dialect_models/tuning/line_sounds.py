"""Sounds that a telephone system itself makes."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 16_000

_SCALE = (261.6, 293.7, 329.6, 392.0, 440.0, 523.3)
"""A pentatonic scale in Hz, as of a hold melody."""


def hold_music(count: int, random: np.random.Generator) -> Samples:
    """``count`` samples (16 kHz) of a plucked melody over a bass, peak 0.3, as a switchboard plays it."""
    music = np.zeros(count)
    beat = round(RATE * 60 / random.uniform(80, 130))
    length = np.arange(2 * beat) / RATE
    for start in range(0, count, beat):
        melody, bass = float(random.choice(_SCALE)) * 2, float(random.choice(_SCALE[:3])) / 2
        for frequency, loudness in ((melody, 1.0), (bass, 0.5)):
            tones = np.sum([np.sin(2 * np.pi * frequency * k * length) / k**1.5 for k in range(1, 6)], axis=0)
            note = loudness * np.exp(-3 * length) * tones
            room = min(len(note), count - start)
            music[start : start + room] += note[:room]
    return np.asarray(0.3 * music / max(1e-9, float(np.abs(music).max(initial=0.0))), dtype=np.float32)


def without_speech(random: np.random.Generator) -> Samples:
    """A few seconds in which nobody speaks, each time others: silence, noise, tones with pauses, hold music."""
    count = round(RATE * random.uniform(2.0, 12.0))
    kind = random.integers(4)
    if kind == 0:
        return np.zeros(count, np.float32)
    if kind == 1:
        return np.asarray(random.normal(scale=10 ** random.uniform(-4, -1.5), size=count), np.float32)
    if kind == 2:
        time = np.arange(count) / RATE
        on, off = random.uniform(0.2, 1.5), random.uniform(0.2, 4.5)
        tone = np.sin(2 * np.pi * random.uniform(350, 1400) * time) * (time % (on + off) < on)
        return np.asarray(random.uniform(0.05, 0.4) * tone, np.float32)
    return hold_music(count, random)
