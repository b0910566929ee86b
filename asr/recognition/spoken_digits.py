"""Digits that were written as words of the same sound: 约五二六六… for 幺五二六六….

A number read out one digit after another has no sense that would tell its words apart, and 幺 (yāo, one) and 零 (líng,
nought) are written as 要, 约, 腰, 林 … by a recogniser that looks for sense. Between digits, and where ten digits of a
mobile number lack their first, the sound is enough.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from asr.transcript import Word

_ONE, _NOUGHT = "要约腰妖邀夭药摇遥咬", "林临淋令另凌玲灵"
_DIGIT = "[0-9零〇一二三四五六七八九幺]"
_PAUSE = "[，,、。 ]?"
_WITHIN = re.compile(
    rf"(?<={_DIGIT}{{2}})[{_ONE}{_NOUGHT}](?=(?:{_PAUSE}{_DIGIT}){{3}})"
    rf"|(?<={_DIGIT}{{3}})[{_ONE}{_NOUGHT}](?=(?:{_PAUSE}{_DIGIT}){{2}})"
)
_FIRST = re.compile(
    rf"(?<!{_DIGIT})[{_ONE}](?={_PAUSE}[3-9三四五六七八九](?:{_PAUSE}{_DIGIT}){{9}}(?!{_PAUSE}{_DIGIT}))"
)
"""Before the other ten digits of a mobile number, whose second is never below 3."""


def with_digits(words: Sequence[Word]) -> list[Word]:
    """The words with such digits put right."""
    text = "".join(word.text for word in words)
    meant = _FIRST.sub(_digit, _WITHIN.sub(_digit, text))
    starts = accumulate((len(word.text) for word in words), initial=0)
    return [
        word if meant[start : start + len(word.text)] == word.text
        else replace(word, text=meant[start : start + len(word.text)])
        for word, start in zip(words, starts, strict=False)
    ]  # fmt: skip


def _digit(match: re.Match[str]) -> str:
    """In the writing of the digit after it."""
    following = match.string[match.end() :].lstrip("，,、。 ")[:1]
    figures = "10" if following.isascii() else "幺零"
    return figures[match.group() in _NOUGHT]
