"""Numbers as Chinese callers say them: 幺三八, 两千八, 一万二, 五六千, 四十多.

Telephone readings 幺 (1), 洞 (0), 拐 (7), 勾 (9) follow the usage of GB/T 15835-2011's spoken forms in emergency and
railway service. An approximate number counts as its lower bound (四十多 is 40, 五六千 is 5000).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **{"〇": 0, "两": 2, "俩": 2, "仨": 3, "幺": 1, "洞": 0, "拐": 7, "勾": 9, "廿": 2, "卅": 3, "O": 0},
}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_READ_DIGITS = "0-9零〇一二两三四五六七八九幺"
_TELEPHONE_DIGITS = _READ_DIGITS + "洞拐勾"
DIGIT_RUN = re.compile(rf"[{_TELEPHONE_DIGITS}]+")
NUMERAL = re.compile(
    r"[0-9]{1,24}(?:\.[0-9]{1,6})?[十百千万亿]{0,3}(?:[零〇0-9一二两三四五六七八九][十百千万]?){0,12}"
    r"|[零〇一二两俩三四五六七八九十百千万亿幺廿卅]{1,24}(?:点[零〇一二两三四五六七八九]{1,6}(?=[万亿千百])[万亿千百]{1,2})?"
)
MOST_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: characters ``start``…``end`` (exclusive), and what they say."""

    start: int
    end: int
    value: float
    digits: str | None
    """The digits one by one where it was read out so (一零一 is ``101``), else None."""


def read_digits(text: str) -> str | None:
    """The digits of a number read out one by one (幺三八零零 is ``13800``); None if another character is in it."""
    if not text or any(character not in DIGITS for character in text):
        return None
    return "".join(str(DIGITS[character]) for character in text)


def read_number(text: str) -> float | None:
    """The value of a spoken or written number: 两千八 is 2800, 一万二 is 12000, 3.5万 is 35000, 五六千 is 5000.

    Two or more digits without a unit are read one by one (一零一 is 101). None if it isn't a number.
    """
    if not text or len(text) > MOST_CHARACTERS:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return float(text)
    decimal = re.fullmatch(r"([0-9]+\.[0-9]+)([十百千万亿]+)", text)
    if decimal:
        return _times_units(float(decimal[1]), decimal[2])
    spoken = re.fullmatch(r"([零〇一二两三四五六七八九十百千]+)点([零〇一二两三四五六七八九]+)([百千万亿]*)", text)
    if spoken:
        whole, fraction = read_number(spoken[1]), read_digits(spoken[2])
        return None if whole is None or fraction is None else _times_units(float(f"{whole:.0f}.{fraction}"), spoken[3])
    digits = read_digits(text)
    if digits is not None:
        return float(digits)
    return _with_units(text)


def read_count(text: str) -> float | None:
    """The value of a number that stands before a counter: there 五六个 is 5, 三五个 is 3, 七八岁 is 7, not digits."""
    if re.fullmatch(r"[一二两三四五六七八九]{2}", text):
        first, second = DIGITS[text[0]], DIGITS[text[1]]
        if second - first == 1 or text == "三五":
            return float(first)
    return read_number(text)


def _times_units(value: float, units: str) -> float:
    for unit in units:
        value *= UNITS[unit]
    return float(round(value, 2))


def _with_units(text: str) -> float | None:
    total = section = 0.0
    pending: str = ""
    last_unit, after_zero = 1, False
    text = text.replace("廿", "二十").replace("卅", "三十")
    for character in text:
        if character in UNITS:
            unit = UNITS[character]
            value = _pending(pending)
            if unit >= UNITS["万"]:
                section += value or 0
                if unit == UNITS["亿"]:
                    total = ((total + section) or 1) * unit
                else:
                    total += (section or 1) * unit
                section = 0
            else:
                section += (1 if value is None else value) * unit
            last_unit, pending, after_zero = unit, "", False
        elif character in "零〇" and not pending:
            after_zero = True
        elif character in DIGITS:
            pending += str(DIGITS[character])
        else:
            return None
    value = _pending(pending)
    if value is not None:
        # 两千八 leaves out the last unit, 两千零八 doesn't; 3万8000 is written out
        total += value * last_unit / 10 if last_unit >= 100 and not after_zero and len(pending) == 1 else value
    return float(total + section)


def _pending(digits: str) -> float | None:
    if not digits:
        return None
    # 五六千: two neighbours before a unit are an approximation; the lower one counts
    if len(digits) == 2 and int(digits[1]) - int(digits[0]) == 1:
        return float(digits[0])
    return float(digits)


def numerals(text: str) -> Iterator[Numeral]:
    """Every number in a text, from left to right."""
    for match in NUMERAL.finditer(text):
        value = read_number(match[0])
        if value is not None:
            yield Numeral(match.start(), match.end(), value, read_digits(match[0]))


def in_normal_digits(text: str) -> str:
    """The text with each number in Arabic digits: 三号楼二单元五零一 becomes 3号楼2单元501. Idioms are not spared."""

    def written(match: re.Match[str]) -> str:
        digits = read_digits(match[0])
        if digits is not None:
            return digits
        value = read_number(match[0])
        return match[0] if value is None or not value.is_integer() else str(int(value))

    return NUMERAL.sub(written, text)
