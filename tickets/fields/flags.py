"""Flags of a ticket, each only where the words of the call carry it (FORMATS.md)."""

import re
from collections.abc import Mapping

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, cite, distinct
from tickets.fields.negation import is_denied
from tickets.fields.persons import disabled_persons, minors, old_persons

FLAGS = (
    "group",
    "minor",
    "elderly",
    "disabled",
    "threat",
    "self_harm",
    "unreasonable",
    "malicious",
    "confidential",
    "legal_process",
)
_GATHERING = re.compile(
    r"(?:我们|大家|大伙|全部人|业主|工友|家长|会员|几个|几十|[一二三四五六七八九十百]+多?(?:个|位|户|号)?人?)[^，。]{0,12}(?:集合|聚集|静坐|游行|上访)"
    r"|(?:在|到|去)[^，。]{1,12}(?:集合|聚集|静坐|游行)(?!地|点|了)|拉横幅|横幅(?:都)?(?:做|印|拉)|(?:打|拉)(?:出)?(?:条)?横幅"
    r"|(?:我们|大家|大伙|都)[^，。]{0,10}去[^，。]{0,6}(?:堵|闹|坐)|带(?:着|上)?我?[^，。]{1,8}(?:他们)?几个[^，。]{0,10}|(?:人|大家|全部|都)[^，。]{0,3}(?:坐|蹲|躺)[^，。]{0,6}政府门口|(?:包|坐)[^，。]{0,3}车[^，。]{0,3}(?:去|上|到)(?:北京|省里|省城|中央)"
)
_GROUP = re.compile(
    r"(?:我们|咱们|俺们|我哋|阿拉|大家|大伙|业主|工友|村民|家长|会员|群里|户)[^，。]{0,14}(?:一起(?:去|来|反映|投诉|签)|联名|联合(?:起来|签)|(?:户|个人|号人|家)商量(?:好|妥)|约(?:好|定)"
    r"|组织(?:起来|了)|集体|签(?:了)?(?:名|字)|选(?:了)?(?:我|代表)|派我|推(?:选|举)?我|委托我)|联名|集体(?:上访|投诉|去|维权|反映|请愿)"
    r"|我(?:是|做|当)(?:业主|工人|村民|家长|大家|他们)(?:们)?(?:的)?代表|(?:阿拉|我们|俺们|咱们)(?:是)?一帮|我们[^，。]{0,6}(?:个人|位|户|号人)(?:都|一起|一块)(?:去|来|要)"
    r"|(?:我们|俺们?|咱们|我哋|阿拉|阮)[二两三四五六七八九十几百]+(?:个(?:人|老师|工友|老乡|兄弟)?|户)(?:人)?[，]?(?:都|全)?(?:一(?:起|块|搭)|去|送到|到[^，。]{1,6}(?:门口|政府|项目部))|我(?:跟|和)[二两三四五六七八九十几]+个(?:老乡|工友|兄弟|弟兄|同事|邻居)"
    r"|(?:他们|伊拉)[二两三四五六七八九十几]+个都在我(?:跟前|这|旁边)|(?:大家|工友|邻居)都知道我来打|(?:跟|和)(?:那|这)?几家(?:都)?(?:讲|说|商量)好"
    r"|(?:都|大家)?(?:推|选|叫)我(?:出来|来)|被推出来|替(?:大家|大伙|工友)|[二两三四五六七八九十几]+(?:多)?个(?:兄弟|弟兄|工友|老乡|人)(?:伙|们)?(?:都|一起)?(?:要|准备)去"
)
_MANY_OF_US = re.compile(
    r"(?:我们|俺们|咱们|阿拉|我哋)[^，。]{0,8}(?:个人|位|户|号人)|(?:我们|大家|大伙|班组|老姐妹|工友)[^，。]{0,8}(?:商量|说|约)(?:好|了)|还?有[^，。]{1,4}(?:个)?人(?:要)?(?:上|去|跟)"
)
_ALONE = re.compile(r"(?:就|只|算|只是)(?:算|代表)?我(?:个人|自己|一个)|不是(?:什么|代表)")
_THREAT = re.compile(
    r"堵(?:门|路|大门|马路|桥|售楼部?|工地)|(?:把|给)[^，。]{0,6}(?:门|路|口|桥|街|工地|道)[^，。管下井]{0,2}堵(?:了|到|起|死|上|喽)|谁也别想(?:进|走|过)|坐到铲子|不(?:让|给|准)他(?:们)?动(?:土|工)|(?:大门|门口|马路|路)(?:给)?(?:他|你)?堵到|(?:上|爬)(?:上)?(?:塔吊|楼顶|塔|吊车|广告牌|信号塔)"
    r"|(?:弄|打|砍|捅|杀|整)死(?:他|她|你们|那|这)|放(?:一)?把?火|一把火|泼(?:粪|油漆|大粪)|砸(?:了)?(?:他|它|你们|店|门|车|办公室)|(?:把|给)[^，。]{0,6}(?:店|车|门|办公室|东西|机器)[^，。]{0,2}砸"
    r"|(?:拿|提|带)(?:着|上|把)?(?:一)?(?:把)?(?:刀|汽油|斧|棍)(?:去|找|砍|$)|跟他(?:们)?拼|拼(?:了|命)|同归于尽|动(?:手|刀)(?:了)?(?:别怪|莫怪)"
    r"|(?:去|(?<![看见遇])到)[^，。]{0,6}(?:闹|静坐|躺|跪)|躺马路|闹(?:到(?!现在|半夜|天亮|凌晨|[一二三四五六七八九十0-9]|几点|这会|而家)|一场|大)|别怪我|后果(?:自负|你们)|要(?:他|你们)好看|(?:揍|打)他(?:一顿|一個)"
    r"|炸(?:了)?(?:他|你们|它)|围(?:堵|住(?:他|政府))|(?:门口|路上|楼下)[^，。]{0,4}等着他|(?:坐|蹲|守)(?:到|在)[^，。]{0,6}门口去|(?:去|到)[^，。]{1,12}门口(?:坐|蹲|守|躺)(?:着|起|下)|全(?:部|都)?停工|不出来不走|让他(?:也)?尝尝|我自己(?:去)?(?:收拾|解决)他"
)
_SELF_HARM = re.compile(
    r"不想活|活(?:着|下去)?(?:挺|真|也|都)?(?:没|冇)(?:啥|什么)?(?:意思|意义|盼头)|活不(?:下去|起|成)了|想死|去死(?:算|了)|死(?:给你|在你们|给他们|了算|了干净)|(?<!老板)(?<!气得要)(?<!气得)(?<!自己)跳(?:楼(?!价|大甩)|河|江|桥|下去|落(?:去|嚟))|冇得?留恋|没(?:什么|啥)?(?:可)?留恋|上吊(?!个|着|起|瓶|灯)|喝(?:农)?药(?:死|算)|一了百了|想不开|轻生|自杀|自尽|割腕|没(?:有)?活路|解脱|撞死(?:在|算)|吞药|寻短|不活了|(?:她|他|我|伊|佢)就跳(?=[，。下]|$)|喝[^，。]{0,3}药(?:走|死|算)|(?:不用|莫|别)叫醒我|栏杆外(?:头|边|面)?|(?:脚|腿)[^，。]{0,4}(?:吊|悬)[^，。]{0,3}外|活着(?:特别|太|真|好)累|用不着我了|明天不用起来|遗书|走了(?:算|倒)干净|往下一跳|纵身一跳|活着(?:还)?(?:干|做)(?:啥|什么|嘛)|桥[^，。]{0,4}我都?站了|(?:要是|如果|等)我没了"
)
# 人没了，账也就没了: over two clauses
_ENDS_WITH_ME = re.compile(r"(?:我|人)没了[，,][^，。]{0,2}(?:账|债|钱|一切|什么)")
_CONFIDENTIAL = re.compile(
    r"保密|(?:别|莫|不要|不会|甭|白)[^，。]{0,4}(?:往外(?:传|透|说|漏)|漏出去)|捂着点|系统里[^，。]{0,4}(?:别|不要?|莫)(?:留|写|记|存|登)|当(?:没|冇)我这个人|(?:会不会|不会|能不能)[^，。]{0,6}(?:问我是谁|(?:说|查|听|晓得|知道|查到|说出|看)(?:出|到)?是(?:谁|我))|(?:别|不要|莫|千万别|唔好|勿要|不能|不许|甭|可别|千万不要|别跟|毋通)[^，。]{0,10}(?:说(?:是|出)(?:我|谁)|说我(?:打|反映|举报|投诉|说|的名|$)|让[^，。]{1,8}(?:知道|晓得)|告诉(?:他|她|别人|任何人|人家)|透露|泄露|讲(?:是)?我|提我|把我(?:的)?(?:号码|电话|名字|信息|姓名|说出)|写(?:我|出来|上去)|(?:往|在)(?:单子|工单|表)上(?:写|记|留)|公开)|(?:千祈|千万)?(?:莫|毋通|唔好)[^，。]{0,4}(?:讲出|予别人知|畀人知)|(?:不要|别|莫)给(?:学校|单位|公司|村里|厂里)(?:知道|看|$)|就说是群众反映|(?:不|别)(?:对外|外传)|(?:号码|名字|信息|电话)[^，。]{0,6}(?:别|不要|莫|不能)[^，。]{0,4}(?:给|让|往|露|泄)|当(?:我)?没(?:打过|接过)|(?:怕|惊)[^，。]{0,6}(?:报复|知道是我|认出|晓得是我)"
)
_OPERATOR_KEEPS_SECRET = re.compile(
    r"(?:标|标注|注明|备注|登记|按)(?:上|了|成|匿名)?保密|(?:单子|给您)[^，。]{0,6}保密"
)
_LEGAL = re.compile(
    r"(?:法院|法官|开庭|判(?:决|了|下来)|一审|二审|终审|起诉|立案|诉讼|执行(?:局|法官|案)|强制执行|仲裁(?:委|庭|裁决|了|申请)|劳动仲裁|行政复议|复议(?:决定|机关|了)|上诉|再审|公安(?:局)?(?:已经)?立案|派出所[^，。]{0,4}(?:立案|做了笔录|受理|给了回执)|开过[^，。]{0,3}庭|复议申请|立案(?:了|回执|告知)|传票|裁定|失信|老赖)"
)
_LEGAL_ONLY_AHEAD = re.compile(
    r"(?:要|想|准备|打算|可以|建议|会|再不|不然|实在不行|大不了)[^，。]{0,8}(?:起诉|告|打官司|仲裁|法院|复议|诉讼)|(?:不想|懒得|没空)[^，。]{0,4}(?:打官司|起诉|告)"
)
_ENDED = re.compile(
    r"判|开过[^，。]{0,3}庭|交到|递(?:了|上去)|裁|开庭|立案|一审|二审|终审|执行|起诉了|已经|受理|传票|上诉|笔录|回执|仲裁(?:委|庭|了|结果|裁)|复议(?:决定|了|机关)"
)
# What a duty's name says of each call that it takes
_FLAG_OF_DUTY = (("unreasonable", re.compile(r"无理要求")), ("legal_process", re.compile(r"已进入诉讼|诉讼仲裁")))
_UNREASONABLE = re.compile(
    r"(?:政府|你们|国家|公家|组织上?|领导)(?:要|得|必须|应该|给我|都|就)[^，。]{0,6}(?:给我|发|分|安排|找|介绍|赔|养|报销)[^，。]{0,6}(?:老婆|媳妇|对象|女朋友|老公|房子|工作|彩票|中奖|钱花|车)"
    r"|(?:发|分|找|介绍|配|安排)(?:我)?(?:个|一个)?(?:老婆|媳妇|对象|堂客|婆娘)|(?:喊|叫|让|命令)(?:她|他|[^，。]{1,4})嫁给?(?:我|他)|安排(?:我|一个|个)*(?:中)?奖"
    r"|(?:把|叫|让)(?:他|她|邻居|他们)[^，。]{0,6}(?:抓起来|关起来|关进|开除|撵|赶走|枪毙|搬走)|(?:叫|让|命令|把)[^，。]{0,3}(?:太阳|月亮|天气|老天|打雷|鬼|外星)|改分数|改成绩|给我(?:当|封)个?官"
)
_LOST_BET = re.compile(r"彩票|股票|炒股|基金|赌(?:输|钱|博)|打牌输")
_WANTS_BACK = re.compile(r"退(?:款|钱|给我|回|八成|全|$|不退)|赔(?:我|给)|得退|要求退")
_MALICIOUS = re.compile(
    r"(?:傻|煞)(?:逼|比|B|b|叉)|王八蛋|狗(?:东西|日的|娘养)|去你(?:妈|娘)|你(?:妈|娘)的|操你|草泥马|滚(?:蛋|犊子)|混蛋|不要脸|吃屎|废物(?:东西)?|(?:陪|跟)我聊(?:聊)?(?:骚|天吧)"
    r"|你声音(?:真|好)(?:好听|甜|嗲)|美女.{0,6}(?:约|微信|结婚|男朋友)|就?是?(?:要|想)(?:骂|耍|恶心|整)+(?:你|他|她)|逗你(?:玩|们)|我(?:就是)?(?:跟|同)你们?闹着玩|耍你|玩玩的|打着玩|穿什么(?:颜色|衣服)|我操|有对象没|长得好看(?:不|吗)|骂你咋"
)


