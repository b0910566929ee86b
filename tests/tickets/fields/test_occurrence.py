"""When it happened: the latest dated occurrence of the matter, not the calls, visits, plans and habits around it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tickets.call import CHINA_STANDARD_TIME, Call, Turn
from tickets.conversation import Conversation
from tickets.fields import logit, occurrence_choice
from tickets.fields.occurrence import read_occurrence
from tickets.fields.occurrence_training import train_choice

WEDNESDAY_EVENING = "2026-05-20T20:00"


def occurred(*exchange: str, at: str = WEDNESDAY_EVENING) -> str | None:
    """What is read of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    started = datetime.fromisoformat(at).replace(tzinfo=CHINA_STANDARD_TIME)
    conversation = Conversation(Call("test", turns, started_at=started))
    found = read_occurrence(conversation)
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    return found.value


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("昨天晚上十点多，楼下又放炮。", "2026-05-19T22:00"),
        ("琴日下昼三点，佢哋又嚟倒垃圾。", "2026-05-19T15:00"),
        ("寻日夜晚九点半，间铺仲开紧喇叭。", "2026-05-19T21:30"),
        ("夜儿个后晌，俺庄里来人把树砍了。", "2026-05-19"),
        ("前儿个早上八点他们把路挖断了。", "2026-05-18T08:00"),
        ("大前天夜里被偷的。", "2026-05-17"),
        ("大前日朝早，个天花跌咗落嚟。", "2026-05-17"),
        ("今朝早浪七点钟，伊拉又来敲了。", "2026-05-20T07:00"),
        ("今儿早上六点半管子爆了。", "2026-05-20T06:30"),
        ("上个礼拜三他们把我们的东西扔了。", "2026-05-13"),
        ("上周五下午四点半，公司通知我不用来了。", "2026-05-15T16:30"),
        ("礼拜一停的水。", "2026-05-18"),
        ("这个月初涨的价。", "2026-05-01"),
        ("这个月六号交的定金，第二天他就跑了。", "2026-05-06"),
        ("四月二十八号办的退费，到现在没给。", "2026-04-28"),
        ("农历三月初八那天打的架。", "2026-04-24"),
        ("清明节那天他们把坟给平了。", "2026-04-05"),
        ("去年腊月二十三把我们门封了。", "2026-02-10"),
        ("三天前开始没气的。", "2026-05-17"),
        ("半个月前他把井盖拉走了。", None),
        ("两个小时前，外墙砖掉下来了。", "2026-05-20T18:00"),
        ("去年夏天开始漏的。", None),
        ("一直这样，好几年了。", None),
        ("从三月份起就没发工资。", None),
        ("开了三年多的店了。", None),
        ("昨晚，大概十一点吧，又开始打桩。", "2026-05-19T23:00"),
        ("五一那天，他在楼顶上搭的棚。", "2026-05-01"),
        ("前天中午在他家吃的饭，晚上就吐了。", "2026-05-18"),
    ],
)
def test_the_day_that_the_caller_names(said: str, wanted: str | None) -> None:
    assert occurred("请讲。", said) == wanted


@pytest.mark.parametrize(
    "said",
    [
        "他们每天早上七点开始放喇叭，晚上九点才关。",
        "天天夜里十一点还在跳舞。",
        "逢周六周日下午两点以后人最多。",
        "我今天去看了一眼，架子还没拆。",
        "我昨天给你们打过电话，没人管。",
        "上个星期三我打过，说三天给我回话。",
        "前天我问过物业，物业说不知道。",
        "明天早上七点我们就去堵门。",
        "这个礼拜六上午十点集合。",
        "你们晚上八点以后打给我，白天我上班。",
        "我明天下午五点的飞机。",
        "我分三点说。",
        "我列了个提纲，大概三点，您有时间听吗？",
        "我等到下午五点。",
        "他一天准时得很，早上九点手机就响，天天这样。",
        "这个月底之前得办下来。",
        "七月一号就要开学了。",
    ],
)
def test_what_is_no_occurrence(said: str) -> None:
    assert occurred("请讲。", said) is None


@pytest.mark.parametrize(
    ("exchange", "wanted"),
    [
        (("一般从几点放到几点？", "早上七点过开腔，晚上九点半收声。"), None),
        (("平时什么时间有人？", "周末最多，周六周日下午两点以后。"), None),
        (("要去看的话，什么时候能看到？", "晚上十点以后，夜班的时候来。"), None),
        (("方便什么时候联系您？", "下午三点以后。"), None),
        (("什么时候停的？", "昨晚十点就没了，我以为半夜能来，三点起来一拧，还是没有。"), "2026-05-19T22:00"),
        (("是哪天的事？", "十号。"), "2026-05-10"),
        (("最近一次是什么时候？", "上礼拜四。我又去，人家还是不给办。"), "2026-05-14"),
        (("几点发生的？", "中午十二点四十。"), "2026-05-20T12:40"),
        (
            (
                "您说。",
                "我儿子在学校被打了，昨天中午十二点四十。",
                "现在怎么样？",
                "今天我下班才看到视频，我今晚不睡了。",
            ),
            "2026-05-19T12:40",
        ),
        (("您说。", "合同写的去年十二月三十一号交房，到现在没动静。"), "2025-12-31"),
        (("您说。", "补贴六月五号该到账，一直没到。"), None),
        (("您说。", "路灯坏了。", "哪天坏的？", "前天，不对，大前天。"), "2026-05-17"),
        (("以前反映过吗？", "反映过，四月十号。"), None),
        (("您说。", "楼上漏水。", "什么时候开始的？", "十五号晚上发现的。"), "2026-05-15"),
        (("您说。", "他把车横在我门口。", "昨天下午三点是吗？", "对。"), "2026-05-19T15:00"),
        (("您说。", "上周五拆的塔，前天我妈头晕都打不出去。", "五月十五号拆的。", "对。"), "2026-05-15"),
        (("您说。", "我昨晚掉井里了。", "昨晚几点？", "八点半。"), "2026-05-19T20:30"),
        (("您说。", "又是我，前天晚上打过的。", "今天几点开始的？", "六点四十开起的。"), "2026-05-20T18:40"),
        (("您说。", "昨天夜里那个大风，树断了。", "什么时候？", "凌晨三点。"), "2026-05-20T03:00"),
    ],
)
def test_question_and_answer(exchange: tuple[str, ...], wanted: str | None) -> None:
    assert occurred(*exchange) == wanted


