"""How many persons the matter affects, as the caller counts them."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.people import read_people


def people_in(*exchange: str) -> int | None:
    """What is read of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return read_people(Conversation(Call("test", turns))).value


@pytest.mark.parametrize(
    ("exchange", "people"),
    [
        (("请讲。", "我们木工班的，二十七个人，五个月没拿齐钱。"), 27),
        (("跟您一样情况的有多少人？", "登记上的是两百一十二个人。"), 212),
        (("一共多少人？", "三社一百一十几，加起来两百人是有的，两百。"), 200),
        (("请讲。", "我们四十多个人明天去市府门口。"), 40),
        (("受影响的大概有多少人？", "业主群二百六十个人，今晚全炸了。"), 260),
        (("请讲。", "我替她们数了数，小区连旁边的，有三十四个人了。"), 34),
        (("请讲。", "阿拉十六个人，侪是老厂里厢额。"), 16),
        (("请讲。", "全班四十五个孩子都吃坏了肚子。"), 45),
        (("请讲。", "厂里三百多工人工资没发。"), 300),
        (("请讲。", "我公公婆婆两个人都叫不醒。"), 2),
    ],
)
def test_counted(exchange: tuple[str, ...], people: int) -> None:
    assert people_in(*exchange) == people


@pytest.mark.parametrize(
    "said",
    [
        "他们来了五六个人把门堵了。",
        "四个人把我儿子堵在厕所里打。",
        "我们组五个人，就我一个被砍。",
        "就我一个人反映。",
        "光棍有十一个，我最年轻。",
        "车上限坐五个人。",
        "同市场一百多家，他们出不出头我不知道。",
        "办事窗口就两个人。",
        "一下午能有六七个顾客。",
        "小区一千二百户。",
        "我们家四口人住五十平。",
        "每人交六百块。",
        "我爸妈跟我弟一家都住一起，六个人。",
    ],
)
def test_not_counted(said: str) -> None:
    assert people_in("请讲。", said) is None
