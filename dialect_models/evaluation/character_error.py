"""Character error after both texts are brought to one form."""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from dialect_models.chinese_script import simplify
from dialect_models.wording import fold

_DIGITS = {character: str(value) for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(r"[零〇一二三四五六七八九两幺十百千万亿]+")


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits that make the hypothesis the reference, and the reference's length, in characters."""

    edits: int
    length: int

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.edits + other.edits, self.length + other.length)

    @property
    def rate(self) -> float:
        """Edits a character of the reference."""
        return self.edits / max(1, self.length)


def raw_errors(reference: str, hypothesis: str) -> Errors:
    """Errors in the words as they are."""
    return _errors(normalised(reference), normalised(hypothesis))


def folded_errors(reference: str, hypothesis: str, dialect: str) -> Errors:
    """Errors with grammar words of the dialect as Mandarin ones: what was heard, less how it was written."""
    return _errors(*(normalised(fold(simplify(text), dialect)) for text in (reference, hypothesis)))


def normalised(text: str) -> str:
    """Simplified characters in lower case, no punctuation or spaces, numbers as digits (三千六百 is 3600)."""
    plain = unicodedata.normalize("NFKC", simplify(text)).lower()
    plain = "".join(character for character in plain if unicodedata.category(character)[0] in "LN")
    return _NUMBER.sub(_as_digits, plain)


def _errors(reference: str, hypothesis: str) -> Errors:
    return Errors(int(Levenshtein.distance(reference, hypothesis)), len(reference))


def _as_digits(match: re.Match[str]) -> str:
    said = match.group()
    if not any(character in _UNITS for character in said):
        return "".join(_DIGITS[character] for character in said)
    if said != "十" and not any(character in _DIGITS for character in said):
        return said
    total = section = digit = 0
    last_unit = 1
    for character in said:
        if character in _DIGITS:
            digit = int(_DIGITS[character])
            continue
        unit = _UNITS[character]
        if unit >= 10_000:
            total = (total + section + digit) * unit if unit == 100_000_000 else total + (section + digit) * unit
            section = 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    if digit and last_unit >= 100 and "零" not in said[-2:]:
        digit *= last_unit // 10  # 三千六 is 3600
    return str(total + section + digit)
