"""Gives every word of a clip to the turn it was said in, with its time in the recording."""

from collections.abc import Sequence

from asr.recognition.packing import Clip, Piece
from asr.recognition.speech_model import RawWord
from asr.transcript import Word


def attribute(clip: Clip, words: Sequence[RawWord]) -> dict[int, tuple[Word, ...]]:
    """Words by index of their turn.

    A word belongs to the piece that holds its middle, or to the nearest where that lies in a gap; its times are moved
    to the recording and kept inside the piece. Order is kept: times from attention can step back, words cannot.
    """
    found: dict[int, list[Word]] = {}
    position = 0
    for word in words:
        position = max(position, _nearest(clip.pieces, (word.start + word.end) / 2))
        piece = clip.pieces[position]
        start, end = (_inside(piece, time) for time in (word.start, word.end))
        own = found.setdefault(piece.turn, [])
        if own:
            start = max(start, own[-1].start)
        own.append(Word(round(start, 3), round(max(start, end), 3), word.text, round(word.probability, 4)))
    return {turn: tuple(own) for turn, own in found.items()}


def _nearest(pieces: Sequence[Piece], time: float) -> int:
    def distance(index: int) -> float:
        piece = pieces[index]
        return max(piece.offset - time, time - piece.offset - piece.duration, 0.0)

    return min(range(len(pieces)), key=distance)


def _inside(piece: Piece, time: float) -> float:
    return piece.start + min(max(time - piece.offset, 0.0), piece.duration)