def read_flags(conversation: Conversation) -> dict[str, tuple[Evidence, ...]]:
    """The flags that hold with the words that carry them, in the order of FORMATS.md."""
    found: dict[str, list[Evidence]] = {flag: [] for flag in FLAGS}
    simple = (
        ("group", _GROUP),
        ("group", _GATHERING),
        ("threat", _GATHERING),
        ("threat", _THREAT),
        ("self_harm", _SELF_HARM),
        ("unreasonable", _UNREASONABLE),
        ("malicious", _MALICIOUS),
        ("confidential", _CONFIDENTIAL),
    )
    for clause in conversation.citizen_clauses():
        for flag, pattern in simple:
            match = pattern.search(clause.text)
            if match and not is_denied(clause.text, match.start()) and not _excused(flag, clause.text):
                found[flag].append(_cite(conversation, clause, match))
        legal = _LEGAL.search(clause.text)
        if legal and _ENDED.search(clause.text) and not _LEGAL_ONLY_AHEAD.search(clause.text):
            found["legal_process"].append(_cite(conversation, clause, legal))
    for turn in conversation.citizen:
        ends = _ENDS_WITH_ME.search(conversation.text(turn))
        if ends:
            found["self_harm"].append(cite(conversation.call, turn, ends.start(), ends.end()))
    if found["threat"] and not found["group"]:
        found["group"] = _many_who_threaten(conversation, found["threat"])
    if not found["threat"] and any(_ALONE.search(conversation.text(item.turn)) for item in found["group"]):
        found["group"] = []
    found["elderly"] = list(old_persons(conversation))
    found["minor"] = list(minors(conversation))
    found["disabled"] = list(disabled_persons(conversation))
    found["unreasonable"] += _wants_a_bet_back(conversation)
    for turn in conversation.operator:
        match = _OPERATOR_KEEPS_SECRET.search(conversation.text(turn))
        if match and not conversation.denied(turn) and not found["confidential"]:
            found["confidential"].append(cite(conversation.call, turn, match.start(), match.end()))
    return {flag: distinct(evidence, 3) for flag, evidence in found.items() if evidence}