@pytest.mark.parametrize(
    ("said", "at", "wanted"),
    [
        ("今晚十点半开始打桩，吵到现在。", "2026-05-21T01:10", "2026-05-20T22:30"),
        ("刚才零点四十，门口撞车了。", "2026-05-21T01:10", "2026-05-21T00:40"),
        ("昨晚上风大。我五点半起来，他就叫不醒了。", "2026-01-07T05:52", "2026-01-07T05:30"),
        ("今天早上七点二十摔的。", "2026-05-21T08:10", "2026-05-21T07:20"),
        ("夜里两点多，车库卷帘门掉下来砸了车。", "2026-05-21T08:10", "2026-05-21T02:00"),
        ("我想七夕那天去领证，能行吗？", "2026-08-12T12:05", None),
        ("翻砂厂今黑儿十点一开机就嗡嗡响。", "2026-05-20T23:20", "2026-05-20T22:00"),
        ("昨昏下晡四点半伊佇路边收卡。", "2026-05-20T13:20", "2026-05-19T16:30"),
        ("自昨暗十点停水到这阵。", "2026-05-20T12:18", "2026-05-19T22:00"),
        ("昨天晚上，五月十九号，回来的时候，十点，锁断了。", "2026-05-20T18:40", "2026-05-19T22:00"),
        ("今天六点多吧，六点十分，他就点炭了。", "2026-05-20T20:18", "2026-05-20T18:10"),
        ("大年初二他们在楼下放炮，把我棚子点了。", "2026-02-20T09:00", "2026-02-18"),
        ("正月十六搅拌车就开进来了。", "2026-03-06T11:04", "2026-03-04"),
    ],
)
def test_by_the_clock_and_the_moon(said: str, at: str, wanted: str | None) -> None:
    assert occurred("请讲。", said, at=at) == wanted


@pytest.mark.parametrize(
    ("exchange", "wanted"),
    [
        (("请讲。", "我前天，哦，大前天，门被他们砸了。"), "2026-05-17"),
        (("请讲。", "不是前天，是昨天，他们又来砸的门。"), "2026-05-19"),
        (("请讲。", "昨天，五月十九号，唔系，五月十五号，他们打人。"), "2026-05-15"),
        (("请讲。", "前天他们把门砸了。", "前天，十八号？", "哎，我说错了，是昨天，十九号。"), "2026-05-19"),
    ],
)
def test_a_day_taken_back_is_not_meant(exchange: tuple[str, ...], wanted: str) -> None:
    assert occurred(*exchange) == wanted


def test_a_day_of_an_earlier_call_is_not_that_of_an_hour() -> None:
    said = "上个礼拜六晚上我就打过你们一道，没人来。", "现在呢？", "十一点半开始放的，吵得很。"
    assert occurred("请讲。", *said, at="2026-05-20T23:58") == "2026-05-20T23:30"


def test_learns_which_of_two_days_is_meant() -> None:
    calls: list[tuple[Conversation, dict[str, Any]]] = []
    for number in range(30):
        day = 3 + number % 10
        turns = (Turn("citizen", f"五月{day}号交的钱，五月{day + 1}号把门锁了。"),)
        started = datetime.fromisoformat("2026-05-20T20:00").replace(tzinfo=CHINA_STANDARD_TIME)
        calls.append(
            (
                Conversation(Call("a", turns, started_at=started)),
                {"occurred": f"2026-05-{day:02}", "disposition": "dispatch"},
            )
        )
    choice = train_choice(calls)
    asked = Conversation(
        Call(
            "b", (Turn("citizen", "四月二十号交的钱，四月二十二号把门锁了。"),), started_at=calls[0][0].call.started_at
        )
    )
    found = read_occurrence(asked, choice)
    assert found.value == "2026-04-20"
    assert 0.5 < found.certainty <= 1.0


def test_a_choice_is_saved_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "choice.npz"
    packaged = occurrence_choice.packaged_choice()
    occurrence_choice.save(packaged, file, 1)
    assert (logit.load(file, format=occurrence_choice.FORMAT).weights == packaged.weights).all()
    with pytest.raises(ValueError, match="other code"):
        logit.load(file, format=occurrence_choice.FORMAT + 1)
