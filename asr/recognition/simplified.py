"""Traditional characters become simplified ones, one for one, so that word times stay with their characters."""

import warnings
from functools import lru_cache

import zhconv


@lru_cache(maxsize=1)
def _load_tables() -> None:
    with warnings.catch_warnings():
        # zhconv leaves its table's file to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        zhconv.convert("", "zh-hans")


@lru_cache(maxsize=8192)
def _character(character: str) -> str:
    converted: str = zhconv.convert(character, "zh-hans")
    return converted if len(converted) == 1 else character


def simplify(text: str) -> str:
    """The text in simplified characters, of the same length.

    Conversion by phrases knows 乾隆 from 乾燥; where it changes the length, characters are converted one by one.
    """
    _load_tables()
    converted: str = zhconv.convert(text, "zh-hans")
    return converted if len(converted) == len(text) else "".join(map(_character, text))