def flags_with_duty(flags: Mapping[str, tuple[Evidence, ...]], duty: str) -> Mapping[str, tuple[Evidence, ...]]:
    """The flags with those that the duty's name carries: an unlawful wish, a matter before a court."""
    # Who only mocks or insults wishes for nothing
    named = (
        flag
        for flag, name in _FLAG_OF_DUTY
        if name.search(duty) and not (flag == "unreasonable" and "malicious" in flags)
    )
    told = {flag: () for flag in named if flag not in flags}
    return {**flags, **told}


def _many_who_threaten(conversation: Conversation, threats: list[Evidence]) -> list[Evidence]:
    """我们二十七个人 in the turn that announces a disturbance act together."""
    found = ((turn, _MANY_OF_US.search(conversation.text(turn))) for turn in {item.turn for item in threats})
    return [cite(conversation.call, turn, match.start(), match.end()) for turn, match in found if match]


def _wants_a_bet_back(conversation: Conversation) -> list[Evidence]:
    """彩票没中就得退: nobody may give back what was lost in a bet."""
    text = conversation.citizen_text()
    if not re.search(r"不中|没中|没(?:有)?中|亏|输|跌|套", text):
        return []
    bets = [clause for clause in conversation.citizen_clauses() if _LOST_BET.search(clause.text)]
    wants = [clause for clause in conversation.citizen_clauses() if _WANTS_BACK.search(clause.text)]
    return [cite(conversation.call, clause.turn, clause.start, clause.end) for clause in bets[:1] if wants]


def _cite(conversation: Conversation, clause: Clause, match: re.Match[str]) -> Evidence:
    return cite(conversation.call, clause.turn, clause.start + match.start(), clause.start + match.end())


def _excused(flag: str, text: str) -> bool:
    if flag == "self_harm":
        return bool(re.search(r"不会|跳楼价|没想|不至于|差点|拍照|走路|跑步|捡|施工", text))
    if flag == "group":
        return bool(re.search(r"一直(?:在)?上访|这些年|上访过", text))
    if flag == "confidential":
        return bool(re.search(r"不用保密|不保密|商业秘密|无所谓|冇所谓|不怕", text))
    if flag == "threat":
        return bool(
            re.search(
                r"差点|以前|之前|一直(?:在)?上访|车[^，。]{0,4}堵|堵(?:车|死|住了)|他(?:们)?(?:说|要|还)|威胁我|有人|烧",
                text,
            )
        ) and not re.search(r"我们|我(?:就|也|要)|给他", text)
    return False
