"""How soon somebody must act, by the list of the format: supply out, flooding, open hazards, care, deadlines."""

import pytest

from tickets.call import Call, Turn
from tickets.conversation import Conversation
from tickets.fields.flags import read_flags
from tickets.fields.urgency import read_urgency


def urgency_of(said: str, duty: str = "") -> str:
    """What is read of one answer, flags and all."""
    conversation = Conversation(Call("test", (Turn("operator", "请讲。"), Turn("citizen", said))))
    flags = read_flags(conversation)
    found = read_urgency(conversation, flags, emergency=False, evidence_of_emergency=(), duty=duty)
    assert all(item.words in conversation.text(item.turn) for item in found.evidence)
    return found.value


@pytest.mark.parametrize(
    "said",
    [
        "从昨天晚上起整栋楼都没水了。",
        "屋企冇水两日喇，煲唔到饭。",
        "停电停了一上午，冰箱里的东西都化了。",
        "燃气断了，饭都做不成。",
        "暖气冰凉，屋里才十二度。",
        "俺这儿没电了，抽不上水。",
        "我们上头一滴水都没得。",
        "下水道堵了，污水倒灌进一楼客厅。",
        "地下车库进水了，水都漫到车轮子了。",
        "河水涨起来淹了半条街。",
        "马路上有个井盖没了，黑咕隆咚的。",
        "人行道塌了一个大坑，没人围。",
        "进村的路垮了一半，晚上有人骑车翻下去。",
        "电线耷拉到人行道上，小孩一伸手就够着。",
        "外墙砖老往下掉，底下就是大门口。",
        "广告牌让风吹得直晃，要掉下来了。",
        "有根断树枝半折着挂在树上，底下天天过人。",
        "电梯门关不上就往下滑，大家还在坐。",
        "路灯杆漏电，狗碰上去就抽了。",
        "广场上的护栏断了，钢筋伸出来一截。",
        "我不想活了，你们看着办。",
        "我们商量好了，明天早上七点一起去堵门，拉横幅。",
        "桥洞底下有个老头光着脚，冻得直哆嗦。",
        "隔壁独居老太太瘫在床上，三天没人管了。",
        "家里婴儿的奶粉断了，封着门出不去。",
        "明天就截止了，系统还报错。",
        "今天是最后一天报名，窗口关了。",
        "他们说明天一早就来拆我的房子。",
    ],
)
def test_urgent(said: str) -> None:
    assert urgency_of(said) == "urgent"


@pytest.mark.parametrize(
    "said",
    [
        "楼下烧烤摊半夜还吵。",
        "物业说不交钱就停电梯卡。",
        "上个月停过一次水，现在好了，我就问问为什么。",
        "路灯有一盏不亮。",
        "辣椒下锅刺啦一声，烟就过来了。",
        "医院门口堵得急救车今早进不去，憋了六七分钟。",
        "健身器材的轴断了，拿铁丝拧着。",
        "他欠我们工资三个月了。",
        "水费涨得太快了。",
        "水管去年爆过，赔偿一直没给。",
        "洗衣店把我衣服洗坏了。",
        "低保申请被退回来了。",
        "电费多收了五千多。",
        "孩子在学校让器材夹了手，缝了三针，没事了。",
        "他在小区里养鸡，臭。",
        "公交车没到点就开走了。",
        "宽带老断线。",
        "他家空调外机对着我家窗户，吵得睡不着。",
        "上礼拜楼上掉下来一个花盆，没砸着人，想让你们查查是谁。",
        "快递说明天到，又没到。",
        "我明天下午的飞机，别让我再跑一趟。",
        "我手机没电了，一会儿再打。",
        "没有停水，就是水压小。",
        "老人机每个月被扣一百二十八。",
    ],
)
def test_normal(said: str) -> None:
    assert urgency_of(said) == "normal"


@pytest.mark.parametrize(
    ("said", "duty", "urgency"),
    [
        ("慢车道上那个东西裂成两半，翘着，昨天摔了个学生。", "井盖缺失破损", "urgent"),
        ("村里出镇那条路崩了一截，村里拿树枝拦着。", "公路农村道路破损", "urgent"),
        ("大榕树的枝子横在路中央，车绕来绕去。", "树木修剪倒伏", "urgent"),
        ("电梯咣一声在三楼往下坠了一下，楼里人还接着坐。", "电梯困人与故障", "urgent"),
        ("单元门口台阶上全是冰，我婆婆滑倒了。", "物业服务质量", "urgent"),
        ("那个井盖上个月就换好了，我就问赔偿。", "井盖缺失破损", "normal"),
        ("厕所里头黑，收我一块钱，还要挑水冲。", "公厕管理", "normal"),
        ("有人从楼上往下扔瓶子砸了我的电动车。", "高空抛物", "normal"),
        ("新买的热水器漏电，老板不退。", "商品质量与退换货", "normal"),
        ("业委会换届没人管。", "业委会成立与换届", "normal"),
        ("水箱坏了，厕所冲不得，没水。", "公厕管理", "normal"),
        ("骑到半路电动车没电了，桩还坏着。", "电动自行车上牌充电设施", "normal"),
        ("老家的房子让水库淹了三十年，补偿没落实。", "信访事项(涉法涉诉、已终结)", "normal"),
        ("门口那条马路没人管，垃圾堆成山。", "垃圾清运不及时(公共道路)", "normal"),
        ("慢车道那个大坑，我轮胎爆了，得有人赔。", "道路破损坑洼(城市道路)", "urgent"),
        ("路口那个红绿灯全灭了三天。", "信号灯与交通标志", "urgent"),
        ("信号灯绿灯时间太短，老人过不去。", "信号灯与交通标志", "normal"),
        ("工地的土堆没盖，车一过全是灰。", "工地道路扬尘", "normal"),
        ("路边的排水沟没有盖，黑灯瞎火看不见。", "路灯不亮", "urgent"),
        ("大门口的升降杆断了，没人修。", "物业服务质量", "normal"),
        ("今天就得收走，都臭了。", "垃圾清运不及时(公共道路)", "normal"),
        ("中介说明天中午十二点过了就换锁。", "房产中介与租房纠纷", "urgent"),
    ],
)
def test_by_the_duty(said: str, duty: str, urgency: str) -> None:
    assert urgency_of(said, duty) == urgency
