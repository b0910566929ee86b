"""The whole sum lost, owed or claimed: not a rate, an offer, a price, an age, a count."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.amount import read_amount


def amount_of(*exchange: str) -> float | None:
    """The sum of a call of operator and citizen in turn, the operator first."""
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    conversation = Conversation(Call("test", turns))
    found = read_amount(conversation)
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    return found.value


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("热水器装上就跳闸，我不要旧的。一千四百五。", 1450),
        ("我们六个泥瓦匠，八万四，半年了。", 84000),
        ("买卡花了两千八，店关门了不退。", 2800),
        ("交了一万二的学费，人跑了。", 12_000),
        ("欠我们五六千块工钱。", 5000),
        ("一共欠起四十三万。", 430_000),
        ("我给他转了三万五千块，就把我拉黑了。", 35_000),
        ("收了我八百块停车费，不给票。", 800),
        ("首付三十八万，我爸妈的养老钱都在里头。", 380_000),
        ("药费自己垫了四万七。", 47_000),
        ("买张床垫畀咗三千六百蚊，货不对板。", 3600),
        ("六个人，九千六百块，乖乖交脱。", 9600),
        ("每个月扣我三十，从七月到十二月，六个月，一百八。", 180),
        ("押金两千，他说墙脏了扣我一千五。", 1500),
        ("师傅不打表，一口价一百八，平常走表七十。", 180),
        ("鱼死了两百多斤，算下来三千二百块钱。", 3200),
        ("花了一万九千八，买了六盒药。", 19_800),
        ("课时费一万二，哦不是，一万二千六，还剩七千八，没上。", 7800),
        ("房租一个月一千五，交了半年，九千块他不退。", 9000),
        ("补贴每个月一百二，四个月没发，四百八。", 480),
        ("罚了我两百，没给罚单。", 200),
        ("被骗了十几万。", 100_000),
        ("退款六万三千八，一分不能少。", 63_800),
        ("修车花了1.2万，保险不赔。", 12_000),
        ("定金5000元，说不退就不退。", 5000),
        ("网上买的，五百六十九块，拆开是坏的。", 569),
        ("多收了我六百块水费。", 600),
    ],
)
def test_the_whole_sum(said: str, amount: float) -> None:
    assert amount_of("请讲。", said) == amount


@pytest.mark.parametrize(
    "said",
    [
        "物业费一平两块三，涨得太离谱。",
        "租房一个月一千五，我住了三年。",
        "喇叭天天喊十块钱三斤。",
        "低保一个月一千一，想问问能不能办。",
        "他存一万块，每天返一百。",
        "打车三十二块，这个钱我也不要了。",
        "一个摊位每月收八百。",
        "我们村有两千八百多人。",
        "这小区一千二百户。",
        "二百三十七路公交车不停。",
        "举报有奖没有，听说有五百？",
        "预算四千块就够了，我算过成本。",
        "今年两千一百六的暖气费我十月份就交了，一分没差，就是不热。",
        "他开那个车七十多万。",
        "我一个月退休金三千多。",
        "三十块钱的裤子，不要他赔。",
        "他说装那玩意儿得两万多，等年底。",
    ],
)
def test_what_is_no_sum_of_the_matter(said: str) -> None:
    assert amount_of("请讲。", said) is None


@pytest.mark.parametrize(
    ("exchange", "amount"),
    [
        (("要退多少？", "七千八百七十五。"), 7875),
        (("一共多少钱？", "前后加起来四万三。"), 43_000),
        (("请讲。", "收了我八万，干了三万的活，法院判退我四万六。"), 46_000),
        (("请讲。", "合同没到期，老板要赔我，只肯给两千，我要一万二。"), 12_000),
        (("争议金额是四千三百八十六元，对吗？", "对。"), 4386),
        (("请讲。", "楼上漏水，我那顶重新刷一下，人家报的八百，我只要这个。"), 800),
        (("请讲。", "头两天来交了五千押金，后来不管了，医药费我们自己垫了四万七。"), 47_000),
        (("多少钱？", "六千八，不对，六千八是我朋友那张，我的三千八，后来又买课五千四，一共九千二。"), 9200),
        (("请讲。", "村里说和，老板出两万了事，我没答应，医药费花了五万。"), 50_000),
        (("您交了多少？", "三千。"), 3000),
        (("请讲。", "我爸被人忽悠买蜂胶，五千六，一堆盒子。"), 5600),
        (("请讲。", "买的时候花了九千八，现在还剩四千二。", "四千二百元。", "对。"), 4200),
    ],
)
def test_over_a_call(exchange: tuple[str, ...], amount: float) -> None:
    assert amount_of(*exchange) == amount


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("交了四千二，科目一考过了，扣他六百，退三千六给我，总讲得过去吧？", 3600),
        ("扫码一千三。讲好的四百我认，多收的九百得退给我。", 900),
        ("收我四十八，牌子上写十六，多的三十二退给我。", 32),
        ("赔八千七，再退一千三，一共一万。", 10000),
    ],
)
def test_what_is_wanted_back_is_the_sum_at_issue(said: str, amount: float) -> None:
    assert amount_of("请讲。", said) == amount
