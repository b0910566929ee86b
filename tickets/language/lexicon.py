"""Word lists of the language (not of a city): files ``tickets/lexicon/NAME.txt``, a word a line, ``#`` for comments."""

import re
from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a list in file order, without repeats.

    Raises:
        FileNotFoundError: no such list in the package.
    """
    text = (files("tickets") / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


@cache
def pattern(*names: str) -> re.Pattern[str]:
    """A pattern that finds any word of the lists, the longest first."""
    found = sorted({word for name in names for word in words(name)}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, found)))
