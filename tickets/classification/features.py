"""What the classifier sees of a text: character n-grams inside clauses, numbers and names of places masked."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

LONGEST_GRAM = 4
MOST_CHARACTERS = 6000
_NUMBER = re.compile(r"[0-9零〇一二两三四五六七八九十百千万幺]{2,}|[0-9]+")
_BREAK = re.compile(r"[^\u4e00-\u9fffA-Za-z#]+")
_EMPTY = re.compile(r"[嗯呃啊哦噢哎欸诶唉]+|这个这个|那个那个|就是说")


def masked(text: str) -> str:
    """The text with numbers as ``#`` and bare interjections gone."""
    return _EMPTY.sub("", _NUMBER.sub("#", text[:MOST_CHARACTERS]))


def clauses(text: str) -> Iterator[str]:
    """The clauses that n-grams stay inside of."""
    return filter(None, _BREAK.split(masked(text)))


@lru_cache(maxsize=1024)
def clause_grams(clause: str) -> tuple[str, ...]:
    """All n-grams of a clause with its edges marked; kept, since stretches of a call overlap."""
    padded = f"^{clause}$"
    found = (
        padded[start : start + length]
        for length in range(1, LONGEST_GRAM + 1)
        for start in range(len(padded) - length + 1)
    )
    return tuple(gram for gram in found if gram not in {"^", "$"})


def grams(text: str) -> Counter[str]:
    """Counts of all 1- to 4-grams inside the clauses of a text."""
    return Counter(chain.from_iterable(map(clause_grams, clauses(text))))


def weighted_grams(texts: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    """Counts over several texts, each with its weight (the citizen's words weigh more than the operator's)."""
    total: dict[str, float] = {}
    for text, weight in texts:
        for gram, count in grams(text).items():
            total[gram] = total.get(gram, 0.0) + weight * count
    return total
