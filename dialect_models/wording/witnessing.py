"""Which dialect the words of a text speak for: a second witness beside the sound."""

from collections import Counter

from dialect_models.wording.matching import matcher
from dialect_models.wording.word_list import DIALECTS, GRAMMATICAL, DialectWord

CLEAR = 5.0
"""Nats from which the words alone are clear (150 to 1): never one word alone, which may be misheard."""
_LEAD = 2.0
"""Nats by which the leading dialect must be ahead of the next: neighbours share words (佢 is Cantonese and Hakka)."""

# How much commoner a word is in the dialect than in Mandarin, as a natural logarithm: careful estimates by kind of
# word, not fitted to any corpus. A grammar word that no Mandarin speaker says is fifty times commoner, not infinitely,
# because a recogniser mishears.
_GRAMMATICAL = 3.9
_LEXICAL = 3.0
_COLLOQUIAL = 0.3


def witnesses(text: str) -> dict[str, float]:
    """For each dialect with a word list, the log-likelihood ratio (nats) of its words against Mandarin.

    0 is no word at all. It is never below 0: who speaks Mandarin words in a dialect's accent says none of these, so
    their absence tells nothing. Words with another Mandarin meaning don't count.
    """
    return {dialect: _score(text, dialect) for dialect in DIALECTS}


def clear_witness(text: str) -> str | None:
    """The dialect that the words alone make clear, else None."""
    (best, score), (_, second) = Counter(witnesses(text)).most_common(2)
    return best if score >= CLEAR and score - second >= _LEAD else None


def _score(text: str, dialect: str) -> float:
    # A word said often is one habit of the speaker, or one error of the recogniser: it counts once.
    return sum(map(_weight, dict.fromkeys(match.word for match in matcher(dialect).matches(text))))


def _weight(word: DialectWord) -> float:
    match word.ambiguity:
        case "other":
            return 0.0
        case "colloquial":
            return _COLLOQUIAL
        case "none":
            return _GRAMMATICAL if word.kind in GRAMMATICAL else _LEXICAL
