"""The words of one turn as they are written: simplified, freed of inventions, corrected, punctuated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from asr.diarization.turns import Span, SpeakerTurn
from asr.recognition.attribution import AttributedWord
from asr.recognition.boilerplate import boilerplate_spans
from asr.recognition.punctuation import punctuate
from asr.recognition.repetition import loop_spans
from asr.recognition.spoken_digits import with_digits
from asr.transcript import Word

_SpanFinder = Callable[[str], list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """A turn's text. ``index`` is the turn's; ``raw_text`` is what the recogniser wrote; words joined are the text."""

    index: int
    raw_text: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All words joined."""
        return "".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, 0 without any."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0


def write(index: int, turn: SpeakerTurn, words: Sequence[AttributedWord]) -> WrittenTurn:
    """Write a turn from what was recognised in it."""
    raw = "".join(word.written for word in words)
    clean = _without([attributed.word for attributed in words], boilerplate_spans)
    clean = _without(clean, loop_spans)
    return WrittenTurn(index, raw.strip(), punctuate(with_digits(clean), pauses(turn)))


def pauses(turn: SpeakerTurn) -> list[Span]:
    """Silent spans inside a turn."""
    return [(a[1], b[0]) for a, b in pairwise(turn.speech) if b[0] > a[1]]


def _without(words: Sequence[Word], spans_in: _SpanFinder) -> list[Word]:
    text = "".join(word.text for word in words)
    struck = {at for start, end in spans_in(text) for at in range(start, end)}
    if not struck:
        return list(words)
    out, position = [], 0
    for word in words:
        left = "".join(c for offset, c in enumerate(word.text) if position + offset not in struck)
        position += len(word.text)
        if left:
            out.append(replace(word, text=left))
    return out
