"""Words of a text with their classes, from a list of common words: the likeliest row of them by their counts."""

import gzip
import re
from functools import cache, lru_cache
from importlib.resources import files

import ahocorasick

_LONGEST = 4
_TOTAL = 10 * 17.9
"""Ten times the logarithm of all words counted."""
_UNKNOWN = 0
_WORD_OR_GAP = re.compile(r"[\u4e00-\u9fff]+|[0-9A-Za-z]+|.", re.DOTALL)


@cache
def _word_list() -> ahocorasick.Automaton:
    """The words that come with the package: of each its length, the price of reading it, and its class's number."""
    packed = (files("tickets") / "lexicon" / "word_classes.tsv.gz").read_bytes()
    classes: dict[str, int] = {}
    automaton = ahocorasick.Automaton()
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        word, count, name = line.split("\t")
        kind = classes.setdefault(name, len(classes) + 1)
        if len(word) <= _LONGEST:
            automaton.add_word(word, (len(word), _TOTAL - int(count), kind))
    automaton.make_automaton()
    return automaton


def segmented(text: str) -> list[tuple[int, int]]:
    """Length and class of each word in order; class 0 of what is no known word."""
    found: list[tuple[int, int]] = []
    for run in _WORD_OR_GAP.finditer(text):
        if "\u4e00" <= run[0][0] <= "\u9fff":
            found += _words(run[0])
        else:
            found.append((len(run[0]), _UNKNOWN))
    return found


@lru_cache(maxsize=4096)
def _words(run: str) -> tuple[tuple[int, int], ...]:
    size = len(run)
    prices = [0.0] * (size + 1)
    steps = [(1, _UNKNOWN)] * (size + 1)
    reached = 0
    for last, (length, price, kind) in _word_list().iter(run):
        end = last + 1
        # Characters since the last word's end that are in no word
        while reached < end:
            reached += 1
            prices[reached] = prices[reached - 1] + _TOTAL
        total = prices[end - length] + price
        if total < prices[end]:
            prices[end], steps[end] = total, (length, kind)
    row, at = [], size
    while at:
        row.append(steps[at])
        at -= steps[at][0]
    return tuple(row[::-1])
