"""Flags only where the words carry them: each with what carries it and what looks like it."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.flags import flags_with_duty, read_flags


def flags_of(*exchange: str) -> set[str]:
    """The flags of a call of operator and citizen in turn, the operator first; their evidence is checked."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    conversation = Conversation(Call("test", turns))
    found = read_flags(conversation)
    assert all(item.words in conversation.text(item.turn) for items in found.values() for item in items)
    return set(found)


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ("我们十几户商量好了，都去签字反对。", {"group"}),
        ("我是业主代表，大家推我出来打这个电话。", {"group"}),
        ("群里说好了，礼拜六上午全部人到大门口集合，横幅都做了。", {"group", "threat"}),
        ("明天早上八点半，我们四十多个人在市政府门口集合。", {"group", "threat"}),
        ("我们木工班二十七个人，明天把大门堵到，还有人要上塔吊。", {"group", "threat"}),
        ("我明天带我弟弟他们几个，在校门口等着他，让他尝尝。", {"group", "threat"}),
        ("再不给钱，我就把他的店砸了。", {"threat"}),
        ("我拿把刀去找他，你们看着办。", {"threat"}),
        ("逼急了我一把火把这儿点了。", {"threat"}),
        ("我儿子才六岁，手指头夹了，缝了三针。", {"minor"}),
        ("我女儿四个多月，疫苗一直打不上。", {"minor"}),
        ("学校门口摊子占满了，孩子都走马路上了。", {"minor"}),
        ("我今年十六，想问问打暑假工老板不给钱怎么办。", {"minor"}),
        ("校车要来接，细伢子何解走？", {"minor"}),
        ("俺们九个都去了项目部，坐了一上午。", {"group"}),
        ("我跟四个老乡，工钱都没拿到。", {"group"}),
        ("明天早上我们十九户一起到地里，不让他动土。", {"group", "threat"}),
        ("她坐在楼顶，说哪个拢来她就跳。", {"self_harm"}),
        ("老汉儿说不如喝瓶药走了算了。", {"self_harm"}),
        ("号码你们记着就行，千万别漏出去。", {"confidential"}),
        ("额妈八十一咧，热得睡不着。", {"elderly"}),
        ("我娘老子七十九哒，住在里头怕塌。", {"elderly"}),
        ("我公公，八十一，说胸口发闷。", {"elderly"}),
        ("我大姨六十九了，挂了两天水。", {"elderly"}),
        ("孩子吃坏肚子了，夜里拉了五次。", {"minor"}),
        ("我爸七十六了，耳朵不好，叫人家哄着办了套餐。", {"elderly"}),
        ("我公公七十四，婆婆七十一，屋里一点热气没有。", {"elderly"}),
        ("隔壁王婆婆八十三了，接屋檐水吃。", {"elderly"}),
        ("我教了三十七年书，今年七十三，材料让我跑了四趟。", {"elderly"}),
        ("有个老头儿光着脚躺在桥洞里。", {"elderly"}),
        ("一二零拉个老头，堵在门口进不去。", {"elderly"}),
        ("我坐轮椅的，坡道让车占了，上不去。", {"disabled"}),
        ("我看不见，全盲的，盲道被占了摔了一跤。", {"disabled"}),
        ("我弟弟智力残疾一级，补贴断了。", {"disabled"}),
        ("我囡囡先得十个月大，锁在车里头。", {"minor"}),
        ("有个初中男生过马路让私家车给铲了，趴在地上。", {"minor"}),
        ("有个阿伯行路跌低咗，叫极都唔应。", {"elderly"}),
        ("我们全部人坐乡政府门口去。", {"group", "threat"}),
        ("我觉得活着挺没意思的。", {"self_harm"}),
        ("这通电话你毋通予别人知。", {"confidential"}),
        ("当天就报了案，派出所给了回执。", {"legal_process"}),
        ("活着没意思，我从楼上跳下去算了。", {"self_harm"}),
        ("再不管我就喝农药死给你们看。", {"self_harm"}),
        ("政府给我发个媳妇嘛。", {"unreasonable"}),
        ("彩票十一年没中，你们得给我退钱。", {"unreasonable"}),
        ("你是不是傻逼，听不懂人话？", {"malicious"}),
        ("我没啥事，就是想骂骂你们这帮废物东西。", {"malicious"}),
        ("别让物业知道是我打的电话。", {"confidential"}),
        ("对那边先别提我，我不想她到我家门口哭。", {"confidential"}),
        ("号码千万莫给他，怕他报复。", {"confidential"}),
        ("你们一定替我保密。", {"confidential"}),
        ("法院判了让他退我四万六，执行局查封了也没钱。", {"legal_process"}),
        ("仲裁委上个月开的庭，还没裁。", {"legal_process"}),
        ("派出所已经立案了，半年没结果。", {"legal_process"}),
        ("二审判下来了，我不服。", {"legal_process"}),
    ],
)
def test_the_flags_that_the_words_carry(said: str, flags: set[str]) -> None:
    assert flags_of("请讲。", said) == flags


