"""The two scripts of Chinese, one character for one, so that word times stay with their characters."""

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
def _character(character: str, script: str) -> str:
    converted: str = zhconv.convert(character, script)
    return converted if len(converted) == 1 else character


def _converted(text: str, script: str) -> str:
    _load_tables()
    converted: str = zhconv.convert(text, script)
    return converted if len(converted) == len(text) else "".join(_character(c, script) for c in text)


def simplify(text: str) -> str:
    """The text in simplified characters, of the same length.

    Conversion by phrases knows 乾隆 from 乾燥; where it changes the length, characters are converted one by one.
    """
    return _converted(text, "zh-hans")


def traditional(text: str) -> str:
    """The text in traditional characters as Hong Kong writes them, of the same length."""
    return _converted(text, "zh-hk")
