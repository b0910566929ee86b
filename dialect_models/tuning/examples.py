"""Utterances become what the model learns from: clips of one speaker's utterances in a row, with the text to write.

Clips are put together as recognition puts them together, each time a little differently.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from dialect_models.tuning.augmentation import RATE
from dialect_models.tuning.manifest import Utterance

Samples = npt.NDArray[np.float32]

CLIP_LENGTHS = (28.0, 28.0, 20.0, 12.0)
"""Longest clip in seconds, one drawn for each speaker and each time."""

PADDING = (0.05, 0.35)
SHARED_PADDING = (0.05, 0.15)
"""Seconds heard before and after an utterance; less where others speak on the same channel."""

GAP = (0.0, 0.15)
"""Seconds of silence between two utterances of a clip."""

LONGEST_UTTERANCE = 29.0


@dataclass(frozen=True, slots=True)
class Example:
    """A clip (mono, 16 kHz) and what is said in it. ``marks`` are start and end of each utterance in it, in seconds."""

    samples: Samples
    text: str
    texts: tuple[str, ...]
    marks: tuple[tuple[float, float], ...]
    dialect: str


@lru_cache(maxsize=64)
def _audio(path: Path) -> npt.NDArray[np.float32]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.stack([soxr.resample(channel, rate, RATE) for channel in samples.T]).astype(np.float32)


def examples(utterances: Sequence[Utterance], random: np.random.Generator) -> Iterator[Example]:
    """All utterances once, in clips, in random order."""
    speakers: dict[tuple[Path, int, str], list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        speakers[utterance.audio, utterance.channel, utterance.speaker].append(utterance)
    shared = {channel for channel, group in groupby(sorted(key[:2] for key in speakers)) if sum(1 for _ in group) > 1}
    clips = [
        clip
        for (audio, channel, _), own in speakers.items()
        for clip in _clips(own, SHARED_PADDING if (audio, channel) in shared else PADDING, random)
    ]
    for index in random.permutation(len(clips)):
        yield clips[index]


def _clips(utterances: Sequence[Utterance], padding: tuple[float, float], random: np.random.Generator) -> list[Example]:
    longest = round(random.choice(CLIP_LENGTHS) * RATE)
    clips: list[list[tuple[Samples, Utterance]]] = []
    room = 0
    for utterance in sorted(utterances, key=lambda u: u.start):
        heard = _heard(utterance, padding, random)
        if len(heard) > LONGEST_UTTERANCE * RATE:
            continue
        gap = np.zeros(round(random.uniform(*GAP) * RATE), np.float32)
        if clips and len(gap) + len(heard) <= room:
            clips[-1].append((np.concatenate([gap, heard]), utterance))
        else:
            clips.append([(heard, utterance)])
            room = longest
        room -= len(clips[-1][-1][0])
    return [_example(clip) for clip in clips]


def _heard(utterance: Utterance, padding: tuple[float, float], random: np.random.Generator) -> Samples:
    samples: Samples = _audio(utterance.audio)[utterance.channel]
    end = utterance.end if utterance.end is not None else len(samples) / RATE
    first = max(0.0, utterance.start - random.uniform(*padding))
    return samples[round(first * RATE) : round((end + random.uniform(*padding)) * RATE)]


def _example(clip: Sequence[tuple[Samples, Utterance]]) -> Example:
    ends = np.cumsum([len(samples) for samples, _ in clip]) / RATE
    texts = tuple(utterance.text for _, utterance in clip)
    marks = tuple(zip((0.0, *map(float, ends[:-1])), map(float, ends), strict=True))
    return Example(np.concatenate([s for s, _ in clip]), "".join(texts), texts, marks, clip[0][1].dialect)
