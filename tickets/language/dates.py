"""Dates and times of day as callers say them, counted from the start of the call.

Relative words of several dialects, weekdays, dates with and without a month, lunar dates (lunardate), holidays,
times of day with and without their part of the day, calls after midnight.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lunardate import LunarDate

from tickets.language.numerals import read_count, read_number

N = "[0-9零〇一二两三四五六七八九十廿]"


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


@dataclass(frozen=True, slots=True)
class _Day:
    start: int
    end: int
    day: date
    part: str


# What follows a day word inside one word: 昨晚, 今早, 前天夜里
_PART = (
    "下半夜|后半夜|凌晨|半夜|深夜|夜里厢|夜里|夜头|黑里|黑夜|大清早|清早|清晨|一大早|一早|早起|早上|早晨|早浪|早间|朝早|上午|头晌|上昼"
    "|中午|晌午|晏昼|下午|后晌|下晌|下昼|傍晚|擦黑|晚上|晚黑|晚头|夜晚|夜间|黑了|晚边|晚间|晨早|早|晚|夜|晨|暗"
)
_TODAY = "今天|今日|今儿个|今儿|今朝|今个|今仔日|今晡日|今(?=[早晚夜晨])"
_YESTERDAY = (
    "昨天|昨日|昨儿个|昨儿|昨个|琴日|寻日|噚日|尋日|昨朝|夜来|夜个|夜儿个|夜儿|昨晡日"
    "|昨(?=[早晚夜晨])|琴(?=晚)|寻(?=晚)"
)
_BEFORE_YESTERDAY = "前天|前日|前儿个|前儿|前个|前朝|(?<![以之目从先眼跟面])前(?=[晚夜])"
_THREE_DAYS_AGO = "大前天|大前日|大前儿|着前日"
_TOMORROW = "明天|明日|明儿个|明儿|明朝|听日|明(?=[早晚])"
_DAY_AFTER = "后天|后日|后儿|後日"
_RELATIVE_DAYS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(rf"(?:{words})(?P<part>{_PART})?"), days)
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
    rf"(?<![一二三四五六两几每半][个周])(?<![一两几每])(?P<which>上上个?|上个?|头个?|这个?|本|下个?)?(?:周|礼拜|星期|拜)(?P<day>[一二三四五六日天])(?![次回趟个年岁天])(?P<part>{_PART})?"
)
_DATE = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}}年|二零[零一二三四五六七八九]{{2}}年|去年|前年|今年|上年|旧年))?的?(?P<month>{N}{{1,2}})月份?"
    rf"(?:的)?(?P<day>{N}{{1,3}})(?:号|日|那天)?(?P<part>{_PART})?"
)
_MONTH_DAY = re.compile(
    rf"(?P<which>上个?月|这个?月|本月|上个?号头|这个?号头)的?(?P<day>{N}{{1,3}})(?:号|日)(?P<part>{_PART})?"
)
_MONTH_START = re.compile(rf"(?P<which>上个?月|这个?月|本月|(?P<month>{N}{{1,2}})月)份?初")
_DAY_ONLY = re.compile(
    rf"(?<![0-9零〇一二三四五六七八九十百千月幺区栋楼座路街弄巷牌号里])(?<!门牌是)(?P<day>{N}{{1,3}})号(?![0-9一二三四五六七八九十里来人[楼线院门桥店桌台栋铺棚库车机厂坑仓位]|公路)(?P<part>{_PART})?"
)
_LUNAR = re.compile(
    rf"(?P<mark>农历|阴历|旧历|老历)?(?:(?P<month>正|腊|冬|[二三四五六七八九十]{{1,2}})月)(?P<day>初[一二三四五六七八九十]|{N}{{1,3}})"
    rf"(?:号|日)?(?P<part>{_PART})?"
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
_HOLIDAY_PATTERNS = tuple((re.compile(rf"(?:{words})(?P<part>{_PART})?"), rule) for words, rule in _HOLIDAYS)
_CLOCK_PART = "|".join(part for part in _PART.split("|") if len(part) > 1)
_CLOCK = re.compile(
    rf"(?<!第)(?P<part>{_CLOCK_PART})?的?(?:,|，|大概|大约|差不多|也就|才|就)?(?<!第)(?P<hour>{N}{{1,3}})(?:点钟?|时(?!候|间|不|常|段|代))"
    rf"(?P<minute>半|一刻|三刻|[缺差]一刻|[缺差]{N}{{1,2}}分|过?(?:零|〇)?{N}{{1,3}}分?(?!个|点|次|元|块|条|户|天|年|万|千|百|级))?"
)
_CLOCK_24 = re.compile(r"(?<![0-9])(?P<hour>[01]?[0-9]|2[0-3])[::](?P<minute>[0-5][0-9])(?![0-9])")
_HOURS_AGO = re.compile(rf"(?P<n>{N}+|半)(?P<half>个半)?(?:个)?(?P<unit>小时|钟头|分钟)(?:以前|之前|前)")
_MORNING = (
    "凌晨",
    "清早",
    "大清早",
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
_AFTERNOON = ("下午", "后晌", "下晌", "下昼", "傍晚", "擦黑", "晚边")
_SMALL_HOURS = ("凌晨", "半夜", "下半夜", "后半夜")
_FULL_CLOCK = 5


def moments(text: str, called_at: datetime, context: date | None = None, context_part: str = "") -> list[Moment]:
    """Every day and time of day said in a text, from left to right.

    Args:
        text: one turn.
        called_at: when the call began, local time.
        context: a day named earlier, for times of day without a day.
        context_part: the part of the day named earlier (晚上…), for hours without one.
    """
    called_at = called_at.replace(tzinfo=None)
    days = _without_overlaps(sorted(_days(text, called_at.date()), key=lambda found: (found.start, -found.end)))
    found: list[Moment] = []
    used: set[int] = set()
    for clock in _clocks(text, called_at):
        if isinstance(clock, Moment):
            found.append(clock)
            continue
        start, end, hour, minute, part = clock
        before = [(i, d) for i, d in enumerate(days) if d.end <= start + len(part) or d.end <= start]
        index, day = before[-1] if before else (-1, None)
        near = day is not None and start - day.end <= 30
        if not part and near and day is not None:
            part = day.part
        if not part and not near:
            said = [m[0] for m in re.finditer(_CLOCK_PART, text[:start])]
            part = said[-1] if said and not _ended_before(text, start) else ""
            if not part and context is not None and context != called_at.date():
                part = context_part
        if near and day is not None:
            used.add(index)
            begin = day.start if start - day.end <= 6 else start
            found.append(_at(begin, end, day.day, hour=hour, minute=minute, part=part, called_at=called_at, named=True))
        else:
            found.append(
                _at(
                    start,
                    end,
                    context or called_at.date(),
                    hour=hour,
                    minute=minute,
                    part=part,
                    called_at=called_at,
                    named=context is not None,
                )
            )
    for index, day in enumerate(days):
        if index not in used:
            moved = _after_midnight(day, called_at)
            found.append(Moment(day.start, day.end, moved))
    return sorted(found, key=lambda moment: (moment.start, moment.end))


def _ended_before(text: str, start: int) -> bool:
    """Whether the sentence before ``start`` ended long ago, so that its part of the day no longer holds."""
    return (
        start - max(text.rfind(mark, 0, start) for mark in "。！？") < 12 and "。" in text[max(0, start - 40) : start]
    )


def part_of_day(text: str) -> str:
    """The last part of the day named in a text (晚上, 凌晨…), else an empty string."""
    found = list(re.finditer(rf"(?:{_PART})", text))
    return next((match[0] for match in reversed(found) if len(match[0]) > 1), "")


def _without_overlaps(days: list[_Day]) -> list[_Day]:
    kept: list[_Day] = []
    for day in days:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
        elif day.end - day.start > kept[-1].end - kept[-1].start:
            kept[-1] = day
    return kept


def _after_midnight(day: _Day, called_at: datetime) -> date:
    # A caller at one in the night who says 今晚 means the evening that has just passed
    if (
        called_at.hour < _FULL_CLOCK
        and day.day == called_at.date()
        and day.part in {"晚上", "晚", "夜里", "傍晚", "下午", "上午", "中午"}
    ):
        return day.day - timedelta(days=1)
    return day.day


def _number(text: str) -> int | None:
    value = read_number(text)
    return int(value) if value is not None and value == int(value) else None


def _count(text: str) -> int | None:
    value = read_count(text)
    return int(value) if value is not None and value == int(value) else None


def _days(text: str, today: date) -> Iterator[_Day]:  # noqa: PLR0912 - one loop a way of naming days
    for pattern, offset in _RELATIVE_DAYS:
        for match in pattern.finditer(text):
            yield _Day(match.start(), match.end(), today + timedelta(days=offset), match["part"] or "")
    for match in _DAYS_AGO.finditer(text):
        count = _count(match["n"])
        if count is not None and count <= 3660:
            days = count if match["unit"] in {"天", "日"} else 7 * count
            yield _Day(match.start(), match.end(), today - timedelta(days=days), "")
    for match in _WEEKDAY.finditer(text):
        yield _Day(match.start(), match.end(), _weekday(match["which"] or "", match["day"], today), match["part"] or "")
    for match in _DATE.finditer(text):
        day = _calendar_date(match["year"] or "", _number(match["month"]), _number(match["day"]), today)
        if day:
            yield _Day(match.start(), match.end(), day, match["part"] or "")
    for match in _MONTH_DAY.finditer(text):
        day = _in_month(match["which"], _number(match["day"]), today)
        if day:
            yield _Day(match.start(), match.end(), day, match["part"] or "")
    for match in _MONTH_START.finditer(text):
        month = _number(match["month"]) if match["month"] else None
        day = _calendar_date("", month, 1, today) if match["month"] else _in_month(match["which"], 1, today)
        if day:
            yield _Day(match.start(), match.end(), day, "")
    for match in _DAY_ONLY.finditer(text):
        day = _day_of_month(_number(match["day"]), today)
        if day:
            yield _Day(match.start(), match.end(), day, match["part"] or "")
    yield from _lunar_days(text, today)


def _lunar_days(text: str, today: date) -> Iterator[_Day]:
    for match in _LUNAR.finditer(text):
        said = match["month"]
        if not match["mark"] and said not in _LUNAR_MONTHS and not match["day"].startswith("初"):
            continue
        month = _LUNAR_MONTHS.get(said) or _number(said)
        number = _number(match["day"].removeprefix("初"))
        day = _latest(lambda year, m=month, d=number: _lunar(year, m, d), today)  # type: ignore[misc]
        if day:
            yield _Day(match.start(), match.end(), day, match["part"] or "")
    for pattern, rule in _HOLIDAY_PATTERNS:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 2) : match.start()]
            year = {"去年": today.year - 1, "前年": today.year - 2, "今年": today.year}.get(before)
            day = rule(year) if year else _latest(rule, today)
            if day:
                yield _Day(match.start(), match.end(), day, match["part"] or "")


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
        named = _number(year.rstrip("年"))
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


def _lunar(year: int, month: int | None, day: int | None, shift: int = 0) -> date | None:
    try:
        solar: date = LunarDate(year, month, day).to_solar_date()
        return solar + timedelta(days=shift)
    except (ValueError, TypeError):
        return None


def _latest(rule: Callable[[int], date | None], today: date) -> date | None:
    days = [day for year in (today.year, today.year - 1) if (day := rule(year)) and day <= today]
    return max(days, default=None)


def _clocks(text: str, called_at: datetime) -> Iterator["Moment | tuple[int, int, int, int, str]"]:
    for match in _CLOCK.finditer(text):
        hour = _number(match["hour"])
        minute = _minute(match["minute"])
        if hour is None or hour > 24 or minute is None or _is_quantity(text, match):
            continue
        yield match.start(), match.end(), hour, minute, match["part"] or ""
    for match in _CLOCK_24.finditer(text):
        yield match.start(), match.end(), int(match["hour"]), int(match["minute"]), ""
    for match in _HOURS_AGO.finditer(text):
        count = 0.5 if match["n"] == "半" else read_count(match["n"])
        if count is not None and count <= 240:
            count += 0.5 if match["half"] else 0
            ago = timedelta(minutes=count) if match["unit"] == "分钟" else timedelta(hours=count)
            moment = called_at - ago
            yield Moment(match.start(), match.end(), moment.date(), moment.time().replace(second=0, microsecond=0))


def _is_quantity(text: str, match: re.Match[str]) -> bool:
    """一点 and 两点 are often "a bit" or "two points": then no part of the day, no minutes, no 钟 stands there."""
    if match["part"] or match["minute"] or "钟" in match[0] or match["hour"] not in {"一", "两", "三", "1", "2", "3"}:
        return False
    after = text[match.end() : match.end() + 2]
    return match["hour"] == "一" or not re.match(r"多|左右|来钟|的时候|开始|到|钟|起|前|后|就|才|，|。", after)


def _minute(text: str | None) -> int | None:
    if not text:
        return 0
    fixed = {"半": 30, "一刻": 15, "三刻": 45}.get(text)
    if text[0] in "缺差":
        value = 15 if text.endswith("刻") else _number(text[1:].rstrip("分"))
        return -value if value is not None and value < 60 else None
    if fixed is not None:
        return fixed
    value = _number(text.lstrip("过").rstrip("分").lstrip("零〇") or "0")
    return value if value is not None and value < 60 else None


def _at(
    start: int, end: int, day: date, *, hour: int, minute: int, part: str, called_at: datetime, named: bool
) -> Moment:
    hour, shift = _hour_of_day(hour, part)
    if not part and hour <= 12:
        hour, shift = _likely_half(day, hour, max(minute, 0), called_at)
    moment = datetime.combine(day, time(hour % 24)) + timedelta(days=shift + hour // 24, minutes=minute)
    if moment > called_at and part and day == called_at.date():
        # Told in the small hours (今晚十点半 at one o'clock) or in the morning about the night before (夜里两点)
        earlier = moment - timedelta(days=1)
        if (
            (shift and earlier <= called_at)
            or called_at.hour < _FULL_CLOCK
            or (not named and (hour >= 18 or part in _SMALL_HOURS))
        ):
            moment = earlier
    return Moment(start, end, moment.date(), moment.time(), named)


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
    if day == called_at.date():
        for candidate in (hour + 12, hour):
            if candidate < 24 and datetime.combine(day, time(candidate, minute)) <= called_at:
                return candidate, 0
        if called_at.hour < _FULL_CLOCK and hour >= 6:
            return min(hour + 12, 23) if hour < 12 else 0, -1 if hour < 12 else 0
        return hour, 0
    return (hour + 12, 0) if 1 <= hour <= 5 else (hour, 0)
