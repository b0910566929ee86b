import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.callback import read_callback
from tickets.fields.contact import read_caller

CALLER_NUMBER = "13800001234"


def asked(*exchange: str) -> Conversation:
    """Operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return Conversation(Call("test", turns, caller_number=CALLER_NUMBER))


@pytest.mark.parametrize(
    ("answer", "surname"),
    [
        ("免贵姓郝。", "郝"),
        ("我姓章，立早章。", "章"),
        ("姓张，弓长张。", "张"),
        ("我姓禹，大禹治水的禹。", "禹"),
        ("姓陈，耳东陈。", "陈"),
        ("我叫欧阳建国。", "欧阳"),
        ("姓仉，单人旁一个几，打这个号。", "仉"),
        ("姓过，过日子的过。", "过"),
        ("我姓凃。", "凃"),
        ("小姓黄，草头黄。", "黄"),
        ("叫我老魏就行。", "魏"),
    ],
)
def test_surname(answer: str, surname: str) -> None:
    caller = read_caller(asked("您贵姓？", answer))
    assert caller.surname == surname
    assert not caller.anonymous


def test_the_explanation_wins_over_what_was_heard() -> None:
    assert read_caller(asked("您贵姓？", "姓张，立早章。")).surname == "章"


@pytest.mark.parametrize(
    "question",
    [
        "包工头叫什么？",
        "施工单位叫什么？",
        "您说的是李经理吗？",
        "工程师傅来过吗？",
        "高工地那边谁管？",
        "您找过的那位王主任怎么说？",
        "负责人是张老板吗？",
    ],
)
def test_an_operators_question_about_others_gives_the_caller_no_surname(question: str) -> None:
    assert read_caller(asked("请讲。", "工地上不给钱。", question, "对，是他，跑了。")).surname is None


@pytest.mark.parametrize(
    ("said", "surname"),
    [
        ("好的郝先生，您请讲。", "郝"),
        ("李师傅，您别急。", "李"),
        ("陈老师您好，是哪个小区？", "陈"),
        ("登记的是邱先生，对吧？", "邱"),
        ("您是吴女士吧？", "吴"),
    ],
)
def test_the_operators_address_names_the_caller(said: str, surname: str) -> None:
    assert read_caller(asked("请讲。", "物业不管。", said, "对。")).surname == surname


def test_a_third_persons_surname_is_not_the_callers() -> None:
    assert read_caller(asked("请讲。", "物业那个王经理不管，找他姓王的也没用。")).surname is None


@pytest.mark.parametrize(
    "answer", ["不用留了。", "名字就不说了吧。", "我想匿名。", "姓也不留，别问了。", "不想说名字。"]
)
def test_anonymous(answer: str) -> None:
    caller = read_caller(asked("您怎么称呼？", answer))
    assert caller.anonymous
    assert caller.surname is None


@pytest.mark.parametrize(
    ("exchange", "gender"),
    [
        (("郝先生，您请讲。", "好。"), "男"),
        (("女士您别急。", "我能不急吗。"), "女"),
        (("好的先生。", "我不是先生，我是女的，嗓子哑了。", "不好意思女士。", "没事。"), "女"),
        (("请讲。", "我老婆怀孕八个月了。"), "男"),
        (("请讲。", "我老公出差了，我一个人在家。"), "女"),
        (("您先生在家吗？", "不在。"), None),
        (("请讲。", "楼下那个先生天天抽烟。"), None),
    ],
)
def test_gender(exchange: tuple[str, ...], gender: str | None) -> None:
    assert read_caller(asked(*exchange)).gender == gender


@pytest.mark.parametrize(
    ("exchange", "number"),
    [
        (("电话多少？", "幺三八，零零幺二，三四五六。"), "13800123456"),
        (("电话多少？", "一三九，六六七零，不对，六六零七，幺二三四。"), "13966071234"),
        (("电话多少？", "13900001111"), "13900001111"),
        (("回访打哪个？", "打座机吧，六六二零，幺幺八八。"), "66201188"),
        (("电话还是现在这个吗？", "对。"), CALLER_NUMBER),
        (("怎么联系您？", "就打这个号码。"), CALLER_NUMBER),
        (("留个电话？", "跟来电一样的。"), CALLER_NUMBER),
        (("电话是现在这个吗？", "不是，这是我妹的，打我的，幺五零，幺幺幺幺，二二二二。"), "15011112222"),
        (("需要回电吗？", "不用回了，我就说一声。"), None),
        (("请讲。", "千万别打这个电话，借别人的。"), None),
        (("请讲。", "客服电话一零零八六打了十几遍。"), None),
        (("请讲。", "车牌尾号三三七。"), None),
        (("您贵姓，电话呢？", "姓卓，卓越的卓。就拍这支。"), CALLER_NUMBER),
        (("女士怎么称呼？", "打厓个电话，这个就得。"), CALLER_NUMBER),
        (("电话需要留吗？", "留这个噻。"), CALLER_NUMBER),
        (("您贵姓，电话？", "姓东，电话嘛，你那儿不是有我号嘛，就打那个。"), CALLER_NUMBER),
        (("电话要留吗？", "不用了，你们看着办。"), None),
        (("您住哪里？", "城关镇，我儿子不晓得我打这个电话。"), None),
        (("还有别的吗？", "这个没必要回访。"), None),
        (("手机有电吗？", "只有我这个手机还有百分之十八。"), None),
    ],
)
def test_callback(exchange: tuple[str, ...], number: str | None) -> None:
    assert read_callback(asked(*exchange)).value == number


def test_the_number_read_back_wins() -> None:
    call = asked("电话多少？", "幺三八零零幺二三四五六。", "幺三八，零零幺二，三四五七，对吗？", "对对。")
    assert read_callback(call).value == "13800123457"


def test_a_number_dictated_over_turns() -> None:
    call = asked("您说。", "幺三八。", "嗯，幺三八。", "零零幺二。", "零零幺二。", "三四五六。")
    assert read_callback(call).value == "13800123456"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.data())
def test_any_mobile_number_in_any_grouping(number: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, 10), max_size=3)))
    groups = [number[a:b] for a, b in zip([0, *cuts], [*cuts, 11], strict=True)]
    said = "，".join(groups).translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    assert read_callback(asked("您电话多少？", f"{said}。")).value == number


def test_a_number_that_must_not_be_called_is_not_taken_for_want_of_another() -> None:
    answer = "别打现在这个，这个号是单位发的，打我自己的，幺五二六六九七幺零三。"
    conversation = asked("您好。", "我反映个事。", "您说。", "公司不让走。", "您的电话是？", answer)
    assert read_callback(conversation).value is None
