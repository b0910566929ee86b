"""How words are meant: denied, told as past, feared, supposed, or as a figure of speech."""

import re
from functools import cache

from tickets.language.lexicon import words


@cache
def _any(name: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words(name), key=len, reverse=True)))


_NOT_BEFORE = re.compile(
    r"(?:没有|没得|没|冇|无|(?<![要是])不是|(?<!要)不会|(?<!要)不|未|别|莫|勿|唔|毋|并非|倒没|也没|还没|不要|不用)(?:有|再|人|啥|什么|真的|到|发现|看到|看见|闻到|闻见|听到|听见|见|明|太|怎么|见到|去|来|要|想|跟|会){0,2}$"
)


def is_denied(text: str, start: int) -> bool:
    """Whether a denial stands right before ``start``."""
    return bool(_NOT_BEFORE.search(text[max(0, start - 8) : start]))


def is_feared(text: str) -> bool:
    """Whether a clause speaks of what might come (怕, 万一, 要是, 早晚)."""
    return bool(_any("fear_and_supposition").search(text))


def is_past(text: str) -> bool:
    """Whether a clause tells what is over (上个月, 那次, 已经出院)."""
    return bool(_any("past_and_over").search(text))


def is_present(text: str) -> bool:
    """Whether words say that it happens now (正在, 这会儿, 快来)."""
    return bool(_any("happening_now").search(text))


def is_figurative(text: str) -> bool:
    """Whether a clause holds a figure of speech of danger (气死, 火大, 炸了锅)."""
    return bool(_any("figures_of_speech").search(text))
