"""Finds and undoes loops, the recogniser's commonest way to fail: 负负负负… or one phrase over and over."""

import re
import zlib

MAX_COMPRESSION_RATIO = 2.4
"""UTF-8 length over zlib length above which text repeats itself (openai/whisper ``transcribe.py``)."""

MIN_REPEATS = 5
"""As often must a unit follow itself to be a loop; people say 对对对对 and 喂喂喂."""

_LOOP = re.compile(
    rf"(?P<unit>[^\s,，。、.!！?？].{{0,11}}?)(?:[\s,，。、.!！?？]*(?P=unit)){{{MIN_REPEATS - 1},}}", re.DOTALL
)
_SAID_NUMBER = re.compile(r"[0-9零〇一二三四五六七八九幺两]+\Z")


def compression_ratio(text: str) -> float:
    """How much shorter zlib makes the text; 0 for none."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def has_loop(text: str) -> bool:
    """Whether the text repeats a unit as no speaker does. Digits said over and over are left alone."""
    return compression_ratio(text) > MAX_COMPRESSION_RATIO or any(_is_loop(match) for match in _LOOP.finditer(text))


def loop_spans(text: str) -> list[tuple[int, int]]:
    """Ranges of characters to strike so that each loop's unit is left once."""
    return [(match.start() + len(_unit(match)), match.end()) for match in _LOOP.finditer(text) if _is_loop(match)]


def _unit(match: re.Match[str]) -> str:
    """What is said again and again: the doubled unit where the text doubles it (谢谢, not 谢)."""
    unit = match.group("unit")
    first = re.split(r"[\s,，。、.!！?？]", match.group(), maxsplit=1)[0]
    return first if first and len(first) <= 2 * len(unit) and first == unit * (len(first) // len(unit)) else unit


def _is_loop(match: re.Match[str]) -> bool:
    return not _SAID_NUMBER.match(match.group("unit")) or len(match.group()) > 24
