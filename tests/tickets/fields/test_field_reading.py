"""The detail of the place and the party as the packaged models read them in short exchanges.

What is learned is right more often than not, not always: of each kind of exchange a share must be read.
"""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.evidence import Found
from tickets.fields.place import locate, mentions
from tickets.fields.tagging.reader import FieldReader, detail_as_written, packaged_models

GAZETTEER = Gazetteer(load_city())
Exchange = tuple[str, ...]


def reader(exchange: Exchange) -> tuple[FieldReader, Conversation]:
    """A reader of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    conversation = Conversation(Call("test", turns))
    return FieldReader(packaged_models(), conversation, locate(conversation, mentions(conversation, GAZETTEER))), (
        conversation
    )


def detail_of(exchange: Exchange) -> Found[str | None]:
    read, conversation = reader(exchange)
    return held(read.detail("dispatch"), conversation)


def party_of(exchange: Exchange) -> Found[str | None]:
    read, conversation = reader(exchange)
    return held(read.party("dispatch"), conversation)


def held(found: Found[str | None], conversation: Conversation) -> Found[str | None]:
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    assert (found.value is None) == (not found.evidence)
    assert 0 <= found.certainty <= 1
    return found


def share(
    read: Callable[[Exchange], Found[str | None]], wanted: Sequence[tuple[Exchange, str | None]], enough: float
) -> float:
    right = 0
    for exchange, value in wanted:
        found = read(exchange).value
        right += found == value or SequenceMatcher(None, found or "", value or "").ratio() >= enough
    return right / len(wanted)


IN_AN_ESTATE = [
    ("瑞月苑，三号楼一单元二零一。", "3号楼1单元201"),
    ("春林湾十二栋，二单元，一千一百零二。", "12栋2单元1102"),
    ("我们是盛岭新村的，八幢三楼。", "8幢3楼"),
    ("景晨湾，A座十六楼。", "A座16楼"),
    ("锦府新村二期，六号楼。", "二期6号楼"),
    ("北虹府，三号楼，不对，是五号楼，二单元。", "5号楼2单元"),
    ("龙兰新村，七号楼，哎说错了，八号楼。", "8号楼"),
    ("金荷里五号楼楼道里。", "5号楼楼道内"),
    ("东泉苑四号楼楼顶上。", "4号楼楼顶"),
    ("嘉荷苑三号楼东头。", "3号楼东头"),
    ("嘉荷苑地下室。", "地下室"),
    ("嘉荷苑背后那个工地。", "背后工地"),
    ("秋荷苑地下车库。", "地下车库"),
    ("水墅雅居六号楼电梯里头。", "6号楼电梯内"),
    ("康梅里，乙区十七号。", "乙区17号"),
    ("和悦里，两栋负一楼。", "2栋负1楼"),
    ("城玉花园一号楼底下的门面。", "1号楼底商"),
    ("南泉苑二号楼楼下那个店面。", "2号楼底商"),
    ("龙玉新村底商十六号。", "底商16号"),
    ("光竹名城，南门。", "南门"),
    ("紫竹雅居北门对过。", "北门对面"),
    ("江安花园东门斜对过，二楼。", "东门斜对面2楼"),
    ("盛泰园大门边上。", "大门旁"),
    ("丽松园正门左手边第三间。", "正门左侧第3间"),
    ("金星湾西门出来右手边。", "西门右侧"),
    ("山竹家园，小广场，凉亭旁边。", "小广场凉亭旁"),
    ("福星雅居后门那个垃圾站。", "后门垃圾站"),
    ("丽桂里南门外头。", "南门外"),
    ("碧桂苑，就在七号楼和八号楼中间。", "7号楼和8号楼中间"),
]
ON_A_ROAD = [
    ("光明路一百一十二号。", "112号"),
    ("人民路八十六号门口。", "86号门口"),
    ("学苑路，邮局门口。", "邮局门口"),
    ("湖滨路公园口到车站那一段。", "公园口至车站段"),
    ("科技路，立交桥底下。", "立交桥下"),
    ("机场路，加油站对过。", "加油站对面"),
    ("新华路建设银行旁边。", "建设银行旁"),
    ("兴业路，永辉超市门口的人行道上。", "永辉超市门口人行道"),
    ("文昌街公交站那儿。", "公交站"),
    ("工农路跟中山路的路口。", "与中山路交叉口"),
    ("纬三路，往南走，第二个红绿灯。", "往南第2个红绿灯"),
    ("青年路小学后头。", "小学后"),
    ("府前街农业银行隔壁那家网吧。", "农业银行隔壁网吧"),
    ("龙泉路四十五号，二楼。", "45号2楼"),
]
IN_A_VILLAGE = [
    ("大石村三组。", "3组"),
    ("石桥县上坪村三社四社这一片。", "3社、4社"),
    ("黄泥镇双河村，上屋场组。", "上屋场组"),
    ("刘营村村口。", "村口"),
    ("岭脚村，村小学后头第三家。", "村小学后第3家"),
    ("茶亭村，祠堂旁边。", "祠堂旁"),
    ("赵圪村西头的水塘边上。", "西头水塘旁"),
    ("古井村村委会对面。", "村委会对面"),
    ("安陵工业园，最东头，有一家叫鼎盛橡塑的，做鞋底的。", "最东头鼎盛橡塑"),
    ("坝上村。厂叫宏发石材厂。", "宏发石材厂"),
]
AT_A_VENUE = [
    ("望江图书馆，一楼东边那个自习室。", "1楼东侧自习室"),
    ("高新大润发三楼。", "3楼"),
    ("安陵工业园，五号仓。", "5号仓"),
    ("青石人民医院急诊门口。", "急诊门口"),
    ("望江万达广场那个写字楼，十六楼。", "写字楼16楼"),
    ("云江火车站出站口。", "出站口"),
    ("临湖农贸市场，二楼，二十三号摊位。", "2楼23号摊位"),
    ("云江大学东门。", "东门"),
    ("望江人民公园，湖边的亭子里。", "湖边亭子内"),
    ("临湖工业园，三号门进去左手第二栋。", "3号门左侧第2栋"),
]
OVER_SEVERAL_TURNS: list[tuple[Exchange, str | None]] = [
    (
        ("哪个小区？", "盛源名城。", "几号楼？", "九号楼。", "哪一侧？", "南侧，靠二单元的门口。"),
        "9号楼2单元南侧门口",
    ),
    (
        ("请讲。", "明兰花园，楼顶上有人盖房子。", "几号楼哪一户？", "十一号楼，一七零一。"),
        "11号楼1701楼顶",
    ),
    (
        ("哪里？", "金庭名城。", "哪一户？", "五号楼一单元一零一。", "登记一下，三号楼？", "不是，五号楼。"),
        "5号楼1单元101",
    ),
    (
        ("请讲。", "紫馨湾北门对面那个工地夜里打桩。", "您家住几号楼？", "六号楼，冲着北的。"),
        "北门对面工地",
    ),
    (
        (
            "哪里？",
            "水林公馆。",
            "几号楼？",
            "三号楼，哎不对，重新编过号了，现在叫五号楼，二单元三零二。楼上是四零二。",
        ),
        "5号楼2单元302",
    ),
    (
        ("哪条路？", "文化路，临街那栋楼，招牌挡了窗户。", "地点写文化路八十六号二楼外墙。您贵姓？", "姓焦。"),
        "86号2楼外墙",
    ),
    (
        (
            "哪个小区？",
            "南林公馆，三号楼和四号楼中间的空坪里搭了灵棚。",
            "三号楼与四号楼之间的空坪。几点开始的？",
            "八点。",
        ),
        "3号楼与4号楼之间空坪",
    ),
    (("哪里？", "秋悦府，四号楼。", "秋悦府北门外，对吗？", "不对，四号楼。"), "4号楼"),
    (("哪个小区？", "秋悦府，四号楼二单元。", "四号楼。几点开始的？", "八点。"), "4号楼2单元"),
    (("请讲。", "楼下酒吧太吵。", "哪里？", "北虹府，我住三座。就在正门右手边第二间。"), "正门右侧第2间"),
    (("请讲。", "我们小区南门外头天天晚上全是烧烤摊。", "哪个小区？", "秋悦府。"), "南门外"),
    (("请讲。", "我们楼下那盏灯坏了。", "哪个小区几号楼？", "秋悦府，四号楼。"), "4号楼"),
    (("请讲。", "一栋楼就一个保洁，管十二栋楼。", "哪个小区？", "秋悦府。"), None),
    (("请讲。", "停水了。", "您是哪个小区？", "城源小区。", "几号楼？", "整个小区都没有。"), None),
    (
        ("请讲。", "楼道灯坏了。", "哪个小区？", "绿泉小区。", "核对一下，绿泉小区三号楼二单元，对吗？", "对。"),
        "3号楼2单元",
    ),
]
NO_DETAIL: list[Exchange] = [
    ("是哪个小区？", "盛荷花苑，安陵这边的，不是市里那个。"),
    ("您在哪个村？", "石桥县白杨镇，赵圪村。"),
    ("请讲。", "我反映一下青石文化广场的事，天天有人甩鞭子。"),
    ("在哪条路？", "就光明路上，一整条都黑的。"),
    ("您好，请讲。", "松林村的，五月二十号出的事，三点多，四个人。"),
    ("您好，请讲。", "丽竹里，西门那边青年社区的，从来没有过业委会。"),
    ("您好，请讲。", "绿府湾的物业，涨到两块三一平，二十三楼的邻居也不交。"),
]
PARTIES = [
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
]
NO_PARTY: list[Exchange] = [
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
]


@pytest.mark.parametrize(
    ("question", "answers", "least"),
    [
        ("您好，请问是哪个小区？", IN_AN_ESTATE, 0.7),
        ("您好，具体在什么位置？", ON_A_ROAD, 0.75),
        ("您好，是哪个村？", IN_A_VILLAGE, 0.6),
        ("您好，在哪里？", AT_A_VENUE, 0.8),
    ],
)
def test_a_detail_answered(question: str, answers: list[tuple[str, str]], least: float) -> None:
    assert share(detail_of, [((question, answer), detail) for answer, detail in answers], 0.8) >= least


def test_a_detail_over_several_turns() -> None:
    assert share(detail_of, OVER_SEVERAL_TURNS, 0.8) >= 0.75


def test_no_detail_beyond_the_name() -> None:
    assert share(detail_of, [(exchange, None) for exchange in NO_DETAIL], 1.0) >= 0.85


def test_a_party_named() -> None:
    assert share(party_of, [(exchange, party) for exchange, party in PARTIES], 0.6) >= 0.65


def test_no_party_named() -> None:
    assert share(party_of, [(exchange, None) for exchange in NO_PARTY], 1.0) >= 0.85


def test_the_ticket_form() -> None:
    assert detail_of(("您好，是哪个村？", "上坪村三社四社这一片。")).value == "3社、4社"
    assert detail_of(("您好，请问是哪个小区？", "锦府新村二期，六号楼。")).value == "二期6号楼"


@pytest.mark.parametrize(
    ("normal", "written"),
    [
        ("旺发5金门口", "旺发五金门口"),
        ("第2人民医院", "第二人民医院"),
        ("初19班", "初一9班"),
        ("第2个桥洞", "第2个桥洞"),
        ("3号楼1单元201", "3号楼1单元201"),
        ("8楼与9楼之间", "8楼与9楼之间"),
        ("B口", "B口"),
    ],
)
def test_digits_of_words_are_written_as_words(normal: str, written: str) -> None:
    assert detail_as_written(normal) == written
