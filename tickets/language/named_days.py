"""Days as callers name them: relative words of several dialects, weekdays, dates with and without a month."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tickets.language.day_words import PART, N, NamedDay, whole_count, whole_number
from tickets.language.lunar_days import lunar_days

_TODAY = "今天|今日|今儿个|今儿|今朝|今个|今仔日|今晡日|今(?=[早晚夜晨暝暗黑])"
_YESTERDAY = (
    "昨天|昨日|昨儿个|昨儿|昨个|琴日|寻日|噚日|尋日|昨朝|夜来|夜个|夜儿个|夜儿|昨晡日"
    "|昨昏|昨(?=[暝暗])|昨(?=[早晚夜晨])|琴(?=晚)|[寻尋噚](?=晚)"
)
_BEFORE_YESTERDAY = "前天|前日|前儿个|(?<![跟门面眼以之目从先])前儿|前个|前朝|(?<![以之目从先眼跟面])前(?=[晚夜])"
_THREE_DAYS_AGO = "大前天|大前日|大前儿|着前日"
_TOMORROW = "明天|明日|明儿个|明儿|明朝|听日|明(?=[早晚])"
_DAY_AFTER = "后天|后日|后儿|後日"
_RELATIVE_DAYS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(rf"(?:{words})(?P<part>{PART})?"), days)
    for words, days in (
        (_THREE_DAYS_AGO, -3),
        (rf"(?<!大)(?:{_BEFORE_YESTERDAY})", -2),
        (_YESTERDAY, -1),
        (_TODAY, 0),
        (_TOMORROW, 1),
        (rf"(?<!以)(?:{_DAY_AFTER})", 2),
    )
)
_DAYS_AGO = re.compile(rf"(?P<n>{N}+|半)个?(?P<unit>天|日|个?礼拜|个?星期|周)(?:以前|之前|前)")
_WEEKDAY = re.compile(
    rf"(?<![一二三四五六两几每半][个周])(?<![一两几每])(?P<which>上上个?|上个?|头个?|这个?|本|下个?)?(?:周|礼拜|星期|(?<!礼)拜)(?P<day>[一二三四五六日天])(?![次回趟个年岁天])(?P<part>{PART})?"
)
# 七月一回, 九月一年两回, 十一月十二月 count; 二十几 is no day
_NO_COUNT = r"(?![年月回次趟个天几来多百千万张斤元块人户])"
_DATE = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}}年|二零[零一二三四五六七八九]{{2}}年|去年|前年|今年|上年|旧年))?的?(?P<month>{N}{{1,2}})月份?"
    rf"(?:的)?(?P<day>{N}{{1,3}}+)(?:号|日|那天|{_NO_COUNT})(?P<part>{PART})?"
)
_MONTH_DAY = re.compile(
    rf"(?P<which>上个?月|这个?月|本月|上个?号头|这个?号头)的?(?P<day>{N}{{1,3}})(?:号|日)(?P<part>{PART})?"
)
_MONTH_START = re.compile(rf"(?P<which>上个?月|这个?月|本月|(?P<month>{N}{{1,2}})月)份?初(?!几)")
_DAY_ONLY = re.compile(
    rf"(?<![0-9零〇一二三四五六七八九十百千月幺区栋楼座路街弄巷牌号里])(?<!门牌是)(?P<day>{N}{{1,3}})号(?![0-9一二三四五六七八九十里来人[楼线院门桥店桌台栋铺棚库车机厂坑仓位窗路柜井泵口检航点站]|公路|木桥|消防|通知书|文件|公告|几)(?P<part>{PART})?"
)


def named_days(text: str, today: date) -> Iterator[NamedDay]:  # noqa: PLR0912 - one loop a way of naming days
    """Every day named in a text, in no order; ``today`` is the day of the call."""
    for pattern, offset in _RELATIVE_DAYS:
        for match in pattern.finditer(text):
            yield NamedDay(match.start(), match.end(), today + timedelta(days=offset), match["part"] or "")
    for match in _DAYS_AGO.finditer(text):
        count = whole_count(match["n"])
        if count is not None and count <= 3660:
            days = count if match["unit"] in {"天", "日"} else 7 * count
            yield NamedDay(match.start(), match.end(), today - timedelta(days=days), "")
    for match in _WEEKDAY.finditer(text):
        yield NamedDay(
            match.start(), match.end(), _weekday(match["which"] or "", match["day"], today), match["part"] or ""
        )
    for match in _DATE.finditer(text):
        day = _calendar_date(match["year"] or "", whole_number(match["month"]), whole_number(match["day"]), today)
        if day:
            yield NamedDay(match.start(), match.end(), day, match["part"] or "")
    for match in _MONTH_DAY.finditer(text):
        day = _in_month(match["which"], whole_number(match["day"]), today)
        if day:
            yield NamedDay(match.start(), match.end(), day, match["part"] or "")
    for match in _MONTH_START.finditer(text):
        month = whole_number(match["month"]) if match["month"] else None
        day = _calendar_date("", month, 1, today) if match["month"] else _in_month(match["which"], 1, today)
        if day:
            yield NamedDay(match.start(), match.end(), day, "")
    for match in _DAY_ONLY.finditer(text):
        day = _day_of_month(whole_number(match["day"]), today)
        if day:
            yield NamedDay(match.start(), match.end(), day, match["part"] or "")
    yield from lunar_days(text, today)


def _weekday(which: str, name: str, today: date) -> date:
    wanted = "一二三四五六日".index("日" if name == "天" else name)
    monday = today - timedelta(days=today.weekday())
    if which.startswith("上上"):
        return monday + timedelta(days=wanted - 14)
    if which.startswith(("上", "头")):
        return monday + timedelta(days=wanted - 7)
    if which.startswith(("这", "本")):
        return monday + timedelta(days=wanted)
    if which.startswith("下"):
        return monday + timedelta(days=wanted + 7)
    day = monday + timedelta(days=wanted)
    return day if day <= today else day - timedelta(days=7)


def _calendar_date(year: str, month: int | None, day: int | None, today: date) -> date | None:
    if not month or not day:
        return None
    named = {"去年": today.year - 1, "上年": today.year - 1, "旧年": today.year - 1, "前年": today.year - 2}.get(year)
    if year == "今年":
        named = today.year
    elif year and named is None:
        named = whole_number(year.rstrip("年"))
    try:
        if named:
            return date(named, month, day)
        this = date(today.year, month, day)
        # A month far ahead was last year's; a near one is a date to come (a deadline)
        return this if this <= today + timedelta(days=120) else date(today.year - 1, month, day)
    except ValueError:
        return None


def _in_month(which: str, day: int | None, today: date) -> date | None:
    first = today.replace(day=1)
    if which.startswith("上"):
        first = (first - timedelta(days=1)).replace(day=1)
    try:
        return first.replace(day=day) if day else None
    except ValueError:
        return None


def _day_of_month(day: int | None, today: date) -> date | None:
    if not day:
        return None
    found = _in_month("这", day, today)
    return found if found is None or found <= today else _in_month("上", day, today)
