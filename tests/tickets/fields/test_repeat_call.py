"""Did the caller call the hotline before about the same matter? Not other offices, not other callers, not this call."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.repeat_call import read_repeat_call


def is_repeat(*exchange: str) -> bool:
    """What is read of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return read_repeat_call(Conversation(Call("test", turns))).value


@pytest.mark.parametrize(
    "exchange",
    [
        ("请讲。", "我上个月给你们打过一回，没人管。"),
        ("请讲。", "前天半夜我也给你们打过一次，你们说登记了。"),
        ("请讲。", "这是我第三次打12345了。"),
        ("请讲。", "上个星期三我打过，一个男娃儿接的，说三天回话，鬼都没得一个。"),
        ("报修过吗？", "报了，十七号我就打你们这个电话了，来了个人看了看。"),
        ("您之前为这件事打过？", "打过三次了。第一次说给我转，第二次说不归你们。"),
        ("之前反映过吗？", "打过，五月份我打过你们一次，回复说已约谈。"),
        ("请讲。", "俺上个月给恁打过一回，就是占地那个事儿。"),
        ("请讲。", "我三月份就打过你们一次，你查一下有没有记录。"),
        ("请讲。", "上趟打侬搿搭电话，讲一个礼拜有人来，到今朝没来。"),
        ("请讲。", "我琴日打过嚟啦，点解仲未有人理？"),
        ("以前打过我们热线吗？", "有啊，打过两次。"),
        ("请讲。", "你们上次回复我说已经处理了，处理啥了？"),
        ("请讲。", "又是我，前几天打过电话那个。"),
        ("请讲。", "我之前那个工单你们给我办结了，根本没解决。"),
    ],
)
def test_called_before(exchange: tuple[str, ...]) -> None:
    assert is_repeat(*exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        ("您有没有报过警？", "有啊，上个月报过一次，警察来了他就关，走了又开。"),
        ("您之前有没有向哪里反映过？", "反映过，市场监管来看过。", "那咱们热线呢？", "热线是第一次打。"),
        ("您之前反映过吗？", "打过车上那个客服，客服让我上传照片。"),
        ("请讲。", "我给物业打了十一个电话，没用。"),
        ("以前打过吗？", "没打过，今朝头一趟。"),
        ("以前打过吗？", "我没打过，群里有人打过。"),
        ("之前找过谁？", "找了一圈，物业说不归他，社区说没钱。"),
        ("请讲。", "我去街道问过四次，每次都让我等。"),
        ("请讲。", "你们这个电话比医院挂号都难打，打了三次才打通。"),
        ("请讲。", "我打平台电话打了五六个，一直转人工。"),
        ("请讲。", "我女儿让我打这个电话，她写了张纸。"),
        ("请讲。", "上个月燃气公司打过电话说来安检，两回都没来。"),
        ("以前没打过这个电话吧？", "没有，年轻人说现在都打这个。"),
        ("之前打过我们热线吗？", "冇，头一回。"),
        ("请讲。", "电视台我也打过，人家不理。"),
        ("请讲。", "我前天打110了，他们说不归他们管。"),
        ("请讲。", "县里电话我打过，一个后生接的，讲村道归村里管。"),
    ],
)
def test_not_called_before(exchange: tuple[str, ...]) -> None:
    assert not is_repeat(*exchange)
