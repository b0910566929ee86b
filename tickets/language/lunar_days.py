"""Lunar dates (lunardate) and holidays as callers name them: 腊月二十六, 正月十六, 大年初一, 清明, 七夕."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from lunardate import LunarDate

from tickets.language.day_words import PART, N, NamedDay, whole_number

_LUNAR = re.compile(
    rf"(?P<mark>农历|阴历|旧历|老历)?(?:(?P<month>正|腊|冬|[二三四五六七八九十]{{1,2}})月)(?P<day>初[一二三四五六七八九十]|{N}{{1,3}}+)"
    rf"(?![几多来])(?:号|日)?(?P<part>{PART})?"
)
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}
# Qingming by the shou-xing formula for solar terms in 2000…2099: [Y·0.2422 + 4.81] − [Y/4]
_HOLIDAYS: tuple[tuple[str, Callable[[int], date | None]], ...] = (
    ("大年三十|年三十|除夕|大年夜|年三十晚|三十晚上", lambda year: _lunar(year, 1, 1, -1)),
    ("大年初二|年初二", lambda year: _lunar(year, 1, 2)),
    ("大年初三|年初三", lambda year: _lunar(year, 1, 3)),
    ("大年初四|年初四", lambda year: _lunar(year, 1, 4)),
    ("大年初五|年初五", lambda year: _lunar(year, 1, 5)),
    ("大年初一|年初一|春节当天|正月初一", lambda year: _lunar(year, 1, 1)),
    ("元宵节|元宵|正月十五", lambda year: _lunar(year, 1, 15)),
    ("端午节|端午|端阳", lambda year: _lunar(year, 5, 5)),
    ("七夕", lambda year: _lunar(year, 7, 7)),
    ("中元节|七月半", lambda year: _lunar(year, 7, 15)),
    ("中秋节|中秋|八月十五", lambda year: _lunar(year, 8, 15)),
    ("重阳节|重阳", lambda year: _lunar(year, 9, 9)),
    ("腊八节|腊八", lambda year: _lunar(year, 12, 8)),
    ("小年(?=那天|当天|夜|晚)", lambda year: _lunar(year, 12, 23)),
    ("元旦节|元旦", lambda year: date(year, 1, 1)),
    ("情人节", lambda year: date(year, 2, 14)),
    ("妇女节|三八节", lambda year: date(year, 3, 8)),
    ("清明节|清明", lambda year: date(year, 4, int(year % 100 * 0.2422 + 4.81) - year % 100 // 4)),
    ("劳动节|五一(?:节|当天|那天|假期)", lambda year: date(year, 5, 1)),
    ("儿童节|六一(?:节|儿童节|当天|那天)", lambda year: date(year, 6, 1)),
    ("教师节", lambda year: date(year, 9, 10)),
    ("国庆节|国庆(?:当天|那天)|十一(?:当天|那天)", lambda year: date(year, 10, 1)),
    ("双十一", lambda year: date(year, 11, 11)),
    ("平安夜", lambda year: date(year, 12, 24)),
    ("圣诞节|圣诞", lambda year: date(year, 12, 25)),
)
_NEAR, _LONG_AGO = timedelta(days=30), timedelta(days=180)
_HOLIDAY_PATTERNS = tuple((re.compile(rf"(?:{words})(?P<part>{PART})?"), rule) for words, rule in _HOLIDAYS)


def lunar_days(text: str, today: date) -> Iterator[NamedDay]:
    """Every lunar date and holiday named in a text; ``today`` is the day of the call."""
    for match in _LUNAR.finditer(text):
        said = match["month"]
        if not match["mark"] and said not in _LUNAR_MONTHS and not match["day"].startswith("初"):
            continue
        month = _LUNAR_MONTHS.get(said) or whole_number(said)
        number = whole_number(match["day"].removeprefix("初"))
        day = _latest(lambda year, m=month, d=number: _lunar(year, m, d), today)  # type: ignore[misc]
        if not match["mark"] and day and today - day >= _LONG_AGO:
            day = _solar_lately(month, number, today) or day
        if day:
            yield NamedDay(match.start(), match.end(), day, match["part"] or "")
    for pattern, rule in _HOLIDAY_PATTERNS:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 2) : match.start()]
            year = {"去年": today.year - 1, "前年": today.year - 2, "今年": today.year}.get(before)
            day = rule(year) if year else _latest(rule, today)
            if day:
                yield NamedDay(match.start(), match.end(), day, match["part"] or "")


def _lunar(year: int, month: int | None, day: int | None, shift: int = 0) -> date | None:
    try:
        solar: date = LunarDate(year, month, day).to_solar_date()
        return solar + timedelta(days=shift)
    except (ValueError, TypeError):
        return None


def _solar_lately(month: int | None, day: int | None, today: date) -> date | None:
    """九月初九 of a calendar month in the south, where the lunar day is long ago and the solar one has just been."""
    try:
        solar = date(today.year, month or 0, day or 0)
    except ValueError:
        return None
    return solar if timedelta(0) <= today - solar <= _NEAR else None


def _latest(rule: Callable[[int], date | None], today: date) -> date | None:
    """The last such day; the next one where it is near and the last one long ago (七夕 in early August)."""
    days = sorted(day for year in range(today.year - 1, today.year + 2) if (day := rule(year)))
    past, ahead = [day for day in days if day <= today], [day for day in days if day > today]
    if past and ahead and ahead[0] - today <= _NEAR and today - past[-1] >= _LONG_AGO:
        return ahead[0]
    return past[-1] if past else None
