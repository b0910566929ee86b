"""Words of the day and of its parts: 今朝, 寻日, 夜个, 后晌, 擦黑; what the modules of dates share."""

from dataclasses import dataclass
from datetime import date

from tickets.language.numerals import read_count, read_number

N = "[0-9零〇一二两三四五六七八九十廿]"
# What follows a day word inside one word: 昨晚, 今早, 前天夜里
PART = (
    "下半夜|后半夜|凌晨|半夜|深夜|夜里厢|夜里|夜头|黑里|黑夜|透早|大清早|清早|清晨|一大早|一早|早起|早上|早晨|早浪|早间|朝早|上午|头晌|上昼"
    "|中午|晌午|晏昼|下午|后晌|下晌|下昼|下晡|傍晚|擦黑|晚上|晚黑|晚头|夜晚|夜间|黑了|晚边|晚间|晨早|早|晚|夜|晨|暗|暝|昏|黑"
)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that characters ``start``…``end`` (exclusive) name, with the part of the day said in the same word."""

    start: int
    end: int
    day: date
    part: str


def whole_number(text: str) -> int | None:
    """The number that a text says, None if it isn't a whole one."""
    value = read_number(text)
    return int(value) if value is not None and value == int(value) else None


def whole_count(text: str) -> int | None:
    """The number before a counter (七八 is 7), None if it isn't a whole one."""
    value = read_count(text)
    return int(value) if value is not None and value == int(value) else None
