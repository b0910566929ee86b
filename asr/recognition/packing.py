"""Packs the turns of one speaker into clips that fill the recogniser's window, so that it hears them in context.

Whisper's errors fall with the speech around a phrase, and its cost falls with full windows: turns of the same speaker
follow one another in a clip, parted by short silence, and every stretch remembers where it came from.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from asr.diarization.source import SAMPLE_RATE, AudioSource
from asr.diarization.turns import Span, SpeakerTurn

Samples = npt.NDArray[np.float32]

MAX_CLIP = 28.0
"""Longest clip in seconds; the model's window is 30."""

MAX_GAP = 0.1
"""Longest silence between two turns in a clip, in seconds. Pauses inside a turn stay as they were heard."""

PADDING = 0.35
"""What is heard before and after a turn, in seconds, so that no consonant is cut."""

SHARED_PADDING = 0.15
"""The same where several speakers share the channel: what lies before and after may be another's."""

_SEARCH = 3.0
_STEP = 0.02


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the recording inside a clip.

    ``turn`` is the index of its turn, ``start`` and ``end`` are seconds in the recording, ``offset`` is where it
    begins in the clip, in seconds.
    """

    turn: int
    start: float
    end: float
    offset: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Clip:
    """Stretches of one speaker on one channel that are recognised together, in order of time."""

    channel: int
    speaker: str
    pieces: tuple[Piece, ...]

    @property
    def duration(self) -> float:
        """Length of the clip in seconds, gaps included."""
        return self.pieces[-1].offset + self.pieces[-1].duration

    @property
    def speech(self) -> float:
        """Seconds that come from the recording, gaps left out."""
        return sum(piece.duration for piece in self.pieces)


def pack(source: AudioSource, turns: Sequence[SpeakerTurn], max_clip: float = MAX_CLIP) -> tuple[Clip, ...]:
    """Clips that together hold every turn once, ordered by start; ``turns`` are ordered by start."""
    clips: list[Clip] = []
    for channel, speaker in sorted({(turn.channel, turn.speaker) for turn in turns}):
        stretches = [
            stretch
            for index, turn in enumerate(turns)
            if turn.channel == channel and turn.speaker == speaker
            for stretch in _stretches(source, index, turn, _bounds(turns, index, source.duration), max_clip)
        ]
        clips += [Clip(channel, speaker, pieces) for pieces in _fill(stretches, max_clip)]
    return tuple(sorted(clips, key=lambda clip: clip.pieces[0].start))


def only(clips: Iterable[Clip], turns: Collection[int]) -> tuple[Clip, ...]:
    """The clips without the pieces of other turns."""
    kept = ((clip, [piece for piece in clip.pieces if piece.turn in turns]) for clip in clips)
    return tuple(rebase(clip.channel, clip.speaker, pieces) for clip, pieces in kept if pieces)


def split(clip: Clip) -> tuple[Clip, ...]:
    """The clip in two halves of whole pieces, or by itself where it has one piece."""
    if len(clip.pieces) == 1:
        return (clip,)
    half = clip.speech / 2
    heard, cut = 0.0, 1
    for number, piece in enumerate(clip.pieces[:-1], 1):
        heard += piece.duration
        cut = number
        if heard >= half:
            break
    return tuple(rebase(clip.channel, clip.speaker, part) for part in (clip.pieces[:cut], clip.pieces[cut:]))


def rebase(channel: int, speaker: str, pieces: Iterable[Piece]) -> Clip:
    """A clip of these pieces alone, beginning with the first."""
    placed: list[Piece] = []
    for piece in pieces:
        placed.append(Piece(piece.turn, piece.start, piece.end, _next_offset(placed, piece.start)))
    return Clip(channel, speaker, tuple(placed))


def samples_of(source: AudioSource, clip: Clip) -> Samples:
    """The clip's audio at 16 kHz: pauses on the speaker's own channel as recorded, others as silence."""
    audio = np.zeros(round(clip.duration * SAMPLE_RATE), dtype=np.float32)
    for piece in clip.pieces:
        heard = source.samples(clip.channel, piece.start, piece.end)
        first = round(piece.offset * SAMPLE_RATE)
        heard = heard[: len(audio) - first]
        audio[first : first + len(heard)] = heard
    return audio


def _bounds(turns: Sequence[SpeakerTurn], index: int, duration: float) -> Span:
    """The turn with its padding, which ends half way to the turns before and after it on its channel."""
    turn = turns[index]
    shared = any(t.channel == turn.channel and t.speaker != turn.speaker for t in turns)
    padding = SHARED_PADDING if shared else PADDING
    earlier = [t.end for t in turns[:index] if t.channel == turn.channel and t.end <= turn.start]
    later = [t.start for t in turns[index + 1 :] if t.channel == turn.channel and t.start >= turn.end]
    before = max(earlier, default=-turn.start)
    after = min(later, default=2 * duration - turn.end)
    start = max(0.0, (before + turn.start) / 2, turn.start - padding)
    end = min(duration, (turn.end + after) / 2, turn.end + padding)
    return start, end


def _stretches(
    source: AudioSource, index: int, turn: SpeakerTurn, bounds: Span, max_clip: float
) -> list[tuple[int, float, float]]:
    """The turn with its padding, cut at its pauses where it is longer than a clip."""
    start, end = bounds
    stretches = []
    while end - start > max_clip:
        cut = _pause(turn.speech, start, start + max_clip) or _quietest(source, turn.channel, start, start + max_clip)
        stretches.append((index, start, cut))
        start = cut
    stretches.append((index, start, end))
    return stretches


def _pause(speech: Sequence[Span], start: float, limit: float) -> float | None:
    """The middle of the last pause before ``limit`` that leaves at least half a clip before it."""
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(speech)]
    fitting = [middle for middle in middles if (start + limit) / 2 < middle <= limit]
    return fitting[-1] if fitting else None


def _quietest(source: AudioSource, channel: int, start: float, limit: float) -> float:
    """The quietest moment in the last seconds before ``limit``."""
    first = max(start + _STEP, limit - _SEARCH)
    heard = source.samples(channel, first, limit)
    step = round(_STEP * SAMPLE_RATE)
    count = len(heard) // step
    if not count:
        return limit
    levels = np.square(heard[: count * step]).reshape(count, step).mean(axis=1)
    return first + (int(levels.argmin()) + 0.5) * _STEP


def _fill(stretches: Iterable[tuple[int, float, float]], max_clip: float) -> list[tuple[Piece, ...]]:
    clips: list[list[Piece]] = []
    for turn, start, end in stretches:
        if clips:
            offset = _next_offset(clips[-1], start)
            if offset + (end - start) <= max_clip:
                clips[-1].append(Piece(turn, start, end, offset))
                continue
        clips.append([Piece(turn, start, end, 0.0)])
    return [tuple(pieces) for pieces in clips]


def _next_offset(pieces: Sequence[Piece], start: float) -> float:
    if not pieces:
        return 0.0
    last = pieces[-1]
    return last.offset + last.duration + min(max(start - last.end, 0.0), MAX_GAP)
