"""Flags of a ticket, each only where the words of the call carry it (FORMATS.md)."""

import re

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, cite, distinct
from tickets.fields.negation import is_denied
from tickets.language.numerals import read_count

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
_N = "[0-9零一二两三四五六七八九十百]"
_ELDERLY = re.compile(
    r"老(?:人|太太|太|头儿?|爷子|奶奶|两口|大爷|婆婆|伯|阿婆|倌)|大爷|大娘|阿婆|阿公|婆婆(?!家|妈)|爷爷|奶奶|外公|外婆|姥姥|姥爷|阿嬷|阿嫲|嫲嫲|爷叔|老头老太|高龄|空巢|太婆|太公|老汉"
)
_ADDRESS_ELDERLY = re.compile(r"大爷|阿婆|老人家|老爷子|奶奶|老先生|婆婆|大娘|阿公|老太太")
_AGE = re.compile(
    rf"(?P<age>{_N}{{1,4}})(?:多)?(?:岁|了|嘞|的人|周岁)|(?:今年|都|快|年纪)(?P<age2>{_N}{{2,4}})(?:多)?(?=[，。了]|$)"
)
_MINOR = re.compile(
    r"孩子|小孩|娃儿?|囡|宝宝|婴儿|幼儿|儿童|小学生|初中生|高中生|中学生|未成年|细路|小朋友|新生儿|幼儿园|孙(?:子|女)|外孙|[一二三四五六七八九]年级|初[一二三]|高[一二三]|小[伙囡]|闺女|学生"
)
_HARMED = re.compile(
    r"(?:摔|砸|撞|烫|吓|打|咬|夹|伤|哭|病|发烧|咳|困|吓醒|吓哭|睡不|漏种|没打|骗|围殴|欺负|霸凌|上不了|入学|没学|不让|退费|差点|险些|危险|中毒|吃坏|拉肚子|磕|掉|淋|冻|走丢|独居|卧床|没人管|没人照|照顾|瘫|行动不便|腿脚|爬不|下不|蔫|闷|晕|要换|证|补贴|看病|听不|看不|买药|忽悠|买了|高血压|心脏|轮椅|透析|化疗|睏|瞓|受不|怎么活|挨饿|赤脚|吃药|打针|上当)"
)
_DISABLED = re.compile(
    r"轮椅|残疾|残障|盲(?:人|杖|道上?摔)|视障|失明|看不见(?:的人|东西)|瞎子|眼睛(?:看不|瞎)|聋(?:哑|人)|哑(?:巴|人)|听障|智障|智力(?:残|[一二三四]级)|[一二三四]级(?:残|智|肢|精神)|残(?:联|证)|截肢|(?:偏|截|高位)?瘫(?:痪)?|拄(?:着)?双?拐|小儿麻痹|脑瘫|自闭症|肢体"
)
_GROUP = re.compile(
    r"(?:我们|咱们|俺们|我哋|阿拉|大家|大伙|业主|工友|村民|家长|会员|群里)[^，。]{0,14}(?:一起|一块|联名|联合|商量(?:好)?|约(?:好|定)|凑|组织|集体|都(?:要|准备|打算)?去|签(?:了)?(?:名|字)|选(?:了)?(?:我|代表)|派我|推(?:选|举)?我|委托我|代表)|联名|集体(?:上访|投诉|去|维权|反映|请愿)|我(?:是|做|当)?(?:业主|工人|村民|家长|大家|他们)?(?:的)?代表|一帮|拉横幅|堵(?:门|路|大门|马路|售楼)|静坐|聚集|游行|我们[^，。]{0,6}(?:个人|位|户|号人)(?:都|一起|一块)|都(?:推|选|叫|让)我(?:来)?打|替(?:大家|大伙|他们|工友)"
)
_THREAT = re.compile(
    r"(?:拉|打)横幅|堵(?:门|路|大门|马路|桥|售楼部?|工地)|上塔吊|爬塔吊|爬(?:上)?(?:楼顶|塔|吊|广告牌)|(?:弄|打|砍|捅|杀|整)死(?:他|她|你们|那|这)|(?:放|点)(?:一)?把火|泼(?:粪|油漆)|砸(?:了)?(?:他|它|你们|店|门|车|办公室)|(?:拿|提)(?:着)?(?:刀|汽油|斧|棍)|跟他(?:们)?拼|拼(?:了|命)|同归于尽|动(?:手|刀)(?:了)?(?:别怪|莫怪)?|(?:去|到)[^，。]{0,6}(?:闹|静坐|躺|跪)|躺马路|闹(?:到|一场|大)|别怪我(?:不客气|手|动手)|后果(?:自负|你们)|要(?:他|你们)好看|(?:揍|打)他(?:一顿|一個)|炸(?:了)?(?:他|你们|它)|聚集|围(?:堵|住(?:他|政府))"
)
_SELF_HARM = re.compile(
    r"不想活|活(?:着|下去)?(?:没|冇)(?:啥|什么)?(?:意思|意义|盼头)|活不(?:下去|起|成)了|想死|去死(?:算|了)|死(?:给你|在你们|给他们|了算|了干净)|跳(?:楼|河|江|桥|下去)|上吊|喝(?:农)?药(?:死|算)|一了百了|想不开|轻生|自杀|自尽|割腕|没(?:有)?活路|解脱|撞死(?:在|算)|吞药|寻短|不活了|遗书|走了(?:算|倒)干净"
)
_CONFIDENTIAL = re.compile(
    r"保密|(?:别|不要|莫|千万别|唔好|勿要|不能|不许|甭|可别|千万不要|别跟|毋通)[^，。]{0,10}(?:说(?:是|出)?(?:我|谁)|让[^，。]{1,8}(?:知道|晓得)|告诉(?:他|她|别人|任何人|人家)|透露|泄露|讲(?:是)?我|提我|把我(?:的)?(?:号码|电话|名字|信息|姓名|说出)|写(?:我|出来|上去)|(?:往|在)(?:单子|工单|表)上(?:写|记|留)|公开)|(?:不|别)(?:对外|外传)|(?:号码|名字|信息|电话)[^，。]{0,6}(?:别|不要|莫|不能)[^，。]{0,4}(?:给|让|往|露|泄)|当(?:我)?没(?:打过|接过)|(?:怕|惊)[^，。]{0,6}(?:报复|知道是我|认出|晓得是我)"
)
_OPERATOR_KEEPS_SECRET = re.compile(r"(?:标|注明|备注|登记)(?:上|了|成)?保密|(?:单子|给您)[^，。]{0,6}保密")
_LEGAL = re.compile(
    r"(?:法院|法官|开庭|判(?:决|了|下来)|一审|二审|终审|起诉|立案|诉讼|执行(?:局|法官|案)|强制执行|仲裁(?:委|庭|裁决|了|申请)|劳动仲裁|行政复议|复议(?:决定|机关|了)|上诉|再审|公安(?:局)?(?:已经)?立案|派出所[^，。]{0,4}(?:立案|做了笔录|受理)|立案(?:了|回执|告知)|传票|裁定|失信|老赖)"
)
_LEGAL_ONLY_AHEAD = re.compile(
    r"(?:要|想|准备|打算|可以|建议|会|再不|不然|实在不行|大不了)[^，。]{0,8}(?:起诉|告|打官司|仲裁|法院|复议|诉讼)|(?:不想|懒得|没空)[^，。]{0,4}(?:打官司|起诉|告)"
)
_ENDED = re.compile(
    r"判|裁|开庭|立案|一审|二审|终审|执行|起诉了|已经|受理|传票|上诉|笔录|回执|仲裁(?:委|庭|了|结果|裁)|复议(?:决定|了|机关)"
)
_UNREASONABLE = re.compile(
    r"(?:政府|你们|国家|公家|组织上?|领导)(?:要|得|必须|应该|给我|都|就)[^，。]{0,6}(?:给我|发|分|安排|找|介绍|赔|养|报销)[^，。]{0,6}(?:老婆|媳妇|对象|女朋友|老公|房子|工作|彩票|中奖|钱花|车)|(?:发|分|找|介绍|配|安排)(?:个|一个)?(?:老婆|媳妇|对象|堂客|婆娘)|(?:彩票|(?:没|不|冇)中(?:奖)?|股票|赌|炒股|基金)[^，。]{0,16}(?:退|赔)|(?:把|叫|让)(?:他|她|邻居|他们)[^，。]{0,6}(?:抓|关|开除|撵|赶走|枪毙|搬走)|(?:太阳|月亮|雨|天气|风水|下雨|打雷|鬼|外星)[^，。]{0,10}(?:管|停|关|赔|不(?:准|许))|改(?:判|分数|成绩)|给我(?:当|封)个?官"
)
_MALICIOUS = re.compile(
    r"(?:傻|煞)(?:逼|比|B|b|叉)|王八蛋|狗(?:东西|日的|娘养)|去你(?:妈|娘)|你(?:妈|娘)的|操你|草泥马|滚(?:蛋|犊子)|混蛋|不要脸|吃屎|废物(?:东西)?|(?:陪|跟)我聊(?:聊)?(?:骚|天吧)|你声音(?:真|好)(?:好听|甜|嗲)|美女.{0,6}(?:约|微信|结婚|男朋友)|就是(?:要|想)(?:骂|耍|恶心|整)(?:你|他|她)|逗你(?:玩|们)|闹着玩|耍你|玩玩的|打着玩|穿什么(?:颜色|衣服)"
)


