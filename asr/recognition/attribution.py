"""Gives every word of a clip to the turn it was said in, with its time in the recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from asr.recognition.packing import Clip, Piece
from asr.recognition.speech_model import RawWord
from asr.transcript import Word


@dataclass(frozen=True, slots=True)
class AttributedWord:
    """A word in the recording, and what the recogniser wrote in its place."""

    word: Word
    written: str


def positions(clip: Clip, words: Sequence[RawWord]) -> list[int]:
    """For each word the index of its piece: the one that holds its middle, or the nearest where that lies in a gap.

    Order is kept: times from attention can step back, words cannot.
    """
    found: list[int] = []
    position = 0
    for word in words:
        position = max(position, nearest_piece(clip, (word.start + word.end) / 2))
        found.append(position)
    return found


def attribute(clip: Clip, words: Sequence[RawWord]) -> dict[int, tuple[AttributedWord, ...]]:
    """Words by index of their turn, their times moved to the recording and kept inside their piece."""
    found: dict[int, list[AttributedWord]] = {}
    for word, position in zip(words, positions(clip, words), strict=True):
        piece = clip.pieces[position]
        start, end = (_inside(piece, time) for time in (word.start, word.end))
        own = found.setdefault(piece.turn, [])
        if own:
            start = max(start, own[-1].word.start)
        placed = Word(round(start, 3), round(max(start, end), 3), word.text, round(word.probability, 4))
        own.append(AttributedWord(placed, word.written))
    return {turn: tuple(own) for turn, own in found.items()}


def nearest_piece(clip: Clip, time: float) -> int:
    """Index of the piece at ``time`` (seconds in the clip), or of the nearest."""

    def distance(index: int) -> float:
        piece = clip.pieces[index]
        return max(piece.offset - time, time - piece.offset - piece.duration, 0.0)

    return min(range(len(clip.pieces)), key=distance)


def _inside(piece: Piece, time: float) -> float:
    return piece.start + min(max(time - piece.offset, 0.0), piece.duration)
