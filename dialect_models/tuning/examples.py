"""Utterances become what the model learns from: clips of one speaker's utterances in a row, with the text to write.

Clips are put together as recognition puts them together, each time a little differently.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from dialect_models.tuning.line_sounds import RATE
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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """An utterance with what is heard before and after it, and the silence before it in its clip, in seconds."""

    utterance: Utterance
    start: float
    end: float
    gap: float


def usable(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Utterances that fit into the model's window; cut longer ones before tuning."""
    return tuple(u for u in utterances if u.end - u.start <= LONGEST_UTTERANCE)


def count(utterances: Sequence[Utterance], random: np.random.Generator) -> int:
    """Number of clips that the utterances make."""
    return len(_plans(utterances, random))


def examples(utterances: Sequence[Utterance], random: np.random.Generator) -> Iterator[Example]:
    """All usable utterances once, in clips, in random order. Audio is read when a clip's turn comes."""
    plans = _plans(utterances, random)
    for index in random.permutation(len(plans)):
        yield _example(plans[index])


def _plans(utterances: Sequence[Utterance], random: np.random.Generator) -> list[list[_Stretch]]:
    speakers: dict[tuple[Path, int, str], list[Utterance]] = defaultdict(list)
    for utterance in usable(utterances):
        speakers[utterance.audio, utterance.channel, utterance.speaker].append(utterance)
    voices = Counter(key[:2] for key in speakers)
    return [
        plan
        for (audio, channel, _), own in speakers.items()
        for plan in _packed(own, SHARED_PADDING if voices[audio, channel] > 1 else PADDING, random)
    ]


def _packed(
    utterances: Sequence[Utterance], padding: tuple[float, float], random: np.random.Generator
) -> list[list[_Stretch]]:
    longest = float(random.choice(CLIP_LENGTHS))
    plans: list[list[_Stretch]] = []
    room = 0.0
    for utterance in sorted(utterances, key=lambda u: u.start):
        start, end = max(0.0, utterance.start - random.uniform(*padding)), utterance.end + random.uniform(*padding)
        gap = random.uniform(*GAP)
        if plans and gap + end - start <= room:
            plans[-1].append(_Stretch(utterance, start, end, gap))
            room -= gap + end - start
        else:
            plans.append([_Stretch(utterance, start, end, 0.0)])
            room = longest - (end - start)
    return plans


def _example(plan: Sequence[_Stretch]) -> Example:
    pieces = [piece for stretch in plan for piece in (np.zeros(round(stretch.gap * RATE), np.float32), _heard(stretch))]
    ends = np.cumsum([len(piece) for piece in pieces])[1::2] / RATE
    texts = tuple(stretch.utterance.text for stretch in plan)
    marks = tuple(zip((0.0, *map(float, ends[:-1])), map(float, ends), strict=True))
    return Example(np.concatenate(pieces), "".join(texts), texts, marks, plan[0].utterance.dialect)


def _heard(stretch: _Stretch) -> Samples:
    with soundfile.SoundFile(stretch.utterance.audio) as audio:
        audio.seek(round(stretch.start * audio.samplerate))
        heard = audio.read(round((stretch.end - stretch.start) * audio.samplerate), dtype="float32", always_2d=True)
        samples: Samples = soxr.resample(heard[:, stretch.utterance.channel], audio.samplerate, RATE)
    return samples
