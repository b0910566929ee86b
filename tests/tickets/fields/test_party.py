"""Whom the matter is about, by the name that the call gives; None where only the kind is said."""

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields.party import read_party

GAZETTEER = Gazetteer(load_city())


def party_of(*exchange: str) -> str | None:
    """What is read of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    return read_party(Conversation(Call("test", turns)), GAZETTEER).value


@pytest.mark.parametrize(
    ("exchange", "party"),
    [
        (("哪家公司？", "华信通信。"), "华信通信"),
        (("请讲。", "我投诉一家装修公司，鑫居装饰，骗子公司。"), "鑫居装饰"),
        (("请讲。", "围挡上印着，云江宏业建设集团，底下还有句口号。"), "云江宏业建设集团"),
        (("店铺叫什么名字？", "叫云安户外，云就系你哋云江个云。"), "云安户外"),
        (("旅行社是哪家？", "江畔假期旅行社，门店就在我们小区底层。"), "江畔假期旅行社"),
        (("物业是哪家？", "叫恒馨物业。我给他们打了十一个电话。"), "恒馨物业"),
        (("开发商是哪家？", "嘉瑞置业。给过四回说法。"), "嘉瑞置业"),
        (("欠钱的是哪家？", "劳务公司叫鼎实劳务，老板姓熊。"), "鼎实劳务"),
        (("公司名称说一下。", "拾光文化传媒，在万达那个写字楼。"), "拾光文化传媒"),
        (("厂子在哪里？", "坝上村。厂叫宏发石材厂。"), "宏发石材厂"),
        (("里面这个人叫什么？", "都喊她楠姐。"), "楠姐"),
        (("请讲。", "正门左手的底商，新开了一家，叫惠民优选，卖米面油的。他们签一张纸，叫会员消费协议。"), "惠民优选"),
        (("养猪的是谁？", "谭老四，大名谭建军。"), "谭建军"),
        (("孩子是哪个学校的？", "青石三中，青石第三中学，八年级。"), "青石三中"),
        (("请讲。", "高新大润发三楼的力行健身，突然关门了。"), "力行健身"),
        (("市场管理方叫什么名字？", "宏图市场管理公司，宏图大展那个宏图。"), "宏图市场管理公司"),
        (("请讲。", "发票上印的通达出租汽车公司，车号看不清。"), "通达出租汽车公司"),
    ],
)
def test_named(exchange: tuple[str, ...], party: str) -> None:
    assert party_of(*exchange) == party


@pytest.mark.parametrize(
    "exchange",
    [
        ("请讲。", "楼下那家烧烤店天天冒烟。"),
        ("请讲。", "物业不管，社区也不管。"),
        ("请讲。", "我女儿四个多月，小名叫汤圆，疫苗打不上。"),
        ("请讲。", "我开文具店的，就我家招牌底下，叫小博士文具，摊子把我门挡了。"),
        ("请讲。", "我店就在五号楼底下，方姐美发，来人上店里找我。"),
        ("位置在哪里？", "从乡里上来，过了那个碾米厂，再走一里多路。"),
        ("哪家物业？", "不知道叫啥。"),
        ("请讲。", "自来水公司说下午来修。"),
        ("请讲。", "建设银行门口有个大坑。"),
    ],
)
def test_called_by_the_kind_or_not_the_party(exchange: tuple[str, ...]) -> None:
    assert party_of(*exchange) is None
