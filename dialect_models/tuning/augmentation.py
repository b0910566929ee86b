"""Makes of one recording many: other speeds, loudness, noise and lines, and holes in what is heard."""

from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from scipy.signal import butter, sosfilt

Samples = npt.NDArray[np.float32]

RATE = 16_000
TELEPHONE_RATE = 8_000
TELEPHONE_BAND = (300.0, 3400.0)
"""Hz that a line passes (ITU-T G.712)."""

SPEED = (0.88, 1.12)
LONGEST = 29.0
"""Seconds that a clip may last however slow it is played: the model's window less the silence after it."""

SNR = (12.0, 35.0)
"""Signal over added noise, in dB."""

GAIN = (-12.0, 6.0)
"""In dB."""

_MU = 255.0


def augmented(samples: Samples, random: np.random.Generator, telephone: float = 0.0) -> Samples:
    """Samples (mono, 16 kHz, −1…1) at another speed and loudness, with noise; through a line with that probability."""
    heard = samples
    if random.random() < 0.7:
        slowest = max(SPEED[0], len(heard) / (LONGEST * RATE))
        heard = soxr.resample(heard, RATE, RATE / random.uniform(slowest, max(slowest, SPEED[1])))
    if random.random() < telephone:
        heard = telephone_line(heard)
    if random.random() < 0.5:
        power = float(np.mean(np.square(heard))) + 1e-12
        noise = random.normal(size=len(heard)) * np.sqrt(power / 10 ** (random.uniform(*SNR) / 10))
        heard = heard + noise
    heard = heard * 10 ** (random.uniform(*GAIN) / 20)
    return np.clip(heard, -1.0, 1.0).astype(np.float32)


def telephone_line(samples: Samples) -> Samples:
    """What is left after a telephone line: 300–3400 Hz at 8 kHz, µ-law (ITU-T G.711), back at 16 kHz."""
    band: Any = butter(4, TELEPHONE_BAND, "bandpass", fs=TELEPHONE_RATE, output="sos")
    line = np.clip(sosfilt(band, soxr.resample(samples, RATE, TELEPHONE_RATE)), -1.0, 1.0)
    compressed = np.sign(line) * np.log1p(_MU * np.abs(line)) / np.log1p(_MU)
    coarse = np.round(compressed * 127) / 127
    expanded = np.sign(coarse) * np.expm1(np.abs(coarse) * np.log1p(_MU)) / _MU
    return np.asarray(soxr.resample(expanded, TELEPHONE_RATE, RATE), dtype=np.float32)


def masked(features: Samples, random: np.random.Generator) -> Samples:
    """Features (mel bands × frames) with bands and stretches of time blanked (SpecAugment, Park et al. 2019)."""
    result, mean = features.copy(), features.mean()
    bands, frames = features.shape
    for _ in range(2):
        height = random.integers(0, 11)
        first = random.integers(0, bands - height + 1)
        result[first : first + height] = mean
        width = random.integers(0, max(1, min(40, frames // 4)) + 1)
        first = random.integers(0, frames - width + 1)
        result[:, first : first + width] = mean
    return result
