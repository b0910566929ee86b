"""Words of a text with their classes, from a list of common words: the likeliest row of them by their counts."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LONGEST = 4
_TOTAL = 10 * 17.9
"""Ten times the logarithm of all words counted."""
_UNKNOWN = 0
_WORD_OR_GAP = re.compile(r"[\u4e00-\u9fff]+|[0-9A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WordList:
    """How common each word is (ten times the logarithm of its count) and the number of its class, from 1."""

    known: dict[str, tuple[int, int]]


@cache
def word_list() -> WordList:
    """The words that come with the package.

    Raises:
        FileNotFoundError: the list is missing from the package.
    """
    packed = (files("tickets") / "lexicon" / "word_classes.tsv.gz").read_bytes()
    classes: dict[str, int] = {}
    known: dict[str, tuple[int, int]] = {}
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        word, count, name = line.split("\t")
        known[word] = int(count), classes.setdefault(name, len(classes) + 1)
    return WordList(known)


def segmented(text: str) -> list[tuple[int, int]]:
    """Length and class of each word in order; class 0 of what is no known word."""
    found: list[tuple[int, int]] = []
    for run in _WORD_OR_GAP.finditer(text):
        if "\u4e00" <= run[0][0] <= "\u9fff":
            found += _words(run[0])
        else:
            found.append((len(run[0]), _UNKNOWN))
    return found


def _words(run: str) -> list[tuple[int, int]]:
    known, size = word_list().known, len(run)
    worth = [0.0] * (size + 1)
    steps: list[tuple[int, int]] = [(1, _UNKNOWN)] * size
    for start in range(size - 1, -1, -1):
        best, step = worth[start + 1] - _TOTAL, (1, _UNKNOWN)
        for length in range(1, min(_LONGEST, size - start) + 1):
            entry = known.get(run[start : start + length])
            if entry is not None and worth[start + length] + entry[0] - _TOTAL > best:
                best, step = worth[start + length] + entry[0] - _TOTAL, (length, entry[1])
        worth[start], steps[start] = best, step
    row, at = [], 0
    while at < size:
        row.append(steps[at])
        at += steps[at][0]
    return row
