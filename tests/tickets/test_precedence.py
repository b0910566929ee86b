"""What must never lose: a danger told as happening, a hint at self-harm, a threat, an insult."""

import pytest

from tickets.call import Call, Role, Turn
from tickets.city import load_city
from tickets.structuring import structure
from tickets.ticket import Ticket

CITY = load_city()


def ticket(*exchange: str) -> Ticket:
    """The ticket of operator and citizen in turn, the operator first."""
    roles: tuple[Role, Role] = ("operator", "citizen")
    return structure(Call("t", tuple(Turn(roles[index % 2], text) for index, text in enumerate(exchange))), CITY)


@pytest.mark.parametrize(
    ("exchange", "service"),
    [
        (("您好，请讲。", "我有个建议，啊呀等一下，我家灶台着火了，火苗好大，快来人！"), "119"),
        (
            (
                "您好，请讲。",
                "我要表扬一下社区的小刘，哎哟，这会儿满屋子煤气味，我妈晕倒了！",
                "您先出来，我马上给您接通幺幺九。",
            ),
            "119",
        ),
        (
            (
                "您好，请讲。",
                "我老公拿刀要杀我，正在砸门！",
                "之前的离婚案您可以向法院申请，我现在给您转接幺幺零，别开门。",
            ),
            "110",
        ),
        (("您好，请讲。", "请问一下，我家厨房着火了，烟特别大，怎么办？"), "119"),
    ],
)
def test_a_danger_now_comes_before_praise_suggestion_question_and_redirect(
    exchange: tuple[str, ...], service: str
) -> None:
    made = ticket(*exchange)
    assert made.disposition == "emergency"
    assert service in made.handover


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("我有个建议，啊呀等一下，我家灶台着火了，你们快来人！", "紧急警情：我家灶台着火了"),
        ("我妈在浴室滑倒了，起不来，头在流血，快来！", "紧急警情：我妈在浴室滑倒了"),
        ("我被困在电梯里了，出不来，快来人！", "紧急警情：我被困在电梯里了"),
    ],
)
def test_an_emergencys_title_is_in_the_callers_words(words: str, title: str) -> None:
    assert ticket("您好，请讲。", words).title == title


def test_a_neighbour_who_has_not_been_seen_for_days_is_an_emergency() -> None:
    made = ticket(
        "您好，请讲。", "邻居老头两天没出门，屋里有臭味，敲门没人应。", "您别急，我这就联系派出所上门看看。", "好。"
    )
    assert made.disposition == "emergency"
    assert made.handover[0] == "110"
    assert ticket("您好，请讲。", "楼下垃圾桶几天没人倒，臭味大，敲物业的门没人应。").disposition == "dispatch"


def test_a_scrape_is_for_the_traffic_police_until_it_is_settled() -> None:
    now = ticket("您好，请讲。", "前面路口两辆车刮蹭了，人没事，都不肯挪，堵得死死的。")
    assert (now.disposition, now.handover[0]) == ("emergency", "122")
    settled = ticket(
        "您好，请讲。", "上个月我的车跟人刮蹭了，当时就私了了，现在修理厂多收我八百块。", "您要投诉修理厂是吗？", "对。"
    )
    assert settled.disposition == "dispatch"


def test_the_surer_the_danger_the_surer_the_ticket() -> None:
    clear = ticket(
        "您好，请讲。",
        "厨房着火了，火苗窜到房顶了，浓烟特别大，老人还在里面，快来人啊！",
        "您先出来，不要进去，我已经给您接通幺幺九了。",
        "快点，火还在烧！",
    )
    vague = ticket("您好，请讲。", "楼道里有煤气味，现在还有。")
    assert clear.disposition == "emergency"
    assert clear.mode == "auto"
    assert clear.confidence > vague.confidence
    assert sorted((item.score for item in clear.candidates), reverse=True) == [item.score for item in clear.candidates]


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("我不想活了。", "self_harm"),
        ("打错了，傻逼。", "malicious"),
        ("我要炸了你们。", "threat"),
    ],
)
def test_a_few_words_of_harm_are_never_no_matter(words: str, flag: str) -> None:
    made = ticket("您好，请讲。", words)
    assert made.disposition != "none"
    assert flag in made.flags
    assert made.mode == "review"


def test_a_call_without_a_matter_keeps_its_flags() -> None:
    made = ticket("您好，请讲。", "打错了，不好意思，给我保密啊。")
    assert made.disposition == "none"
    assert made.flags == ("confidential",)


@pytest.mark.parametrize(
    "closing",
    ["好的，已登记，办结后给您电话回访。", "我们会给您做个回访。", "稍后承办单位回复您，热线也对您进行回访。"],
)
def test_a_promise_to_call_back_is_no_call_back(closing: str) -> None:
    made = ticket("您好，请讲。", "光明路路灯全灭了。", closing, "好的。")
    assert made.disposition == "dispatch"


def test_a_call_back_is_told_by_its_opening() -> None:
    opening = "您好，这里是12345热线，就您上周反映的路灯问题给您做个回访。"
    assert ticket("喂，您好。", "喂。", opening, "修好了，谢谢。").disposition == "none"
    told = ticket(
        opening,
        "修好了。不过我还要反映一个，我们楼下烧烤店的油烟天天往家里灌，熏得睡不着觉，排烟口正对着窗户，"
        "找过店家好几次也不改，你们让环保的来查一查。",
    )
    assert told.disposition == "dispatch"
