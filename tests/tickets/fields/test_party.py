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
        (("孩子是哪个学校的？", "青石三中，青石第三中学，八年级。"), "青石第三中学"),
        (("请讲。", "高新大润发三楼的力行健身，突然关门了。"), "力行健身"),
        (("市场管理方叫什么名字？", "宏图市场管理公司，宏图大展那个宏图。"), "宏图市场管理公司"),
        (("您贵姓？", "姓焦。牌子挂在门口，叫旺达再生，旺盛的旺，到达的达。"), "旺达再生"),
        (("请讲。", "楼下新开了个老铁炭火，整天冒烟。门头印的是小渔村，一股腥味。"), "小渔村"),
        (("请讲。", "我在那个隆昌食品厂干了六年，没交过社保。"), "隆昌食品厂"),
        (("请讲。", "后门有间“骨伤王”，没有执照。"), "骨伤王"),
        (("请讲。", "我们组的吴建业，在水田里盖房子。"), "吴建业"),
        (("请讲。", "我们村那个支部书记，姓耿，耿有田，收人家钱。"), "耿有田"),
        (("请讲。", "老刘开了个诊所，一针八块。"), "老刘"),
        (("请讲。", "孩子在石桥县第三中学上初一，同学天天打他，老师不管。"), "石桥县第三中学"),
        (("请讲。", "我妈住在望江养老院，押金不退。"), "望江养老院"),
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
        ("请讲。", "你们得命令物业来修，水箱归物业。"),
        ("请讲。", "路边一排共享单车，挡着盲道。"),
        ("哪个单位办的？", "镇上劳动保障所组织的。"),
        ("请讲。", "石桥县第三中学门口的路灯不亮，老师下班看不见。"),
        ("请讲。", "他要我交无房证明，我开不出来。"),
        ("请讲。", "建设银行门口有个大坑。"),
    ],
)
def test_called_by_the_kind_or_not_the_party(exchange: tuple[str, ...]) -> None:
    assert party_of(*exchange) is None
