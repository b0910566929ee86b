"""Proposes words that sound like what the recogniser wrote and make better sense.

A noisy channel: between the characters as recognised, each with its confidence, and the words of the language lies the
telephone. The likeliest word sequence is searched by beam; each change of a character costs by how far its sound is
from what was written and by how sure the recogniser was (cf. Kernighan, Church & Gale 1990, the same for spelling).
What is proposed is not yet believed: :mod:`asr.recognition.verification` lets the recogniser hear it again.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asr.recognition.language_model import Context, LanguageModel
from asr.recognition.lexicon import LONGEST, Lexicon

SOUND_COST = 2.5
"""For one unit of phonetic distance; all costs are in powers of ten."""

CHANGE_COST = 0.6
"""For each character that changes."""

CONFIDENCE_COST = 1.2
"""For each power of ten in the recogniser's odds of a character."""

MAX_COST = 9.0
BEAM = 12

_FIXED = frozenset("零〇一二三四五六七八九十百千万亿两幺")
"""Said numbers: no language model knows which is right."""


@dataclass(frozen=True, slots=True)
class Character:
    """A Chinese character as recognised, with the recogniser's confidence 0…1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` of a phrase that would become ``text``, of the same length.

    ``gain`` is how much likelier the language finds the phrase with this change alone, in powers of ten.
    """

    start: int
    end: int
    text: str
    gain: float = 0.0


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    context: Context
    text: str


class Corrector:
    """Searches the likeliest words behind a phrase."""

    def __init__(self, lexicon: Lexicon, language: LanguageModel) -> None:
        self._lexicon = lexicon
        self._language = language

    def propose(self, phrase: Sequence[Character]) -> tuple[Edit, ...]:
        """Changes that make the likeliest word sequence of a phrase of Chinese characters without punctuation."""
        text = "".join(character.text for character in phrase)
        syllables = self._lexicon.syllables(text)
        if len(phrase) < 2 or syllables is None:
            return ()
        costs = [_change_cost(character) for character in phrase]
        ends: list[dict[tuple[str, str], _Path]] = [{} for _ in range(len(text) + 1)]
        ends[0]["", ""] = _Path(0.0, self._language.start(), "")
        for position in range(len(text)):
            options = list(self._options(text, syllables, costs, position))
            best = sorted(ends[position].items(), key=lambda item: -item[1].score)[:BEAM]
            for (_, last), path in best:
                for word, cost in options:
                    gain, context = self._language.score(path.context, word)
                    score = path.score + gain - cost
                    reached = ends[position + len(word)]
                    if (last, word) not in reached or reached[last, word].score < score:
                        reached[last, word] = _Path(score, context, path.text + word)
        meant = max(ends[-1].values(), key=lambda path: path.score).text
        before = self._likelihood(text) if meant != text else 0.0
        return tuple(
            replace(edit, gain=self._likelihood(text[: edit.start] + edit.text + text[edit.end :]) - before)
            for edit in _edits(text, meant)
        )

    def _likelihood(self, text: str) -> float:
        """The likeliest way to read fixed text as words."""
        ends: list[dict[str, _Path]] = [{} for _ in range(len(text) + 1)]
        ends[0][""] = _Path(0.0, self._language.start(), "")
        for position in range(len(text)):
            for length in range(1, min(LONGEST, len(text) - position) + 1):
                word = text[position : position + length]
                if length > 1 and word not in self._lexicon.words:
                    continue
                for path in ends[position].values():
                    gain, context = self._language.score(path.context, word)
                    reached = ends[position + length]
                    if word not in reached or reached[word].score < path.score + gain:
                        reached[word] = _Path(path.score + gain, context, word)
        return max(path.score for path in ends[-1].values())

    def _options(
        self, text: str, syllables: tuple[int, ...], costs: Sequence[float], position: int
    ) -> Iterator[tuple[str, float]]:
        """Words that may begin here, with what it costs to hear them in what was written."""
        for length in range(1, min(LONGEST, len(text) - position) + 1):
            written = text[position : position + length]
            if length == 1 or written in self._lexicon.words:
                yield written, 0.0
            if math.inf in costs[position : position + length]:
                break
            for word, distance in self._lexicon.alike(syllables[position : position + length]):
                if word != written:
                    changed = (c for a, b, c in zip(word, written, costs[position:], strict=False) if a != b)
                    cost = SOUND_COST * distance + sum(changed)
                    if cost < MAX_COST:
                        yield word, cost


def _change_cost(character: Character) -> float:
    if character.text in _FIXED:
        return math.inf
    confidence = min(max(character.confidence, 1e-3), 1 - 1e-3)
    return CHANGE_COST + CONFIDENCE_COST * max(0.0, math.log10(confidence / (1 - confidence)) + 0.5)


def _edits(written: str, meant: str) -> Iterator[Edit]:
    """Runs of changed characters; a single unchanged one between two changes belongs to the run."""
    changed = [index for index, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
    while changed:
        start = end = changed.pop(0)
        while changed and changed[0] - end <= 2:
            end = changed.pop(0)
        yield Edit(start, end + 1, meant[start : end + 1])