def read_flags(conversation: Conversation) -> dict[str, tuple[Evidence, ...]]:
    """The flags that hold with the words that carry them, in the order of FORMATS.md."""
    found: dict[str, list[Evidence]] = {flag: [] for flag in FLAGS}
    simple = (
        ("group", _GROUP),
        ("threat", _THREAT),
        ("self_harm", _SELF_HARM),
        ("unreasonable", _UNREASONABLE),
        ("malicious", _MALICIOUS),
        ("disabled", _DISABLED),
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
    found["elderly"] = _elderly(conversation)
    found["minor"] = _minor(conversation)
    for turn in conversation.operator:
        match = _OPERATOR_KEEPS_SECRET.search(conversation.text(turn))
        if match and not conversation.denied(turn) and not found["confidential"]:
            found["confidential"].append(cite(conversation.call, turn, match.start(), match.end()))
    return {flag: distinct(evidence, 3) for flag, evidence in found.items() if evidence}


def _cite(conversation: Conversation, clause: Clause, match: re.Match[str]) -> Evidence:
    return cite(conversation.call, clause.turn, clause.start + match.start(), clause.start + match.end())


def _excused(flag: str, text: str) -> bool:
    if flag == "self_harm":
        return bool(re.search(r"不会|跳楼价|没想|不至于|差点", text))
    if flag == "confidential":
        return bool(re.search(r"不用保密|不保密|商业秘密|无所谓|冇所谓|不怕", text))
    if flag == "threat":
        return (
            bool(re.search(r"差点|以前|之前|车[^，。]{0,4}堵|堵(?:车|了|死|住了)|他(?:说|要)|威胁我", text))
            and "我们" not in text
        )
    return False


def _elderly(conversation: Conversation) -> list[Evidence]:
    evidence = []
    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        if conversation.role(turn) == "operator":
            addressed = _ADDRESS_ELDERLY.search(text)
            if addressed and _addressed(text, addressed) and not conversation.denied(turn):
                evidence.append(cite(conversation.call, turn, addressed.start(), addressed.end()))
            continue
        for match in _AGE.finditer(text):
            age = read_count(match["age"] or match["age2"] or "")
            if (
                age is not None
                and 60 <= age <= 120
                and re.search(r"岁|年纪|人|老|妈|爸|今年|快|都", text[max(0, match.start() - 12) : match.end() + 4])
            ):
                evidence.append(cite(conversation.call, turn, match.start(), match.end()))
        for clause in conversation.clauses(turn):
            named = _ELDERLY.search(clause.text)
            around = text[max(0, clause.start - 20) : clause.end + 24]
            if (
                named
                and _HARMED.search(around)
                and not re.search(r"保安|看大门|看门|值班|门卫|扫地|老板|算命|他说|占座", around)
            ):
                evidence.append(_cite(conversation, clause, named))
    return evidence


def _addressed(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() : match.end() + 1]
    return (not before or before[-1] in "，。！？好的嗯、" or len(before) == 1 or before[-2:-1] in "，。！？") and (
        not after or after in "，。！？您你"
    )


def _minor(conversation: Conversation) -> list[Evidence]:
    evidence = []
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for match in _AGE.finditer(text):
            age = read_count(match["age"] or match["age2"] or "")
            if age is not None and 0 < age < 18 and "岁" in match[0] and not re.search(r"工龄|房龄|车龄|狗|猫", text):
                evidence.append(cite(conversation.call, turn, match.start(), match.end()))
        for clause in conversation.clauses(turn):
            child = _MINOR.search(clause.text)
            if child and re.search(
                r"摔|砸|撞|烫|咬|夹|伤(?:了|到)|吓(?:哭|醒|到|得)|围殴|欺负|霸凌|打(?:了|他|她|疫苗|针)|困|蔫|发烧|咳|漏种|上学|入学|报名|考试|高考|中考|睡不|躺下|上(?:网课|课)|中毒|拉肚子|险|差点|走丢|骗",
                clause.text,
            ):
                evidence.append(_cite(conversation, clause, child))
    return evidence
