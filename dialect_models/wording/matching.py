"""Where the words of a dialect stand in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dialect_models.wording.word_list import DialectWord, word_list


@dataclass(frozen=True, slots=True)
class Match:
    """A dialect word at ``text[start:end]``."""

    start: int
    end: int
    word: DialectWord


class Matcher:
    """Finds words from left to right, the longest at each place, none over another."""

    def __init__(self, words: Iterable[DialectWord]) -> None:
        self._word_of: dict[str, DialectWord] = {}
        passed_over: set[str] = set()
        for word in words:
            self._word_of.update(dict.fromkeys(word.forms, word))
            passed_over.update(word.unless)
        # An alternation takes its first branch that fits: longest first makes it the longest match.
        longest_first = sorted(self._word_of.keys() | passed_over, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def matches(self, text: str) -> Iterator[Match]:
        """The words of the text. A longer word that only contains one (关系 for 系) is passed over whole."""
        for found in self._pattern.finditer(text):
            word = self._word_of.get(found.group())
            if word is not None:
                yield Match(found.start(), found.end(), word)


@cache
def matcher(dialect: str) -> Matcher:
    """The matcher of all words of a dialect."""
    return Matcher(word_list(dialect))
