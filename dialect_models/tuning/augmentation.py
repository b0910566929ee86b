"""Makes of one recording many: other speeds, loudness, noise and lines, and holes in what is heard."""

import io
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy.signal import butter, sosfilt

from dialect_models.tuning.line_sounds import RATE, hold_music

Samples = npt.NDArray[np.float32]
Codec = Literal["ulaw", "alaw", "gsm"]
CODECS: tuple[Codec, ...] = ("ulaw", "alaw", "gsm")
"""G.711 µ-law and A-law, and GSM 6.10 as many recorders store calls."""

TELEPHONE_RATE = 8_000
TELEPHONE_BAND = (300.0, 3400.0)
"""Hz that a line passes (ITU-T G.712)."""

SPEED = (0.88, 1.12)
LONGEST = 29.0
"""Seconds that a clip may last however slow it is played: the model's window less the silence after it."""

SNR = (12.0, 35.0)
"""Signal over added noise, in dB."""

NEARER = 6.0
"""Decibels by which noise comes nearer where augmentation goes twice as far."""

MUSIC = (10.0, 25.0)
"""Signal over hold music that bleeds in from the other leg, in dB."""

MUSIC_SHARE = 0.1

GAIN = (-12.0, 6.0)
"""In dB."""

_MU = 255.0


def augmented(samples: Samples, random: np.random.Generator, telephone: float = 0.0, heat: float = 1.0) -> Samples:
    """Samples (mono, 16 kHz, −1…1) at another speed and loudness, with noise; through a line with that probability.

    ``heat`` widens the range of speeds and brings noise nearer (6 dB where it is 2).
    """
    heard = samples
    if random.random() < min(1.0, 0.7 * heat):
        low, high = (1 + heat * (bound - 1) for bound in SPEED)
        slowest = max(low, len(heard) / (LONGEST * RATE))
        heard = soxr.resample(heard, RATE, RATE / random.uniform(slowest, max(slowest, high)))
    if random.random() < MUSIC_SHARE:
        heard = heard + _at(hold_music(len(heard), random), heard, random.uniform(*MUSIC))
    if random.random() < telephone:
        heard = telephone_line(heard, CODECS[random.integers(len(CODECS))])
    if random.random() < min(1.0, 0.5 * heat):
        heard = heard + _at(random.normal(size=len(heard)), heard, random.uniform(*SNR) - NEARER * (heat - 1))
    heard = heard * 10 ** (random.uniform(*GAIN) / 20)
    return np.clip(heard, -1.0, 1.0).astype(np.float32)


def _at(added: npt.NDArray[Any], heard: npt.NDArray[Any], decibels: float) -> npt.NDArray[Any]:
    """What is added, at so many dB under what is heard."""
    wanted = float(np.mean(np.square(heard))) / 10 ** (decibels / 10)
    return np.asarray(added * np.sqrt((wanted + 1e-12) / (float(np.mean(np.square(added))) + 1e-12)))


def telephone_line(samples: Samples, codec: Codec = "ulaw") -> Samples:
    """What is left after a telephone line: 300–3400 Hz at 8 kHz, coded and decoded, back at 16 kHz."""
    band: Any = butter(4, TELEPHONE_BAND, "bandpass", fs=TELEPHONE_RATE, output="sos")
    line = np.clip(sosfilt(band, soxr.resample(samples, RATE, TELEPHONE_RATE)), -1.0, 1.0)
    coded = _ulaw(line) if codec == "ulaw" else _recoded(line, "ALAW" if codec == "alaw" else "GSM610")
    return np.asarray(soxr.resample(coded, TELEPHONE_RATE, RATE), dtype=np.float32)


def _ulaw(line: npt.NDArray[Any]) -> npt.NDArray[Any]:
    compressed = np.sign(line) * np.log1p(_MU * np.abs(line)) / np.log1p(_MU)
    coarse = np.round(compressed * 127) / 127
    return np.asarray(np.sign(coarse) * np.expm1(np.abs(coarse) * np.log1p(_MU)) / _MU)


def _recoded(line: npt.NDArray[Any], subtype: str) -> npt.NDArray[Any]:
    """The line through libsndfile's own coder and decoder."""
    stored = io.BytesIO()
    soundfile.write(stored, line, TELEPHONE_RATE, format="WAV", subtype=subtype)
    stored.seek(0)
    decoded, _ = soundfile.read(stored, dtype="float32")
    # GSM codes blocks of 20 ms: the last is filled up.
    return np.asarray(decoded[: len(line)])


def masked(features: Samples, random: np.random.Generator, heat: float = 1.0) -> Samples:
    """Features (mel bands × frames) with bands and stretches of time blanked (SpecAugment, Park et al. 2019).

    ``heat`` multiplies how many are.
    """
    result, mean = features.copy(), features.mean()
    bands, frames = features.shape
    for _ in range(round(2 * heat)):
        height = random.integers(0, 11)
        first = random.integers(0, bands - height + 1)
        result[first : first + height] = mean
        width = random.integers(0, max(1, min(40, frames // 4)) + 1)
        first = random.integers(0, frames - width + 1)
        result[:, first : first + width] = mean
    return result
