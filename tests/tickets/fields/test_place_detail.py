"""Detail of the place: what callers say beyond the name, in the forms that they say it."""

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields.place import locate, mentions
from tickets.fields.place_detail import read_detail

GAZETTEER = Gazetteer(load_city())


def detail_of(*exchange: str) -> str | None:
    """The detail of a call of operator and citizen in turn, the operator first; its evidence is checked."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    conversation = Conversation(Call("test", turns))
    found = read_detail(conversation, locate(conversation, mentions(conversation, GAZETTEER)))
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    assert (found.value is None) == (not found.evidence)
    return found.value


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
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
    ],
)
def test_in_an_estate(answer: str, detail: str) -> None:
    assert detail_of("您好，请问是哪个小区？", answer) == detail


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
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
    ],
)
def test_on_a_road(answer: str, detail: str) -> None:
    assert detail_of("您好，具体在什么位置？", answer) == detail


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
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
    ],
)
def test_in_a_village(answer: str, detail: str) -> None:
    assert detail_of("您好，是哪个村？", answer) == detail


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
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
    ],
)
def test_at_a_venue(answer: str, detail: str) -> None:
    assert detail_of("您好，在哪里？", answer) == detail


@pytest.mark.parametrize(
    "exchange",
    [
        ("是哪个小区？", "盛荷花苑，安陵这边的，不是市里那个。"),
        ("您在哪个村？", "石桥县白杨镇，赵圪村。"),
        ("请讲。", "我反映一下青石文化广场的事，天天有人甩鞭子。"),
        ("在哪条路？", "就光明路上，一整条都黑的。"),
        ("您好，请讲。", "松林村的，五月二十号出的事，三点多，四个人。"),
        ("您好，请讲。", "丽竹里，西门那边青年社区的，从来没有过业委会。"),
        ("您好，请讲。", "绿府湾的物业，涨到两块三一平，二十三楼的邻居也不交。"),
    ],
)
def test_none_beyond_the_name(exchange: tuple[str, ...]) -> None:
    assert detail_of(*exchange) is None


@pytest.mark.parametrize(
    ("exchange", "detail"),
    [
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
    ],
)
def test_over_several_turns(exchange: tuple[str, ...], detail: str | None) -> None:
    assert detail_of(*exchange) == detail


@pytest.mark.parametrize(
    ("answer", "party", "detail"),
    [
        ("新建村路口的顺达驾校，不退钱。", "顺达驾校", "路口顺达驾校"),
        ("创新大道那个恒昌食品厂，不交社保。", "恒昌食品厂", "恒昌食品厂"),
        ("丽竹里五号楼，恒馨物业不管。", "恒馨物业", "5号楼"),
        ("高新大润发三楼，力行健身关门了。", "力行健身", "3楼"),
        ("新建村的邹老三养猪，臭。", "邹老三", None),
        ("石桥县第三中学，老师打人。", "石桥县三中", None),
    ],
)
def test_premises_of_the_party(answer: str, party: str, detail: str | None) -> None:
    conversation = Conversation(Call("test", (Turn("citizen", answer),)))
    place = locate(conversation, mentions(conversation, GAZETTEER))
    assert read_detail(conversation, place, party).value == detail
