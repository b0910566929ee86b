"""Who calls and which number to call back: hard cases of names, genders, anonymity and numbers."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.callback import read_callback
from tickets.fields.contact import read_caller

CALLER_NUMBER = "13800001234"


def call_of(*exchange: str) -> Conversation:
    """Operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return Conversation(Call("test", turns, caller_number=CALLER_NUMBER))


@pytest.mark.parametrize(
    ("exchange", "number"),
    [
        (("戚阿姨，回电就打您现在用的座机？", "对，就格只电话，屋里向格。"), CALLER_NUMBER),
        (("电话？", "就呢个得喇，最好打之前发个短讯。"), CALLER_NUMBER),
        (("电话打这个能找到您吗？", "打这个，我哪儿也不去。"), CALLER_NUMBER),
        (("能联系您吗？", "发短信，别打电话，就这个号。"), CALLER_NUMBER),
        (("回电号码呢？", "小卖部的，就这个座机，你那头能看见吧。"), CALLER_NUMBER),
        (("您贵姓？", "姓艾，艾草的艾。电话是这个。"), CALLER_NUMBER),
        (("您贵姓？", "姓艾。打俺这个。"), CALLER_NUMBER),
        (("您贵姓？", "姓艾，手机现在这个，随时。"), CALLER_NUMBER),
        (("请讲。", "路灯不亮。姓艾，这个号，别打家里座机。"), CALLER_NUMBER),
        (("您贵姓？", "姓艾。打我的。"), CALLER_NUMBER),
        (("手机就是这个？", "就是这个，中午别打。"), CALLER_NUMBER),
        (("您贵姓？", "姓艾，打家里，五五六一，九零二七。"), "55619027"),
        (
            (
                "幺三七八七五零四四幺六，对吗？",
                "不对，最后是四六幺四。",
                "四六幺四，幺三七八七五零四六幺四。",
                "对了。",
            ),
            "13787504614",
        ),
        (("登记一下电话？", "名字不说了，号码也别往单子上写。"), None),
        (("请讲。", "我这个电话，你们不留底吧？", "会保密的。", "号码也别写，你就当没接过。"), None),
        (("怎么联系您？", "不要打这个，这个是我老伴的。你打我的，幺三三，七五六八，零二九幺。"), "13375680291"),
        (("电话留哪个？", "留我堂客的咯。幺五五，七四三零，二二幺九。"), "15574302219"),
        (("电话？", "幺九八，五拐幺四，三洞六六。", "幺九八五七幺四三零六六，对吧？", "没错。"), "19857143066"),
        (("电话？", "幺八八，六七零二，不对，六七二零，三三幺九。"), "18867203319"),
        (("需要回复您吗？", "不用，你们来没来我看得见。千万别打这个电话，借食堂大姐的。"), None),
        (
            ("机主号码？", "幺三五，零五八幺，六二七九，但你们别打给他，打给我。", "那用您来电的这个。", "好。"),
            CALLER_NUMBER,
        ),
        (("电话？", "你记一下，幺三六五六六幺八八九零。"), "13656618890"),
        (("怎么联系？", "打家里座机吧，六六二四，零幺九八。", "六六二四零幺九八？", "对。"), "66240198"),
        (("请讲。", "路灯不亮。", "您贵姓？", "姓扈，号码就是来电。"), CALLER_NUMBER),
        (("请讲。", "路灯不亮。", "您贵姓？", "姓邬，找我就打来电的号码。"), CALLER_NUMBER),
        (("请讲。", "路灯不亮。", "您贵姓？", "陈，电话嘛，就我现在用的这部。"), CALLER_NUMBER),
        (("请讲。", "路灯不亮。", "您贵姓？", "管，这个就是我本人的手机，打它。"), CALLER_NUMBER),
        (("请讲。", "路灯不亮。", "您贵姓？", "姓税，我明天还要打来的。"), None),
        (("请讲。", "你们这个号是不是也能帮我查外卖？", "不能。", "那打错了。"), None),
    ],
)
def test_the_number_to_call_back(exchange: tuple[str, ...], number: str | None) -> None:
    found = read_callback(call_of(*exchange))
    assert found.value == number


@pytest.mark.parametrize(
    ("exchange", "surname"),
    [
        (("打哪个号码？", "六六二零，七三八八，找艾会计。", "艾是艾草的艾？", "嗯。"), "艾"),
        (("请讲。", "姑娘我姓佟啊，单人旁一个冬天的冬，你管我叫佟姐就行。"), "佟"),
        (("怎么登记您？", "就写小占吧，占便宜的占。"), "占"),
        (("您贵姓？", "姓敬，尊敬的敬。"), "敬"),
        (("您怎么称呼？", "卜，萝卜的卜。"), "卜"),
        (("您贵姓？", "免贵姓郜，一个告状的告，右边一个耳朵。"), "郜"),
        (("您贵姓？", "我叫庄有田，庄稼的庄。"), "庄"),
        (("您姓什么？", "郝，赤字加个耳刀，郝。"), "郝"),
        (("请讲。", "那个经理姓曲，别的我不知道。", "您贵姓？", "我姓戴，戴帽子的戴。"), "戴"),
        (("请讲。", "小姓黄，草头黄。"), "黄"),
    ],
)
def test_the_surname(exchange: tuple[str, ...], surname: str) -> None:
    assert read_caller(call_of(*exchange)).surname == surname


@pytest.mark.parametrize(
    ("exchange", "gender"),
    [
        (("请讲。", "别听我这嗓门儿粗，女的。"), "女"),
        (("请讲。", "你管我叫佟姐就行。"), "女"),
        (("先生怎么称呼？", "名字不留了。"), "男"),
        (("您是女士，我只登记一个性别。", "嗯。"), "女"),
        (("应先生还是？", "女士，我感冒了。", "抱歉，应女士。", "没事儿。"), "女"),
        (("请讲。", "我一个大男人站在那儿，腿都软了。"), "男"),
        (("请讲。", "我一个女的，大半夜怎么下车？"), "女"),
        (("请讲。", "我堂客在家带孩子，打她的电话。"), "男"),
        (("请讲。", "我婆娘在屋头等我拿钱。"), "男"),
        (("请讲。", "我怀孕了，二十四周。"), "女"),
        (("请讲。", "楼下那个女的天天跳舞。"), None),
        (("您先生的电话是多少？", "我不记得。"), None),
    ],
)
def test_the_gender(exchange: tuple[str, ...], gender: str | None) -> None:
    assert read_caller(call_of(*exchange)).gender == gender


@pytest.mark.parametrize(
    ("exchange", "anonymous"),
    [
        (("请讲。", "那我不说名字，你也别问，可以吧。"), True),
        (("先生怎么称呼？", "名字不留了行吗，姓也不留。"), True),
        (("您贵姓？", "唔使写我个名啦。"), True),
        (("请讲。", "举报厂里，不留名行不行？"), True),
        (("方便留个电话吗？", "不留了不留了，名字电话都不留。"), True),
        (("您贵姓？", "我不匿名，我姓闻，新闻的闻，你写。"), False),
        (("您贵姓？", "姓石。"), False),
        (("店家叫什么名字？", "不知道名字。"), False),
    ],
)
def test_whether_the_name_is_withheld(exchange: tuple[str, ...], anonymous: bool) -> None:
    assert read_caller(call_of(*exchange)).anonymous is anonymous
