"""Digits that were written as words of the same sound: 约五二六六… for 幺五二六六….

A number read out one digit after another has no sense that would tell its words apart, and a recogniser that looks for
sense writes 幺 (yāo, one) and 零 (líng, nought) as 要, 约, 腰, 林 …. Where a mobile number of eleven digits comes out
whole with them, and nothing is counted by it, the sound is enough; sums (5000要3000) are never touched.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from asr.transcript import Word

_ONE, _NOUGHT = "要约腰妖邀夭药摇遥咬", "林临淋令另凌玲灵"
_DIGIT = "[0-9零〇一二三四五六七八九幺]"
_PAUSE = "[，,、。 ]?"
_COUNTED = "[0-9零〇一二三四五六七八九幺十百千万亿点块元角毛分个多天人户号年月日点楼米斤吨次件家%％]"
_MOBILE = re.compile(
    rf"(?<!{_DIGIT})[1一幺{_ONE}]{_PAUSE}[3-9三四五六七八九](?:{_PAUSE}(?:{_DIGIT}|[{_ONE}{_NOUGHT}])){{9}}"
    rf"(?!{_PAUSE}{_COUNTED})"
)
"""1, a digit from 3, and nine more (the numbering plan of 工信部)."""


def with_digits(words: Sequence[Word]) -> list[Word]:
    """The words with such digits put right."""
    meant = _MOBILE.sub(_number, "".join(word.text for word in words))
    starts = accumulate((len(word.text) for word in words), initial=0)
    return [
        replace(word, text=meant[start : start + len(word.text)])
        for word, start in zip(words, starts, strict=False)
    ]  # fmt: skip


def _number(match: re.Match[str]) -> str:
    figures = "10" if re.search("[0-9]", match.group()) else "幺零"
    return "".join(figures[c in _NOUGHT] if c in _ONE + _NOUGHT else c for c in match.group())
