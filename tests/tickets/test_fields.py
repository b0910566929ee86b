from datetime import datetime

import pytest

from tickets.call import CHINA_STANDARD_TIME, Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields.amount import read_amount
from tickets.fields.appeal import read_appeal
from tickets.fields.emergency import read_emergency
from tickets.fields.flags import read_flags
from tickets.fields.no_matter import read_no_matter
from tickets.fields.occurrence import read_occurrence
from tickets.fields.people import read_people
from tickets.fields.repeat_call import read_repeat_call
from tickets.fields.urgency import read_urgency

GAZETTEER = Gazetteer(load_city())
CALLED_AT = datetime(2026, 5, 20, 20, 0, tzinfo=CHINA_STANDARD_TIME)


def said(*exchange: str) -> Conversation:
    """Operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return Conversation(Call("test", turns, started_at=CALLED_AT))


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("办卡充了三千块，店就关门了。", 3000),
        ("一共欠我们工钱四十三万。", 430_000),
        ("交了押金两千五，不退。", 2500),
        ("前后转给他一万二，被骗了。", 12_000),
        ("一个月物业费两百块，太贵。", None),
        ("我等了三百多天。", None),
        ("法院判了公司赔我六万。", 60_000),
        ("老板说给我五千，我没要。", None),
        ("那个公交十块钱三斤地喊。", None),
    ],
)
def test_amount(words: str, amount: float | None) -> None:
    assert read_amount(said("请讲。", words)).value == amount


def test_the_total_not_its_parts() -> None:
    call = said("请讲。", "卡三千八，课五千四，一共九千二百块，全没了。")
    assert read_amount(call).value == 9200


@pytest.mark.parametrize(
    ("exchange", "people"),
    [
        (("请讲。", "我们四十多个人的工资都没发。"), 40),
        (("一共多少位业主？", "一百三十六个。"), 136),
        (("请讲。", "来了五六个人把我围住。"), None),
        (("请讲。", "我们五六个业主都没拿到钥匙。"), 5),
        (("请讲。", "我们七八个工人都没发钱。"), 7),
        (("请讲。", "我一个人住。"), None),
    ],
)
def test_people(exchange: tuple[str, ...], people: int | None) -> None:
    assert read_people(said(*exchange)).value == people


@pytest.mark.parametrize(
    ("exchange", "repeat"),
    [
        (("请讲。", "我上个月给你们打过一次，没人管。"), True),
        (("之前反映过吗？", "打过两次了。"), True),
        (("之前反映过吗？", "没打过，第一次。"), False),
        (("请讲。", "给物业打过三次，没用。"), False),
        (("请讲。", "路灯不亮。"), False),
    ],
)
def test_repeat_call(exchange: tuple[str, ...], repeat: bool) -> None:
    assert read_repeat_call(said(*exchange)).value is repeat


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("我们业主商量好了明天一起去售楼部。", "group"),
        ("我七十三岁了，爬不动楼。", "elderly"),
        ("我女儿今年五岁，差点被砸到。", "minor"),
        ("摔着的那个才七八岁。", "minor"),
        ("我爸坐轮椅的，没有坡道下不了楼。", "disabled"),
        ("再不解决我就去堵大门拉横幅。", "threat"),
        ("我真不想活了。", "self_harm"),
        ("政府得给我发个老婆。", "unreasonable"),
        ("你个王八蛋，滚蛋。", "malicious"),
        ("千万别让物业知道是我说的。", "confidential"),
        ("法院去年就判了，执行不了。", "legal_process"),
    ],
)
def test_flags(words: str, flag: str) -> None:
    assert flag in read_flags(said("请讲。", words))


@pytest.mark.parametrize(
    "words",
    [
        "楼下路灯坏了三天。",
        "我不会想不开，你放心。",
        "再不行我就去法院起诉他。",
        "路口天天堵车。",
        "我不会去堵门闹事，我讲道理。",
        "大门口看门的大爷说他不知道。",
        "垃圾堆了七八天没人管。",
    ],
)
def test_no_flag_without_words_that_carry_it(words: str) -> None:
    assert not read_flags(said("请讲。", words))


@pytest.mark.parametrize(
    ("words", "urgency"),
    [
        ("全小区从早上起就停水了。", "urgent"),
        ("人行道上井盖没了，下面看不到底。", "urgent"),
        ("污水倒灌进一楼了。", "urgent"),
        ("路灯有一盏不亮。", "normal"),
        ("上个月停过水，现在好了，我想问为什么。", "normal"),
    ],
)
def test_urgency(words: str, urgency: str) -> None:
    assert read_urgency(said("请讲。", words), (), emergency=False, evidence_of_emergency=()).value == urgency


@pytest.mark.parametrize(
    ("exchange", "services"),
    [
        (("请讲。", "厨房着火了，烟特别大，你们快来！"), ("119",)),
        (("请讲。", "他正在拿刀砍人，快来啊！"), ("110",)),
        (("请讲。", "我爸刚刚晕倒在地上，叫不醒，快点。"), ("120",)),
        (("请讲。", "刚才两辆车撞上了，就在路口，人没事。"), ("122",)),
    ],
)
def test_emergencies(exchange: tuple[str, ...], services: tuple[str, ...]) -> None:
    emergency = read_emergency(said(*exchange))
    assert emergency.now
    assert emergency.services[: len(services)] == services


@pytest.mark.parametrize(
    "words",
    [
        "上个月楼里着火，烧了两户，现在想问赔偿。",
        "我就怕哪天着火，楼道里全是电动车。",
        "我都快气死了，火大得很。",
        "没有着火，就是烟味大。",
        "去年他打我妈，派出所处理过了。",
        "那家店生意火了以后天天排队。",
        "万一煤气漏了怎么办？",
        "前面路口两辆车刮蹭了，堵得死死的，我上班要迟到了。",
    ],
)
def test_look_alikes(words: str) -> None:
    assert not read_emergency(said("请讲。", words)).now


def test_symptoms_call_the_ambulance_too_and_the_connection_is_heard() -> None:
    emergency = read_emergency(
        said(
            "请讲。",
            "屋里煤气味很重，现在还嘶嘶响。",
            "您有没有头晕？先出来，不要开灯，我已经帮您接通幺幺九。",
            "有点晕。",
        )
    )
    assert emergency.services[0] == "119"
    assert "120" in emergency.services
    assert emergency.connected


def test_conditional_advice_is_no_alarm() -> None:
    call = said("请讲。", "楼道里充电瓶车，我看着担心。", "如果看到冒烟起火，请您直接打幺幺九。", "知道了。")
    assert not read_emergency(call).now


@pytest.mark.parametrize(
    ("exchange", "wanted"),
    [
        (("什么时候的事？", "昨天下午三点多。"), "2026-05-19T15:00"),
        (("请讲。", "前天夜里他们又来倒垃圾。"), "2026-05-18"),
        (("请讲。", "五月十二号出的事，十五号我给你们打过电话。"), "2026-05-12"),
        (("请讲。", "这个礼拜六我们就去堵门。"), None),
        (("请讲。", "去年夏天开始的。"), None),
        (("请讲。", "工地夜里十二点还打桩。"), None),
        (("您好，以前反映过吗？", "没有。从昨天下午三点就停水。"), "2026-05-19T15:00"),
        (("以前反映过吗？", "前天反映过，没人来。"), None),
        (("请讲。", "五六天前被他撞的。"), "2026-05-15"),
    ],
)
def test_occurrence(exchange: tuple[str, ...], wanted: str | None) -> None:
    assert read_occurrence(said(*exchange)).value == wanted


def test_occurrence_needs_the_time_of_the_call() -> None:
    assert read_occurrence(Conversation(Call("test", (Turn("citizen", "昨天"),)))).value is None


@pytest.mark.parametrize(
    "exchange",
    [
        (),
        ("您好，请讲。", ""),
        ("您好，请讲。", "喂，喂，听得见吗？"),
        ("您好，请讲。", "不好意思，打错了。"),
        ("您好，请讲。", "哎呀孩子拿手机乱按的，对不起。"),
        ("您好，请讲。", "我试一下电话通不通。"),
        ("您好，我这边是热线回访，上次的事解决了吗？", "解决了，谢谢。"),
    ],
)
def test_no_matter(exchange: tuple[str, ...]) -> None:
    assert read_no_matter(said(*exchange)).value


def test_a_greeting_is_cited() -> None:
    found = read_no_matter(said("您好，请讲。", "喂？"))
    assert found.value is not None
    assert "没有说话" not in found.value
    assert [item.words for item in found.evidence] == ["喂？"]


def test_a_short_matter_is_one() -> None:
    assert read_no_matter(said("请讲。", "光明路路灯坏了，一整条都不亮。")).value is None


@pytest.mark.parametrize(
    ("words", "appeal"),
    [
        ("我要投诉物业，收钱不办事，太欺负人了。", "投诉"),
        ("我举报一家黑诊所，无证行医。", "举报"),
        ("请问办这个需要什么材料，在哪里办？", "咨询"),
        ("我要表扬一个司机，谢谢他。", "表扬"),
        ("我有个建议，能不能增加一趟车。", "建议"),
    ],
)
def test_appeal(words: str, appeal: str) -> None:
    found = read_appeal(said("请讲。", words), (), emergency=False, urgent=False, party=False)
    assert found.value == appeal
