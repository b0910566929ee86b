"""The appeal type: an own grievance, a report of unlawful conduct, a wish for help, a question, praise, an idea."""

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.model import Duty
from tickets.conversation import Conversation
from tickets.fields.appeal import SIGNALS, AppealModel, read_appeal
from tickets.fields.flags import read_flags

CITY = load_city()


def _duty(name: str) -> Duty:
    return next(duty for duty in CITY.duties if duty.level2 == name)


def appeal_of(said: str, duty: str, *, party: bool = False, urgent: bool = False) -> str:
    """What is read of one telling under a duty's name."""
    conversation = Conversation(Call("test", (Turn("operator", "请讲。"), Turn("citizen", said))))
    found = read_appeal(
        conversation,
        read_flags(conversation),
        emergency=False,
        urgent=urgent,
        party=party,
        duty=_duty(duty),
    )
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    return found.value


@pytest.mark.parametrize(
    ("said", "duty"),
    [
        ("村口有人烧秸秆，烟往路上飘，你们派人去看看。", "露天焚烧秸秆垃圾"),
        ("三辆渣土车半夜往荒地里卸砖头，车牌糊着泥，我录下来了。", "渣土车撒漏与建筑垃圾倾倒"),
        ("十一号楼顶上有人盖房子，钢架都立起来了。", "城区违章搭建"),
        ("俺庄有人在基本农田上打地坪盖仓库。", "农村违法占地建房"),
        ("有个队长按月收摊贩的钱，不交就拖车。", "纪检监察举报(公职人员违纪)"),
        ("有人在家里给人打美容针，什么证都没有。", "非法行医与卫生许可"),
        ("厂里把冲床的保护短接了，手指头都掉过，别让厂长知道是我说的。", "安全生产隐患举报"),
        ("有家店让老人存一万每天返一百，肯定是骗人的。", "电信诈骗与非法集资线索"),
        ("装修公司收了八万六不开发票，要票另加六个点，他还交不交税。", "发票与偷漏税举报"),
        ("小区里有人搞传销，天天拉人头上课。", "传销与无照经营"),
        ("有人天天夜里在河边偷倒污水，黑的。", "污水排放与黑臭水体"),
        ("有人家里囤了一屋子烟花，就在居民楼里。", "烟花爆竹禁放"),
    ],
)
def test_reports(said: str, duty: str) -> None:
    assert appeal_of(said, duty) == "举报"


@pytest.mark.parametrize(
    ("said", "duty", "party"),
    [
        ("工地半夜打桩，吵得孩子睡不了觉。", "建筑施工噪声", False),
        ("路两边停满了车，我出门只好走马路，社区让我找街道，街道让我找社区。", "机动车违停", False),
        ("主卧外墙一下雨就渗水，开发商修过两回，证也没办。", "房屋质量渗漏裂缝", False),
        ("以旧换新的补贴申请了两个月，还没下来。", "消费补贴以旧换新", False),
        ("楼下水果店喇叭从早吼到黑，说了三道也没用。", "商业经营噪声(音响、空调外机)", True),
        ("猪场的粪水冲到我鱼塘里，鱼都死了，他还不认账。", "畜禽养殖污染", True),
        ("物业门禁坏了三个月不修，打了十几个电话。", "物业服务质量", True),
        ("物业费说涨就涨，不补就不给办出入证。", "物业收费争议", True),
        ("健身房关门了，卡里的钱不退。", "预付卡商家跑路(美容健身餐饮)", True),
        ("末班车提前十几分钟就开走了，这不是头一回。", "公交线路班次与服务", False),
        ("出租车不打表，一口价要我一百八，多收的退我。", "出租车网约车投诉", True),
        ("欠我们二十七个人的工钱，推了两个月。", "拖欠工资(农民工工程)", True),
        ("公司逼我签自愿离职，我怀着孕呢。", "未签劳动合同与违法解除", True),
        ("材料寄回去四个多月，一会儿说缺这个一会儿说没收到。", "医保报销与参保", False),
        ("窗口的人态度特别差，爱理不理，把我晾了半天。", "政务大厅服务态度与效率", False),
        ("暖气报修过，来人放了点水就走了，第二天又冰凉，钱我一分没差。", "供暖不热", False),
        ("我要投诉自来水公司，停水不通知。", "停水水压不足", True),
        ("我们递了建房申请，八个月没个答复，问一次一个说法。", "宅基地审批", False),
        ("一楼那家把公共绿地围起来种菜，让他拆他不拆。", "小区公共区域私占(楼道、绿地、车位锁)", False),
        ("楼上往下扔酒瓶，差点砸着我女儿，物业也不管。", "高空抛物", False),
        ("快递把我东西弄丢了，客服推来推去不赔。", "快递服务", True),
        ("学校强制买校服，一套八百，不买就点名。", "学校收费与补课", True),
        ("医院乱开检查，收了我两千多，问他还不耐烦。", "医院服务与收费", True),
    ],
)
def test_complaints(said: str, duty: str, party: bool) -> None:
    assert appeal_of(said, duty, party=party) == "投诉"