@pytest.mark.parametrize(
    "said",
    [
        "今天从十点闹到现在，没人管。",
        "老板跳楼大甩卖，喇叭喊了一个月。",
        "我们楼商量好了要换水泵。",
        "我说话小点声啊，孩子刚躺下。",
        "楼下太吵了，阿姨你听听。",
        "看大门的大爷说他也不知道。",
        "国庆那会儿掉烟头，把楼下奶奶晒的被子烧了个洞。",
        "我老伴听见响就去关窗。",
        "师傅态度挺好的。",
        "受影响的有两百多户。",
        "去年几个老邻居坐一块儿一合计，说得成立业委会。",
        "我不是代表大家，就我一个人反映。",
        "我不会去堵门，我讲道理。",
        "我不会想不开，你放心。",
        "这电梯吓死人了，气得我想跳楼价卖房。",
        "烦死了，吵得人要死要活的。",
        "他膝盖骨折了，刚出院，走不了路。",
        "我名字不想说，其他没什么。",
        "不用保密，我不怕他。",
        "再不行我就去法院起诉他。",
        "我不想打官司。",
        "让他们把喇叭关了，讲讲道理。",
        "人家说是孩子闹着玩。",
        "他自己想要赔多少我都没意见。",
        "单元门坏了三个月。",
        "平时二十，今天收我六十。",
        "我女儿面试九十六，第二名。",
        "扫把上吊个红塑料袋子。",
        "我这些年一直上访，没个结果。",
        "我让他把那个豁口堵住。",
    ],
)
def test_no_flag(said: str) -> None:
    assert flags_of("请讲。", said) == set()


@pytest.mark.parametrize(
    ("exchange", "flags"),
    [
        (("您父亲多大年纪？", "七十六。"), {"elderly"}),
        (("您多大了？", "十五。"), {"minor"}),
        (("阿婆，您请讲。", "我的助听器找到了，谢谢那个扫路的。"), {"elderly"}),
        (("阿姨，您请讲。", "楼下摊子挡路。"), set()),
        (("郜大爷，您说。", "路让人占了。"), {"elderly"}),
        (("大爷您说。", "我不是大爷，我才五十三。"), set()),
        (("这边给您注明保密。", "好。"), {"confidential"}),
        (("需要保密吗？", "不用。"), set()),
        (("先把老人往外背，门带上。", "好。"), {"elderly"}),
        (("家里有老人孩子吗？", "没有。"), set()),
        (("老人家去看了吗？", "看了，没断，七十四了嘛。"), {"elderly"}),
        (("现在室内多少度？", "六十。"), set()),
    ],
)
def test_question_and_answer(exchange: tuple[str, ...], flags: set[str]) -> None:
    assert flags_of(*exchange) == flags


def test_what_the_duty_says_of_each_of_its_calls() -> None:
    assert set(flags_with_duty({"elderly": ()}, "无理要求与违背公序良俗")) == {"elderly", "unreasonable"}
    assert set(flags_with_duty({}, "已进入诉讼仲裁复议")) == {"legal_process"}
    assert flags_with_duty({}, "建筑施工噪声") == {}
    assert flags_with_duty({"malicious": ()}, "无理要求与违背公序良俗") == {"malicious": ()}


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ("站在阳台上，就觉得往下一跳，什么都不用还了。", {"self_harm"}),
        ("有时候我想，人没了，账也就没了吧。", {"self_harm"}),
        ("我就想，要是我没了，孩子也不用抬不起头。", {"self_harm"}),
        ("班组十几个人商量好了，明天去县政府门口坐着。", {"group", "threat"}),
        ("手机没了，账也登不上。", set()),
    ],
)
def test_hints_at_an_end_and_sittings(said: str, flags: set[str]) -> None:
    assert flags_of("请讲。", said) == flags
