"""What a model hears in the utterances of a manifest, as they are and through a telephone."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from dialect_models.card import Band
from dialect_models.identification.pooling import Pooled
from dialect_models.labels import UNKNOWN
from dialect_models.tuning.augmentation import telephone_line
from dialect_models.tuning.line_sounds import RATE
from dialect_models.tuning.manifest import Utterance

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A text with the times of its words (seconds from the start, begin and end), and the dialect that was named.

    ``raw`` is the text before corrections and ``sound`` the states of the encoder of ``model``: what a dialect is named
    by.
    """

    text: str
    words: tuple[tuple[float, float], ...] = ()
    dialect: str = UNKNOWN
    raw: str = ""
    model: str = ""
    sound: Pooled | None = None


Transcribe = Callable[[Samples], Transcribed]
"""Writes down mono samples at 16 kHz."""


@dataclass(frozen=True, slots=True)
class HeardUtterance:
    """An utterance of a manifest and what a model made of it. ``cpu`` are CPU seconds of this process."""

    utterance: Utterance
    band: Band
    heard: Transcribed
    seconds: float
    cpu: float


def hear(
    utterances: Sequence[Utterance],
    transcribe: Transcribe,
    band: Band = "16 kHz",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Iterator[HeardUtterance]:
    """Each utterance as a model hears it; ``progress`` gets utterances done and all."""
    for number, utterance in enumerate(utterances, 1):
        samples = read(utterance)
        if band == "telephone":
            samples = telephone_line(samples)
        before = time.process_time()
        heard = transcribe(samples)
        yield HeardUtterance(utterance, band, heard, len(samples) / RATE, time.process_time() - before)
        progress(number, len(utterances))


def read(utterance: Utterance) -> Samples:
    """The utterance's samples, mono at 16 kHz."""
    with soundfile.SoundFile(utterance.audio) as audio:
        first = round(utterance.start * audio.samplerate)
        audio.seek(first)
        count = round(utterance.end * audio.samplerate) - first
        heard = audio.read(count, dtype="float32", always_2d=True)[:, utterance.channel]
        return np.asarray(soxr.resample(heard, audio.samplerate, RATE), dtype=np.float32)
