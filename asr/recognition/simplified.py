"""Traditional characters become simplified ones, one for one, so that word times stay with their characters."""

from functools import lru_cache

import zhconv


@lru_cache(maxsize=8192)
def _character(character: str) -> str:
    converted: str = zhconv.convert(character, "zh-hans")
    return converted if len(converted) == 1 else character


def simplify(text: str) -> str:
    """The text in simplified characters, of the same length.

    Conversion by phrases knows 乾隆 from 乾燥; where it changes the length, characters are converted one by one.
    """
    converted: str = zhconv.convert(text, "zh-hans")
    return converted if len(converted) == len(text) else "".join(map(_character, text))
