"""Proposes words that sound like what the recogniser wrote and make better sense.

A noisy channel: between the characters as recognised, each with its confidence, and the words of the language lies the
telephone. The likeliest word sequence is searched by beam; each change of a character costs by how far its sound is
from what was written and by how sure the recogniser was (cf. Kernighan, Church & Gale 1990, the same for spelling).
What is proposed is not yet believed: :mod:`asr.recognition.verification` lets the recogniser hear it again.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from asr.recognition.language_model import Context, LanguageModel
from asr.recognition.lexicon import LONGEST, Lexicon

SOUND_COST = 2.0
"""For one unit of phonetic distance; all costs are in powers of ten."""

CHANGE_COST = 0.4
"""For each character that changes."""

CONFIDENCE_COST = 0.8
"""For each power of ten in the recogniser's odds of a character."""

OTHER_COST = 0.2
"""For each character that another hypothesis of the recogniser has, whatever it sounds like."""

MAX_COST = 9.0
MAX_MIXTURES = 64
BEAM = 6

_FIXED = frozenset("零〇一二三四五六七八九十百千万亿两幺")
"""Said numbers: no language model knows which is right."""


@dataclass(frozen=True, slots=True)
class Character:
    """A Chinese character as recognised, with the recogniser's confidence 0…1.

    ``others`` are what its less likely hypotheses have in this place.
    """

    text: str
    confidence: float
    others: frozenset[str] = frozenset()


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
    words: tuple[str, ...]


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
        ends[0]["", ""] = _Path(0.0, self._language.start(), ())
        for position in range(len(text)):
            options = list(self._options(phrase, text, syllables, costs, position))
            best = sorted(ends[position].items(), key=lambda item: -item[1].score)[:BEAM]
            for (_, last), path in best:
                for word, cost in options:
                    gain, context = self._language.score(path.context, word)
                    score = path.score + gain - cost
                    reached = ends[position + len(word)]
                    if (last, word) not in reached or reached[last, word].score < score:
                        reached[last, word] = _Path(score, context, (*path.words, word))
        meant = max(ends[-1].values(), key=lambda path: path.score).words
        before = self._likelihood(text) if "".join(meant) != text else 0.0
        return tuple(
            replace(edit, gain=self._likelihood(text[: edit.start] + edit.text + text[edit.end :]) - before)
            for edit in _edits(text, meant)
        )

    def _likelihood(self, text: str) -> float:
        """The likeliest way to read fixed text as words."""
        ends: list[dict[str, _Path]] = [{} for _ in range(len(text) + 1)]
        ends[0][""] = _Path(0.0, self._language.start(), ())
        for position in range(len(text)):
            for length in range(1, min(LONGEST, len(text) - position) + 1):
                word = text[position : position + length]
                if length > 1 and word not in self._lexicon.words:
                    continue
                for path in ends[position].values():
                    gain, context = self._language.score(path.context, word)
                    reached = ends[position + length]
                    if word not in reached or reached[word].score < path.score + gain:
                        reached[word] = _Path(path.score + gain, context, ())
        return max(path.score for path in ends[-1].values())

    def _options(
        self,
        phrase: Sequence[Character],
        text: str,
        syllables: tuple[int, ...],
        costs: Sequence[float],
        position: int,
    ) -> Iterator[tuple[str, float]]:
        """Words that may begin here, with what it costs to hear them in what was written."""
        for length in range(1, min(LONGEST, len(text) - position) + 1):
            written = text[position : position + length]
            if length == 1 or written in self._lexicon.words:
                yield written, 0.0
            if math.inf in costs[position : position + length]:
                break
            for word in _other_words(phrase[position : position + length]):
                if length == 1 or word in self._lexicon.words:
                    yield word, OTHER_COST * sum(a != b for a, b in zip(word, written, strict=True))
            for word, distance in self._lexicon.alike(syllables[position : position + length]):
                if word != written:
                    changed = (c for a, b, c in zip(word, written, costs[position:], strict=False) if a != b)
                    cost = SOUND_COST * distance + sum(changed)
                    if cost < MAX_COST:
                        yield word, cost


def _other_words(phrase: Sequence[Character]) -> Iterator[str]:
    """What the other hypotheses read in this place, in all mixtures with what was written, but that itself."""
    if not any(character.others for character in phrase):
        return
    choices = [(character.text, *sorted(character.others)) for character in phrase]
    if math.prod(map(len, choices)) <= MAX_MIXTURES:
        yield from islice(map("".join, product(*choices)), 1, None)


def _change_cost(character: Character) -> float:
    if character.text in _FIXED:
        return math.inf
    confidence = min(max(character.confidence, 1e-3), 1 - 1e-3)
    return CHANGE_COST + CONFIDENCE_COST * max(0.0, math.log10(confidence / (1 - confidence)) + 0.5)


def _edits(written: str, meant: Sequence[str]) -> Iterator[Edit]:
    """Changed words; those next to each other are one edit."""
    position, start = 0, -1
    for word in (*meant, ""):
        changed = word != written[position : position + len(word)]
        if changed and start < 0:
            start = position
        elif not changed and start >= 0:
            yield _trimmed(written, start, "".join(meant)[start:position])
            start = -1
        position += len(word)


def _trimmed(written: str, start: int, text: str) -> Edit:
    """The edit without the unchanged characters at its ends."""
    changed = [index for index, character in enumerate(text) if character != written[start + index]]
    first, last = changed[0], changed[-1] + 1
    return Edit(start + first, start + last, text[first:last])
