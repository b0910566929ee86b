"""Times of day as callers say them: 五点缺一刻, 晏昼两点, 半夜, with the half of the day found where none is said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tickets.language.day_words import PART, N, whole_number
from tickets.language.numerals import read_count

CLOCK_PART = "|".join(part for part in PART.split("|") if len(part) > 1)
"""Parts of the day that an hour follows (晚上, not the 晚 of 昨晚)."""
_CLOCK = re.compile(
    rf"(?<!第)(?:(?P<part>{CLOCK_PART})的?(?:,|，|大概|大约|差不多|也就|才|就)?)?(?<!第)(?P<hour>{N}{{1,3}})(?:点钟?|时(?!候|间|不|常|段|代))"
    rf"(?P<minute>半|一刻|三刻|[缺差]一刻|[缺差]{N}{{1,2}}分|过?(?:[零〇]{N}|{N}{{2,3}}(?:分(?!钟))?|{N}分(?!钟))(?!个|点|次|元|块|条|户|天|年|万|千|百|级))?"
)
_CLOCK_24 = re.compile(r"(?<![0-9])(?P<hour>[01]?[0-9]|2[0-3])[::](?P<minute>[0-5][0-9])(?![0-9])")
_HOURS_AGO = re.compile(rf"(?P<n>{N}+|半)(?P<half>个半)?(?:个)?(?P<unit>小时|钟头|分钟)(?:以前|之前|前)")
_MORNING = (
    "凌晨",
    "清早",
    "大清早",
    "透早",
    "清晨",
    "一大早",
    "一早",
    "早起",
    "早上",
    "早晨",
    "早浪",
    "朝早",
    "上午",
    "头晌",
    "上昼",
    "早",
    "晨",
    "晨早",
    "早间",
)
_NOON = ("中午", "晌午", "晏昼")
_AFTERNOON = ("下午", "后晌", "下晌", "下昼", "下晡", "傍晚", "擦黑", "晚边")
_SMALL_HOURS = ("凌晨", "半夜", "下半夜", "后半夜")
_COUNTS_POINTS = re.compile(r"(?:[分有说讲列提]|提纲|意见|建议)(?:了|成|个)?[，,]?(?:大概|一共)?$")
_DECIMALS = re.compile(rf"{N}")
# 今天两点下的雨, 约的两点: no "two points"
_AFTER_DAY = re.compile(
    r"(?:[今昨前明]天|[今昨琴寻]日|今儿|昨儿|[0-9一二三四五六七八九十][号日]|[周拜期][一二三四五六日天]|约的?)$"
)
DAY_BEGINS = 5
"""The hour before which callers still speak of the evening before as today."""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """An hour and minute as said in characters ``start``…``end`` (exclusive), with the part of the day before it."""

    start: int
    end: int
    hour: int
    minute: int
    part: str


def times_of_day(text: str) -> Iterator[TimeOfDay]:
    """Every time of day said in a text."""
    for match in _CLOCK.finditer(text):
        hour = whole_number(match["hour"])
        minute = _minute(match["minute"])
        if hour is None or hour > 24 or minute is None or _is_quantity(text, match):
            continue
        yield TimeOfDay(match.start(), match.end(), hour, minute, match["part"] or "")
    for match in _CLOCK_24.finditer(text):
        yield TimeOfDay(match.start(), match.end(), int(match["hour"]), int(match["minute"]), "")


def times_ago(text: str, called_at: datetime) -> Iterator[tuple[int, int, datetime]]:
    """Every 两个小时前 with the characters that say it."""
    for match in _HOURS_AGO.finditer(text):
        count = 0.5 if match["n"] == "半" else read_count(match["n"])
        if count is not None and count <= 240:
            count += 0.5 if match["half"] else 0
            ago = timedelta(minutes=count) if match["unit"] == "分钟" else timedelta(hours=count)
            yield match.start(), match.end(), (called_at - ago).replace(second=0, microsecond=0)


def _is_quantity(text: str, match: re.Match[str]) -> bool:
    """一点 and 两点 are often "a bit" or "two points": then no part of the day, no minutes, no 钟 stands there."""
    if match["hour"] in {"零", "〇", "0"} and _DECIMALS.match(text, match.end()):
        return True
    if match["part"] or match["minute"] or "钟" in match[0] or match["hour"] not in {"一", "两", "三", "1", "2", "3"}:
        return False
    if match["hour"] != "一" and _AFTER_DAY.search(text[: match.start()]):
        return False
    if _COUNTS_POINTS.search(text[: match.start()]):
        return True
    after = text[match.end() : match.end() + 2]
    return match["hour"] == "一" or not re.match(r"多|整|左右|来钟|的时候|开始|到|钟|起|前|后|就|才|，|。", after)


def _minute(text: str | None) -> int | None:
    if not text:
        return 0
    fixed = {"半": 30, "一刻": 15, "三刻": 45}.get(text)
    if text[0] in "缺差":
        value = 15 if text.endswith("刻") else whole_number(text[1:].rstrip("分"))
        return -value if value is not None and value < 60 else None
    if fixed is not None:
        return fixed
    value = whole_number(text.lstrip("过").rstrip("分").lstrip("零〇") or "0")
    return value if value is not None and value < 60 else None


def on_day(said: TimeOfDay, day: date, part: str, called_at: datetime, *, named: bool) -> datetime:
    """The moment of a time of day on a day.

    Args:
        said: the hour and minute.
        day: the day named, or the one that the context gives.
        part: the part of the day that holds for the hour, empty if none is known.
        called_at: when the call began.
        named: whether the words or the context name the day.
    """
    hour, shift = _hour_of_day(said.hour, part)
    if not part and hour <= 12:
        hour, shift = _likely_half(day, hour, max(said.minute, 0), called_at)
    moment = datetime.combine(day, time(hour % 24)) + timedelta(days=shift + hour // 24, minutes=said.minute)
    if moment > called_at and part and day == called_at.date():
        # Told in the small hours (今晚十点半 at one o'clock) or in the morning about the night before (夜里两点)
        earlier = moment - timedelta(days=1)
        if (
            (shift and earlier <= called_at)
            or called_at.hour < DAY_BEGINS
            or (not named and (hour >= 18 or part in _SMALL_HOURS))
        ):
            moment = earlier
    return moment


def _hour_of_day(hour: int, part: str) -> tuple[int, int]:
    """Hour 0…23 and days to add: 晚上十二点 and 昨晚一点 belong to the next day of the calendar."""
    if hour > 12 or not part:
        return hour, 0
    if part in _SMALL_HOURS:
        if hour >= 9:
            return (hour + 12, 0) if hour < 12 else (0, 0 if part == "凌晨" else 1)
        return hour, 0
    if part in _MORNING:
        return hour % 24 if hour != 12 else 12, 0
    if part in _NOON:
        return (hour + 12, 0) if hour <= 3 else (hour, 0)
    if part in _AFTERNOON:
        return (hour + 12, 0) if hour < 12 else (12, 0)
    if hour == 12:
        return 0, 1
    return (hour, 1) if hour <= 4 else (hour + 12, 0)


def _likely_half(day: date, hour: int, minute: int, called_at: datetime) -> tuple[int, int]:
    """An hour without its half of the day: today the last one before the call, on another day the waking hours."""
    if hour == 0:
        return 0, 0
    if day == called_at.date():
        for candidate in (hour + 12, hour):
            if candidate < 24 and datetime.combine(day, time(candidate, minute)) <= called_at:
                return candidate, 0
        if called_at.hour < DAY_BEGINS and hour >= 6:
            return min(hour + 12, 23) if hour < 12 else 0, -1 if hour < 12 else 0
        return hour, 0
    return (hour + 12, 0) if 1 <= hour <= 5 else (hour, 0)
