"""A turn's words as a ticket would write them, with where each character stands in the turn.

Numbers become digits (三号楼 is 3号楼) and dialect words for sides the standard ones (对过 is 对面), so that a call and
a ticket can be compared character by character.
"""

import re
from dataclasses import dataclass

from tickets.language.numerals import NUMERAL, in_normal_digits

_WORDS: tuple[tuple[str, str], ...] = (
    ("(?:马路|路|街|公路|正)?斜对(?:面|过|门)", "斜对面"),
    ("(?:马路|公路)?对(?:过|面)", "对面"),
    ("旁边边?|边边上|边上|边仔|侧边|挨边|隔篱", "旁"),
    ("左手边|左边|左面", "左侧"),
    ("右手边|右边|右面", "右侧"),
    ("(?<=[东南西北])(?:边|面)", "侧"),
    ("里头|里面|里边|里厢|里向|里底|内底|入面|里首", "内"),
    ("外头|外面|外边|外底|外首", "外"),
    ("底下|下头|下面|下边|下底", "下"),
    ("上头|上面|上边", "上"),
    ("后头|后面|后边|背后|后背|后首", "后"),
    ("前头|前面|前边|头前|前首", "前"),
    ("门口头|门边", "门口"),
    ("当中|中间", "之间"),
)
_REWRITTEN = re.compile("|".join(f"({said})" for said, _ in _WORDS) + f"|({NUMERAL.pattern})")


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text`` as a ticket writes it; its character ``i`` comes from characters ``spans[i]`` of the turn."""

    text: str
    spans: tuple[tuple[int, int], ...]


def normalise(said: str) -> Normalised:
    """Write a turn's words as a ticket does."""
    written: list[str] = []
    spans: list[tuple[int, int]] = []
    last = 0
    for match in _REWRITTEN.finditer(said):
        if match.start() == match.end():
            continue
        written.extend(said[last : match.start()])
        spans.extend((index, index + 1) for index in range(last, match.start()))
        index = match.lastindex or 0
        word = _WORDS[index - 1][1] if 0 < index <= len(_WORDS) else in_normal_digits(match[0])
        written.extend(word)
        spans.extend([match.span()] * len(word))
        last = match.end()
    written.extend(said[last:])
    spans.extend((index, index + 1) for index in range(last, len(said)))
    return Normalised("".join(written), tuple(spans))