@pytest.mark.parametrize(
    ("said", "duty", "urgent"),
    [
        ("全小区停水了，我这包子铺等着用，你们赶紧派人看看。", "停水水压不足", True),
        ("路上井盖没了，黑咕隆咚的，我站这儿不敢走。", "井盖缺失破损", True),
        ("进村的路让雨冲垮了一半，校车下礼拜要来。", "公路农村道路破损", True),
        ("我想办低保，名下有个废车卖不掉，去问说办不了，求你们帮帮忙。", "低保特困救助", False),
        ("桥洞底下有个老头光着脚，冻得不行，你们来个人吧。", "流浪乞讨救助", True),
        ("疫苗一直没货，孩子都漏种了，能不能让我们先去别处打？", "疫苗接种与妇幼服务", False),
        ("我弟弟残疾证到期了，补贴停了，他出不了门，能不能上门评？", "残疾证与补贴", False),
        ("窗外那棵树断了一枝挂着，请你们派人来修一下。", "树木修剪倒伏", True),
        ("楼上往我家漏水，两家谈不拢，想请社区当个中间人调解。", "邻里纠纷调解(漏水、晾晒、相邻权)", False),
        ("小区门口的路灯不亮了，晚上黑得很，麻烦修一下。", "路灯不亮", False),
        ("村里水泵烧了，我们五天没水吃，先拉车水来嘛。", "农村饮水", True),
        ("国家给我发个媳妇嘛。", "无理要求与违背公序良俗", False),
        ("有条流浪狗在小学门口转，怕咬着孩子，来抓一下吧。", "流浪犬捕捉", False),
        ("电线杆歪了，麻烦供电的来扶一下。", "停电与电力设施", False),
        ("我身份证丢了，人在外地回不去，能不能帮我想想办法？", "户籍身份证办理", False),
    ],
)
def test_wishes_for_help(said: str, duty: str, urgent: bool) -> None:
    assert appeal_of(said, duty, urgent=urgent) == "求助"


@pytest.mark.parametrize(
    ("said", "duty", "wanted"),
    [
        ("我想问一下，居住证要带什么材料，在哪里办？", "户籍身份证办理", "咨询"),
        ("请问公积金能不能提出来交房租，需要什么条件？", "公积金提取贷款", "咨询"),
        ("我不是投诉，我有个建议，路口能不能加个红绿灯。", "信号灯与交通标志", "建议"),
        ("我要表扬一个公交司机，他把我的包送回来了，谢谢他。", "公交线路班次与服务", "表扬"),
    ],
)
def test_the_other_types(said: str, duty: str, wanted: str) -> None:
    assert appeal_of(said, duty) == wanted


def test_a_learnt_model_weighs_what_such_calls_were_before() -> None:
    labels = ("举报", "投诉", "求助")
    asks = [float(signal == "asks for help") for signal in SIGNALS]
    weights = [[0.0] * len(SIGNALS) + [1.0, 0.0, 0.0], [0.0] * len(SIGNALS) + [0.0, 1.0, 0.0], [*asks, 0.0, 0.0, 1.0]]
    noise = _duty("建筑施工噪声")
    shares = {noise.code: [-3.0, -0.1, -2.0], noise.level1: [-0.1, -3.0, -3.0], "": [-1.0, -1.0, -1.0]}
    model = AppealModel.of({"labels": labels, "weights": weights, "shares": shares})

    def of(said: str, duty: Duty) -> str:
        conversation = Conversation(Call("test", (Turn("citizen", said),)))
        return read_appeal(conversation, (), emergency=False, urgent=False, party=False, duty=duty, model=model).value

    assert of("工地半夜打桩。", noise) == "投诉"
    assert of("又在鸣笛。", _duty("交通噪声(鸣笛、炸街)")) == "举报"
    assert of("求你们来个人修一下。", _duty("路灯不亮")) == "求助"
    assert of("请问要什么材料？", _duty("政策办事咨询(知识库可答)")) == "咨询"
