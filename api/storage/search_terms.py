"""Chinese full text by pairs of characters: the same terms on SQLite and PostgreSQL, without an extension.

Chinese has no spaces, so that words cannot be told apart for sure; every two neighbouring characters make a term. A
search for 夜间施工 asks for documents with 夜间, 间施 and 施工, and then for the four in a row.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise


def normalised(text: str) -> str:
    """Letters and digits in one width and case; everything else is a single space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def terms(text: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters of a normalised text, each once, spelt in ASCII for every tokenizer."""
    return tuple(dict.fromkeys(_pairs(text)))


def _pairs(text: str) -> Iterator[str]:
    for run in text.split():
        for first, second in pairwise(run):
            yield f"{ord(first):x}g{ord(second):x}"
