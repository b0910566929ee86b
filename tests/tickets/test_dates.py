from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.language.dates import moments


def said(text: str, called_at: str, context: date | None = None) -> list[str]:
    return [moment.iso() for moment in moments(text, datetime.fromisoformat(called_at), context)]


@pytest.mark.parametrize(
    ("text", "called_at", "wanted"),
    [
        ("昨晚十点半", "2026-03-24T09:00", "2026-03-23T22:30"),
        ("琴日收到", "2026-03-24T09:00", "2026-03-23"),
        ("昨儿下午三点", "2026-03-24T09:00", "2026-03-23T15:00"),
        ("今朝早上七点", "2026-03-24T09:00", "2026-03-24T07:00"),
        ("大前天", "2026-03-24T09:00", "2026-03-21"),
        ("上个礼拜三", "2026-03-24T09:00", "2026-03-18"),
        ("上周五晚上八点多", "2026-03-24T09:00", "2026-03-20T20:00"),
        ("周一", "2026-03-25T09:00", "2026-03-23"),
        ("三天前", "2026-03-24T09:00", "2026-03-21"),
        ("这个月初", "2026-03-24T09:00", "2026-03-01"),
        ("去年十二月三十一号", "2026-09-21T19:33", "2025-12-31"),
        ("上个月十五号", "2026-03-24T09:00", "2026-02-15"),
        ("腊月二十六", "2026-02-24T10:22", "2026-02-13"),
        ("大年初一", "2026-02-24T10:22", "2026-02-17"),
        ("除夕", "2026-02-24T10:22", "2026-02-16"),
        ("正月十五", "2026-03-24T09:00", "2026-03-03"),
        ("端午节", "2026-07-01T09:00", "2026-06-19"),
        ("清明节", "2026-05-01T09:00", "2026-04-05"),
        ("五点差一刻", "2026-03-24T09:00", None),
        ("早上五点缺一刻", "2026-03-24T09:00", "2026-03-24T04:45"),
        ("半个钟头前", "2026-03-24T00:10", "2026-03-23T23:40"),
        ("二十二点四十", "2026-04-02T22:51", "2026-04-02T22:40"),
        ("今天两点下的雨", "2026-03-24T15:31", "2026-03-24T14:00"),
        ("零点四十五", "2026-03-24T21:12", "2026-03-24T00:45"),
        ("夜里没灯，昨天八点半", "2026-03-24T09:00", "2026-03-23T20:30"),
        ("九月初九透早，四点", "2026-09-11T08:03", "2026-09-09T04:00"),
        ("上个礼拜三", "2026-03-24T00:30", "2026-03-18"),
        ("夜里两点", "2026-03-24T09:00", "2026-03-24T02:00"),
        ("昨天夜里两点", "2026-03-24T09:00", "2026-03-24T02:00"),
    ],
)
def test_dates_as_callers_say_them(text: str, called_at: str, wanted: str | None) -> None:
    if wanted is not None:
        assert said(text, called_at) == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("今晚十点半还在响", "2026-01-23T22:30"),
        ("昨晚十点半", "2026-01-23T22:30"),
        ("凌晨零点四十", "2026-01-24T00:40"),
    ],
)
def test_calls_after_midnight(text: str, wanted: str) -> None:
    assert said(text, "2026-01-24T01:12") == [wanted]


def test_hour_without_its_half_of_the_day_is_the_last_before_the_call() -> None:
    assert said("十点半开始的", "2026-06-03T23:48") == ["2026-06-03T22:30"]
    assert said("八点四十", "2026-06-03T09:00") == ["2026-06-03T08:40"]


@pytest.mark.parametrize(
    "text",
    [
        "一点都没有",
        "第三点，热水",
        "一个礼拜三次",
        "门牌是二十六号",
        "三号楼",
        "以前",
        "压力零点一几",
        "二十八号窗口",
        "二号木桥",
        "工业园二号路",
        "去年腊月二十几",
        "七月一回",
        "九月一年两回",
        "十一月初几",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert said(text, "2026-03-24T09:00") == []


def test_time_of_day_takes_the_day_named_before_it() -> None:
    assert said("昨天中午吃完饭，十二点四十，他们来了", "2026-03-24T09:00") == ["2026-03-23T12:40"]


def test_a_weekday_beside_a_date_is_the_same_day() -> None:
    assert said("十二号，礼拜一", "2026-01-20T14:05") == ["2026-01-12", "2026-01-12"]
    assert said("最后一个礼拜天", "2026-06-30T12:29") == []


def test_just_now_is_today_whatever_day_was_named_before() -> None:
    assert said("刚刚，五点钟的样子", "2026-05-23T17:12", date(2026, 5, 22)) == ["2026-05-23T17:00"]


@given(
    st.text(alphabet="今昨前天晚上周礼拜一二三四五十月号点半大年初正腊农历第个，。0123456789:", max_size=50),
    st.datetimes(datetime.fromisoformat("2000-02-01"), datetime.fromisoformat("2099-01-01")),
)
def test_any_text_is_survived_and_cited(text: str, called_at: datetime) -> None:
    for moment in moments(text, called_at):
        assert 0 <= moment.start < moment.end <= len(text)
        assert moment.iso()
