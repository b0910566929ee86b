"""Who is the operator, on dialogues made up for these tests."""

import random

import pytest

from asr.roles import SaidTurn, assign_roles

DIALOGUES = {
    "noise": [
        ("op", "您好，滨城市民服务热线，工号三零五二，请讲。"),
        ("ci", "喂你好，我要投诉楼下那个烧烤摊，天天搞到半夜两三点，我们家小孩根本没法睡觉。"),
        ("op", "好的，请问烧烤摊在什么位置？"),
        ("ci", "就在我们小区西门出来，原来卖水果的那个门面，人家把桌子都摆到人行道上来了。"),
        ("op", "您之前有没有向城管反映过？"),
        ("ci", "反映过啊，来了两个人看了一下就走了，后来还是老样子。"),
        ("op", "好的，已经帮您登记了。您贵姓？"),
        ("ci", "我姓贺，祝贺的贺。"),
        ("op", "贺先生，会有工作人员联系您，感谢您的来电，再见。"),
    ],
    "question": [
        ("op", "你好，请问有什么可以帮您？"),
        ("ci", "你好，我想咨询一下，退休的老人换社保卡，一定要本人去吗？我妈腿脚不好。"),
        ("op", "可以代办，带上两个人的身份证就行。"),
        ("ci", "哦，那就是去哪个银行都可以是吧？"),
        ("op", "是的，您看还有别的问题吗？"),
        ("ci", "没有了，谢谢。"),
    ],
    "upset": [
        ("ci", "你们到底管不管啊，我都打了三次电话了，水管爆了没人修，一楼都淹了！"),
        ("op", "您先别着急，您说一下具体地址。"),
        ("ci", "说了多少遍了，红旗路八号院，给我个说法。"),
        ("op", "理解您的心情，我马上给您转到抢修，您的电话是这个号码吗？"),
        ("ci", "是的是的，你快点。"),
    ],
    "dialect": [
        ("op", "您好，政务服务热线。"),
        ("ci", "喂，你好，我系东门嗰边嘅住户，我哋呢度停咗电成日啦，冇人嚟睇。"),
        ("op", "请问是整栋楼都停电吗？"),
        ("ci", "系啊，成栋都冇，老人家行楼梯好辛苦㗎。"),
        ("op", "好的，我记下了，怎么称呼您？"),
        ("ci", "姓梁，梁山伯个梁。"),
    ],
}


def turns(name, operator, citizen):
    names = {"op": operator, "ci": citizen}
    return [SaidTurn(names[who], text, 3.0 * i) for i, (who, text) in enumerate(DIALOGUES[name])]


@pytest.mark.parametrize("name", DIALOGUES)
@pytest.mark.parametrize(("operator", "citizen"), [("left", "right"), ("right", "left"), ("S1", "S2"), ("S2", "S1")])
def test_words_decide_whatever_the_channel(name, operator, citizen):
    found = assign_roles(turns(name, operator, citizen))
    assert found.roles == {operator: "operator", citizen: "citizen"}
    assert found.confidence > 0.8
    assert found.prompts == frozenset()
    assert found.reasons


def garbled(text, rng):
    heard = []
    for char in text:
        if rng.random() < 0.1:
            continue
        heard.append(rng.choice("的是了我不在人有来他这上们到时") if rng.random() < 0.15 else char)
    return "".join(heard).replace("您", "你").replace("？", "，").replace("。", "，")


@pytest.mark.parametrize("name", DIALOGUES)
def test_errors_of_the_recogniser_spoil_confidence_before_they_spoil_roles(name):
    rng = random.Random(11)
    wrong, sure = 0, 0
    for _ in range(40):
        said = [SaidTurn(t.speaker, garbled(t.text, rng), t.start) for t in turns(name, "right", "left")]
        found = assign_roles(said)
        wrong += found.roles["right"] != "operator"
        sure += found.roles["right"] != "operator" and found.confidence > 0.9
    assert wrong <= 4
    assert sure <= 1


def test_what_the_recorder_knows_stands():
    said = turns("noise", "left", "right")
    found = assign_roles(said, {"left": "citizen", "right": "operator"})
    assert found.roles == {"left": "citizen", "right": "operator"}
    assert found.confidence == 1.0
    assert assign_roles(said, {"left": "operator"}).roles["right"] == "citizen"


