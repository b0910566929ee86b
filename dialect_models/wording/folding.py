"""Fold the grammar words of a dialect to Mandarin, to compare transcripts by what they say and not by their script."""

from functools import cache

from dialect_models.wording.matching import Matcher
from dialect_models.wording.word_list import DIALECTS, word_list


def fold(text: str, dialect: str) -> str:
    """The text with those grammar words in Mandarin whose folding is safe (``fold`` in the list).

    A label without a list (mandarin, unknown) leaves the text as it is. Fold reference and hypothesis alike: the
    result is for scoring, not for reading.
    """
    if dialect not in DIALECTS:
        return text
    pieces: list[str] = []
    done = 0
    for match in _folding_words(dialect).matches(text):
        pieces += text[done : match.start], match.word.mandarin
        done = match.end
    return "".join((*pieces, text[done:]))


@cache
def _folding_words(dialect: str) -> Matcher:
    # Only these: a verb that holds one (唔知) must not keep it from being folded.
    return Matcher(word for word in word_list(dialect) if word.folds)
