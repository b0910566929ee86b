"""Dates and times of day as callers say them, counted from the start of the call, calls after midnight too.

The days are in ``named_days.py`` and ``lunar_days.py``, the hours in ``times_of_day.py``.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from tickets.language.day_words import PART, NamedDay
from tickets.language.named_days import named_days
from tickets.language.times_of_day import CLOCK_PART, DAY_BEGINS, on_day, times_ago, times_of_day

_FARTHEST_DAY = 30
_NEXT_TO_DAY = 6
_NIGHT = frozenset({"晚上", "晚", "夜里", "夜", "夜晚", "晚黑", "黑里", "夜里厢", "夜头", "暝", "暗", "黑"})
_WAKING = 8
_SMALL_HOURS_WORDS = frozenset({"凌晨", "半夜", "下半夜", "后半夜"})
_UP_TO_NOW = re.compile(r"[^，。！？,]{0,4}到(?:现在|这阵|这会|而家|今)")

_WEEKDAY_NAMED = re.compile(r"周|礼拜|星期|拜")
_JUST_NOW = re.compile(r"(?:刚刚|刚才|方才|才将|将才|啱啱|头先|刚)[，,]?(?:才|就|大概|大约|差不多|是)?$")
_NIGHT_IN_SENTENCE = re.compile(r"(?:夜里|夜晚|晚上|夜间)[^。！？0-9一二三四五六七八九十]{0,8}$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with a time of day where one was said. ``start``…``end`` (exclusive) are the characters that say so."""

    start: int
    end: int
    day: date
    clock: time | None = None
    named_day: bool = True
    """The words name a day; else the day is taken from the context (the call's, or one said before)."""

    def iso(self) -> str:
        """``YYYY-MM-DDTHH:MM`` with a time of day, ``YYYY-MM-DD`` without."""
        if self.clock is None:
            return self.day.isoformat()
        return datetime.combine(self.day, self.clock).strftime("%Y-%m-%dT%H:%M")

    def order(self) -> datetime:
        """For comparison: a day without a time of day counts as its beginning."""
        return datetime.combine(self.day, self.clock or time.min)


def moments(text: str, called_at: datetime, context: date | None = None, context_part: str = "") -> list[Moment]:
    """Every day and time of day said in a text, from left to right.

    Args:
        text: one turn.
        called_at: when the call began, local time.
        context: a day named earlier, for times of day without a day.
        context_part: the part of the day named earlier (晚上…), for hours without one.
    """
    called_at = called_at.replace(tzinfo=None)
    days = _with_their_weekdays(
        text, _without_overlaps(sorted(named_days(text, called_at.date()), key=lambda found: (found.start, -found.end)))
    )
    found = [Moment(start, end, at.date(), at.time()) for start, end, at in times_ago(text, called_at)]
    used: set[int] = set()
    for said in times_of_day(text):
        index = max((i for i, day in enumerate(days) if day.end <= said.start + len(said.part)), default=-1)
        day = days[index] if index >= 0 and said.start - days[index].end <= _FARTHEST_DAY else None
        part = said.part or _part_before(text, said.start, day) or _part_of_same_day(text, days[: index + 1])
        if not part and day is None and context is not None and context != called_at.date():
            part = context_part
        on = day.day if day is not None else context or called_at.date()
        if day is not None and not part and day.part in _NIGHT and said.hour <= _WAKING:
            # 昨晚上风大。我五点半起来: the morning after
            on, part = on + timedelta(days=1), "早上"
        if part in _SMALL_HOURS_WORDS and said.hour <= _WAKING and _night_before(day, context, context_part):
            # 昨晚打大风，半夜两点: the night runs on past midnight
            on = min(on + timedelta(days=1), called_at.date())
        named = day is not None or context is not None
        if day is None and (_UP_TO_NOW.match(text, said.end) or _JUST_NOW.search(text[: said.start])):
            on, named = called_at.date(), False
        at = on_day(said, on, part, called_at, named=named)
        begin = said.start
        if day is not None:
            used.add(index)
            begin = day.start if said.start - day.end <= _NEXT_TO_DAY else begin
        found.append(Moment(begin, said.end, at.date(), at.time(), named))
    for index, day in enumerate(days):
        if index not in used:
            moved = _after_midnight(day, called_at)
            found.append(Moment(day.start, day.end, moved))
    return sorted(found, key=lambda moment: (moment.start, moment.end))


def _part_before(text: str, start: int, day: NamedDay | None) -> str:
    """The part of the day that was said before an hour in the same sentence, or with the day in the one before."""
    sentence = max(text.rfind(mark, 0, start) for mark in "。！？") + 1
    if day is not None:
        night = "晚上" if not day.part and _NIGHT_IN_SENTENCE.search(text[sentence : day.start]) else ""
        return (day.part or night) if day.start >= sentence else ""
    said = [match[0] for match in re.finditer(CLOCK_PART, text[:start])]
    return said[-1] if said and not (start - sentence < 11 and sentence > max(0, start - 40)) else ""


def _part_of_same_day(text: str, days: list[NamedDay]) -> str:
    """昨天晚上，大年初一嘛，十点: the part said with another name of the last day, in one sentence."""
    if not days:
        return ""
    last = days[-1]
    same = [
        day.part for day in days[:-1] if day.part and day.day == last.day and "。" not in text[day.end : last.start]
    ]
    return same[-1] if same else ""


def _night_before(day: NamedDay | None, context: date | None, context_part: str) -> bool:
    """Whether what holds for an hour is a night of the day named, not that day's own small hours."""
    return day.part in _NIGHT if day is not None else context is not None and context_part in _NIGHT


def part_of_day(text: str) -> str:
    """The last part of the day named in a text (晚上, 凌晨, 昨晚…), else an empty string."""
    found = list(re.finditer(rf"(?<=[昨今前琴寻尋])[早晚夜暝暗]|(?:{PART})", text))
    return next(
        (match[0] for match in reversed(found) if len(match[0]) > 1 or text[match.start() - 1] in "昨今前琴寻尋"), ""
    )


def _without_overlaps(days: list[NamedDay]) -> list[NamedDay]:
    kept: list[NamedDay] = []
    for day in days:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
        elif day.end - day.start > kept[-1].end - kept[-1].start:
            kept[-1] = day
    return kept


def _with_their_weekdays(text: str, days: list[NamedDay]) -> list[NamedDay]:
    """十二号，礼拜一: a weekday beside a date that falls on it names the same day, also of a week before."""
    for index, (first, second) in enumerate(pairwise(days)):
        if text[first.end : second.start] not in {"", "，", ",", "、"} or first.day == second.day:
            continue
        weekday = [_WEEKDAY_NAMED.match(text[day.start : day.end]) is not None for day in (first, second)]
        if first.day.weekday() == second.day.weekday() and weekday == [False, True]:
            days[index + 1] = replace(second, day=first.day)
        elif first.day.weekday() == second.day.weekday() and weekday == [True, False]:
            days[index] = replace(first, day=second.day)
    return days


def _after_midnight(day: NamedDay, called_at: datetime) -> date:
    # A caller at one in the night who says 今晚 means the evening that has just passed
    if (
        called_at.hour < DAY_BEGINS
        and day.day == called_at.date()
        and day.part in {"晚上", "晚", "夜里", "傍晚", "下午", "上午", "中午"}
    ):
        return day.day - timedelta(days=1)
    return day.day