def test_announcements_before_and_after_are_nobodys():
    said = [
        SaidTurn("S1", "欢迎致电滨城热线，普通话服务请按一，粤语服务请按二。", 0.0),
        SaidTurn("S1", "正在为您转接人工坐席，请不要挂机。", 8.0),
        *turns("noise", "S1", "S2"),
        SaidTurn("S1", "请对本次服务作出评价，满意请按一，不满意请按二。", 90.0),
    ]
    found = assign_roles(said)
    assert found.prompts == {0, 1, len(said) - 1}
    assert found.roles == {"S1": "operator", "S2": "citizen"}
    assert found.role_of(0, "S1") == "other"
    assert found.role_of(2, "S1") == "operator"


def test_a_voice_that_only_announces_is_other():
    said = [SaidTurn("S1", "您好，欢迎拨打滨城热线，请按一。", 0.0), *turns("question", "S2", "S3")]
    found = assign_roles(said)
    assert found.roles == {"S1": "other", "S2": "operator", "S3": "citizen"}


def test_a_citizen_who_tells_of_an_announcement_is_none():
    said = turns("noise", "S1", "S2")
    said[3] = SaidTurn("S2", "我打他们电话，一直说请按一请按二，根本没有人工服务，我打了一个上午都没人接。", 9.0)
    assert assign_roles(said).prompts == frozenset()


def test_after_a_transfer_there_are_two_operators_a_relative_is_other():
    colleague = [
        SaidTurn("S3", "您好，这里是住房公积金专席，工号一一零，请讲。", 40.0),
        SaidTurn("S3", "请问您的身份证号码后四位是什么？我帮您核实。", 45.0),
    ]
    assert assign_roles([*turns("question", "S1", "S2"), *colleague]).roles["S3"] == "operator"
    wife = [SaidTurn("S3", "哎呀我来说，我老公说不清楚，我们家那个水表，人家上个月来换的，换了以后就一直走。", 40.0)]
    assert assign_roles([*turns("noise", "S1", "S2"), *wife]).roles["S3"] == "other"


def test_a_lone_speaker():
    operator = [t for t in turns("noise", "left", "right") if t.speaker == "left"]
    citizen = [t for t in turns("noise", "left", "right") if t.speaker == "right"]
    assert assign_roles(operator).roles == {"left": "operator"}
    assert assign_roles(citizen).roles == {"right": "citizen"}


def test_nothing_said():
    found = assign_roles([])
    assert found.roles == {}
    empty = assign_roles([SaidTurn("S1", "", 0.0), SaidTurn("S2", " ", 1.0)])
    assert set(empty.roles.values()) <= {"operator", "citizen", "other"}
    assert empty.confidence <= 0.9


def test_reasons_hold_no_words_of_the_citizen():
    found = assign_roles(turns("noise", "S1", "S2"))
    assert not any("\u4e00" <= char <= "\u9fff" for reason in found.reasons for char in reason)


@pytest.mark.parametrize(
    "first",
    [
        "我们小区电梯的按键坏了，按哪一层都没反应。",
        "老板卷钱跑了，电话已关机。",
        "你们线路忙，我打了一上午。",
        "他们客服人工服务根本打不进去。",
    ],
)
def test_a_citizen_who_tells_of_telephones_and_keys_is_no_machine(first: str) -> None:
    turns = [
        SaidTurn("left", "您好，政务热线，工号三零二，请讲。", 0.0),
        SaidTurn("right", first, 4.0),
        SaidTurn("left", "请问您在什么地方？", 9.0),
    ]
    assignment = assign_roles(turns)
    assert assignment.prompts == frozenset()
    assert assignment.role_of(1, "right") == "citizen"


def test_an_operator_who_asks_for_a_rating_is_no_machine() -> None:
    turns = [
        SaidTurn("left", "您好，政务热线，请问有什么可以帮您？", 0.0),
        SaidTurn("right", "喂，我想反映一下路灯不亮。", 4.0),
        SaidTurn("left", "好的，已为您登记，请对我的服务做个评价，再见。", 9.0),
    ]
    assert assign_roles(turns).role_of(2, "left") == "operator"
