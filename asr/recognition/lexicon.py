"""Chinese words by sound: which words of the language could have been meant by a row of syllables."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

from asr.recognition.phonetics import Distances, distances

DATA = Path(__file__).with_name("lexicon.tsv.gz")
"""Words and single characters with their syllables, by ``scripts/build_lexicon.py``; commonest first."""

LONGEST = 5
"""Characters of the longest word."""

MAX_FIRST = 1.5
"""Greatest distance of the first syllable of a word of two characters or more."""

MEAN_DISTANCE = 0.75
"""Greatest distance a syllable, over a word."""

MAX_SINGLE = 0.8
"""Greatest distance of a single character."""

_MOST_WORDS = 30
_HOMOPHONES = 12
_NEAR_HOMOPHONES = 6

Syllables = npt.NDArray[np.int16]


class Lexicon:
    """Words and their syllables. ``extra`` words (names of the city, words of its citizens) are added to the data."""

    def __init__(self, extra: Iterable[str] = (), data: Path = DATA) -> None:
        rows = _read(data)
        known = {word for word, _ in rows}
        new = [word for word in dict.fromkeys(extra) if 2 <= len(word) <= LONGEST and word not in known]
        rows += [(word, syllables) for word in new if len(syllables := tuple(lazy_pinyin(word))) == len(word)]
        self._syllables = sorted({syllable for _, syllables in rows for syllable in syllables})
        self._number = {syllable: number for number, syllable in enumerate(self._syllables)}
        self._distances: Distances = distances(self._syllables)
        self._near = [np.nonzero(row <= MAX_FIRST)[0] for row in self._distances]
        self._characters: dict[int, list[str]] = defaultdict(list)
        by_length: dict[int, list[tuple[tuple[int, ...], str]]] = defaultdict(list)
        for word, syllables in rows:
            numbers = tuple(self._number[syllable] for syllable in syllables)
            if len(word) == 1:
                self._characters[numbers[0]].append(word)
            elif len(word) == len(numbers):
                by_length[len(word)].append((numbers, word))
        self._tables = {length: _Table(entries, len(self._syllables)) for length, entries in by_length.items()}
        self._found: dict[tuple[int, ...], tuple[tuple[str, float], ...]] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of two characters or more."""
        return frozenset(word for table in self._tables.values() for word in table.words)

    def syllables(self, text: str) -> tuple[int, ...] | None:
        """Numbers of the syllables of Chinese text, read in context; none where a character has no known reading."""
        numbers = tuple(self._number.get(syllable, -1) for syllable in lazy_pinyin(text))
        return numbers if len(numbers) == len(text) and -1 not in numbers else None

    def alike(self, syllables: tuple[int, ...]) -> tuple[tuple[str, float], ...]:
        """Words that sound like these syllables, with their distance, nearest first."""
        found = self._found.get(syllables)
        if found is None:
            found = self._single(syllables[0]) if len(syllables) == 1 else self._several(syllables)
            self._found[syllables] = found
        return found

    def _single(self, syllable: int) -> tuple[tuple[str, float], ...]:
        row = self._distances[syllable]
        near = [int(i) for i in np.argsort(row, kind="stable") if row[i] <= MAX_SINGLE]
        return tuple(
            (character, float(row[i]))
            for i in near
            for character in self._characters[i][: _HOMOPHONES if row[i] == 0 else _NEAR_HOMOPHONES]
        )

    def _several(self, syllables: Sequence[int]) -> tuple[tuple[str, float], ...]:
        table = self._tables.get(len(syllables))
        return table.alike(syllables, self._near[syllables[0]], self._distances) if table else ()


class _Table:
    """Words of one length, sorted by first syllable."""

    def __init__(self, entries: list[tuple[tuple[int, ...], str]], syllables: int) -> None:
        entries = sorted(entries, key=lambda entry: entry[0][0])
        self.words = [word for _, word in entries]
        self._rows: Syllables = np.array([numbers for numbers, _ in entries], dtype=np.int16)
        self._starts = np.searchsorted(self._rows[:, 0], np.arange(syllables + 1))

    def alike(
        self, syllables: Sequence[int], near: npt.NDArray[np.int64], distance: Distances
    ) -> tuple[tuple[str, float], ...]:
        ranges = [np.arange(self._starts[first], self._starts[first + 1]) for first in near]
        rows = np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)
        total = np.zeros(len(rows), dtype=np.float32)
        for position, syllable in enumerate(syllables):
            total += distance[syllable][self._rows[rows, position]]
        fit = np.nonzero(total <= MEAN_DISTANCE * len(syllables))[0]
        fit = fit[np.argsort(total[fit], kind="stable")][:_MOST_WORDS]
        return tuple((self.words[rows[i]], float(total[i])) for i in fit)


def _read(data: Path) -> list[tuple[str, tuple[str, ...]]]:
    with gzip.open(data, "rt", encoding="utf-8") as stream:
        return [
            (word, tuple(syllables.split())) for word, syllables in (line.rstrip("\n").split("\t") for line in stream)
        ]
