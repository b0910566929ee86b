"""Is somebody or something in danger right now? Which services, and has the operator connected them already?

A danger counts when it is told as happening: not denied, feared, supposed, past or a figure of speech. What the
operator does (connects 119, tells to leave the house and not to hang up) counts as much as what the citizen says.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tickets.classification.danger import Alarming
from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, cite, distinct
from tickets.fields.negation import is_denied, is_feared, is_figurative, is_past, is_present

THRESHOLD = 1.8
WEAK = 0.5
CLEAR_WORDS = 1.0
LEAST_MARGIN = -1.3
MODEL_SLOPE = 1.6
MOST_FROM_MODEL = 1.9
SURE_MARGIN = 0.2
MOST_STRETCHES = 12
MOST_TURNS = 600
SERVICES = ("119", "110", "122", "120")
_SPOKEN = {
    "110": "110|幺幺零|一一零|壹壹零",
    "119": "119|幺幺九|一一九",
    "120": "120|幺二零|一二零",
    "122": "122|幺二二|一二二",
}
_DANGERS: tuple[tuple[str, float, re.Pattern[str]], ...] = tuple(
    (service, weight, re.compile(words))
    for service, weight, words in (
        ("119", 1.3, r"着火|起火|失火|火灾|烧(?:起来|着|到)了|火(?:苗|光|势)|浓烟|冒(?:黑|浓|大)烟|明火"),
        (
            "119",
            1.2,
            r"(?:煤气|燃气|天然气|瓦斯|液化气|气罐|气管|阀门)[^，。]{0,8}(?:漏|泄|味|嘶嘶|哧哧|呲呲)|漏气|漏煤气|(?:臭鸡蛋|煤气|燃气|瓦斯)(?:的|嘅|那个|那种|一样的|似的)?味|泄漏|(?:灶|管|阀|罐|表)[^，。]{0,6}(?:嘶嘶|哧哧|呲呲|滋滋)",
        ),
        (
            "119",
            1.3,
            r"(?:困|关|卡|夹)(?:在|到|喺|辣|佇)(?:了)?[^，。]{0,8}(?:电梯|升降机|里面|里头|里边|内底|轿厢|屋里|洞|井|缝|水)|电梯[^，。]{0,10}(?:困|关)(?:了|住|着)?|(?:人|老婆|媳妇|孩子|老人|妈|爸|女儿|儿子|老公|娃)[^，。]{0,8}在(?:电梯|轿厢)?里(?:头|面|边)(?:呢|呐)|被困|困住|出不来|困咗",
        ),
        (
            "119",
            1.3,
            r"掉(?:进|到|下)[^，。]{0,5}(?:水|河|湖|井|坑|塘|江|沟)|落水|溺水|淹(?:着|到|了)?(?:人|小孩)|塌(?:了|下来)[^，。]{0,6}(?:压|埋)|(?:压|埋)(?:着|住|到)(?:了)?(?:人|一个|他|她)|爆炸",
        ),
        (
            "110",
            1.2,
            r"(?:在|又|正|还)(?:打|揍|砍|掐|踹|殴打)(?:我|妈|俺|人|她|他|老婆|孩子|奶奶|婆婆)|打我(?:妈|爸|奶奶|姐|弟|老婆)|打起来|砸(?:门|东西|我家)|拿(?:着)?(?:刀|斧|棍|铁|酒瓶)|动刀|持刀|捅|砍人|要杀|杀了(?:我|她|他)",
        ),
        (
            "110",
            1.2,
            r"(?:撬|踹|砸|翻)(?:我家?)?(?:的)?(?:门|窗)|闯进|入室|抢(?:劫|包|了我|我的)|绑架|拐(?:走|小孩)|跟(?:踪|着)我|尾随|不让(?:我|她|他|我们)(?:走|出)|锁(?:在|到)(?:屋|房|家|车)|非法拘禁|关(?:着|住)我",
        ),
        (
            "110",
            1.1,
            r"(?:孩子|小孩|老人|老爸|老妈|我妈|我爸|爷爷|奶奶|女儿|儿子|娃|囡)[^，。]{0,10}(?:不见了|走丢|走失|丢了|失踪|找不到|冇见)",
        ),
        (
            "110",
            1.2,
            r"(?:老(?:头|太|人|爷子|两口)|大爷|大妈|阿婆|爷爷|奶奶|邻居|独居|租客|室友|[他她妈爸])[^，。]{0,10}(?:[一二两三四五六七八九十几好0-9]+)天(?:都)?(?:没|冇|不)(?:有|得)?(?:人)?(?:出门|见|露面|动静|接电话|下楼|出来|开门)",
        ),
        (
            "110",
            1.1,
            r"(?:让|叫|要)我[^，。]{0,8}(?:转账|打钱|验证码|屏幕共享|下载)|刚(?:刚)?(?:转|打)(?:了|过去)[^，。]{0,10}(?:骗|诈)",
        ),
        (
            "120",
            1.3,
            r"(?:晕|昏|倒)(?:倒|过去|迷|在地|下去|咗)|叫不(?:醒|应|答应)|喊不(?:醒|应|答应)|没(?:有)?(?:呼吸|气|心跳|反应|知觉|意识)|不省人事|冇反应|翻白眼|抽(?:搐|筋|起来)|口吐白沫|吐白沫|意识(?:不清|模糊)",
        ),
        (
            "120",
            1.2,
            r"(?:喘|透|上)不(?:上|过|来|过来)气?|喘不(?:上|过)|胸(?:口|闷|痛)|心(?:脏病|梗|绞痛)(?:犯|发)|中风|脑(?:溢血|梗|出血)|吐血|大出血|流(?:了)?(?:好多|很多|一地|一头|不少|满脸)血|血流不止|止不住血|骨头(?:断|露)|要生了|羊水|中毒|喝(?:了)?(?:农药|百草枯|敌敌畏)|吞(?:了)?(?:药|安眠药)|割腕|触电|烫伤|烧伤|休克|脸色(?:发)?(?:紫|青|白)|嘴唇(?:发)?(?:紫|青)",
        ),
        (
            "110",
            WEAK,
            r"[刀斧枪]|炸弹|雷管|炸药|汽油|铁(?:棍|枝|锹|管)|打架|打人|打起|殴|掐|揍|救命|救我|撬|有?贼|小偷|在偷|抢|绑|劫|闯|堵(?:着|住)我|围(?:着|住)|不让.{0,3}走|走丢|走失|没回来|找不到人|离家出走|轻生|不想活|活(?:够|着没)|跳(?:楼|桥|河|下)|(?:栏杆|护栏)外|楼顶|骗子|转(?:账|过去|走)|反锁|尾随|跟着|猥亵|摸我|偷拍|人贩子|抱走|蒙面|追着|[砍砸拽]|報警|差人|警察|同归于尽|扭打|躲(?:在|喺|起来)",
        ),
        (
            "119",
            WEAK,
            r"(?<!明)火|(?<!油)烟(?![花酒叶草囱道])|煤气|燃气|瓦斯|氨气|沼气|[泄漏]|臭鸡蛋|焦味|糊味|[困卡夹埋塌淹]|(?<!血)(?<!高)压(?![力价])|水里|掉(?:进|到|下|河)|水(?:已经|还在)?(?:涨|没过|到胸)|炸|喷|呲|悬|挂(?:在|着)|吊在|下不(?:来|去)|迷路|马蜂|绞|门打(?:不|勿|唔)开|拔不出|浮桶|破拆|巨响",
        ),
        (
            "120",
            WEAK,
            r"晕|昏|不醒|不应|[吐喘]|血(?![压管糖脂型汗缘])|抽(?!风|烟|油|水|屉|空|奖)|胸|呼吸|断气|摔|烫|中毒|农药|要生|羊水|过敏|噎|呛|疼得|痛得|没气|动不了|不(?:动|会动)了|站不起|起不来|休克|心脏|倒(?:在|下|了)|头破|发(?:紫|青|白|黑)|救护车|急救",
        ),
        ("122", WEAK, r"[撞碾轧]|翻(?:车|在|了)|追尾|车祸|刮(?:了|到|蹭)|事故|肇事|逃逸|交警"),
        (
            "122",
            1.3,
            r"撞(?:车|上了|了人|到人|人了|倒|翻|咗)|车祸|追尾|出(?:了)?(?:个)?(?:交通)?事故|翻(?:了)?车|车[^，。]{0,6}翻(?:了|在)|(?:被|让)[^，。]{0,8}车[^，。]{0,4}(?:撞|刮|轧|碾)|两(?:辆|台|部)?车[^，。]{0,4}(?:撞|碰)",
        ),
    )
)
_SYMPTOM = re.compile(
    r"晕|昏|叫不醒|喊不醒|没反应|没有反应|不省人事|抽搐|吐(?!槽)|喘不|透不过|胸口|头(?:疼|痛|昏|晕)|恶心|流(?:了)?(?:好多|很多)?血|血|受伤|摔(?:伤|断|着|倒)|骨折|烫(?:伤|的|手|得)?|烧伤|中毒|不(?:动|会动|哭了)|发(?:紫|青|烧)|蔫|迷糊|没(?:劲|力气)|软|站不起|起不来|脸色|呼吸|心脏|疼得|痛得|[^受]伤|孕|缺氧|闷|咳|呛|中暑|(?:夹|卡|压)(?:住|着|在)|喘"
)
_CONNECTS = re.compile(
    r"(?:转接|接通|接到|连线|接入|转到|转给|通知|呼叫|联系|接给|帮您转|给您转|同步|联动|推送)[^，。]{0,8}(?:{n})|(?:{n})[^，。]{0,10}(?:接通|在线|已经|马上|出警|在路上|那边(?:接|在|已))|三方(?:通话|一起)|(?:{n})[^，。]{0,6}(?:派|出)(?:车|警)".replace(
        "{n}", "|".join(_SPOKEN.values()) + "|消防|急救|警方|派出所|交警|救护车"
    )
)
_CONNECTED = re.compile(
    r"接通了|已经(?:帮您|给您|为您)?(?:接通|转接|通知|派|出警|连线|推送|联系|帮您转)|在线上|在路上|三方通话|给您接通|派车了|出发了"
)
_SAFETY_ADVICE = re.compile(
    r"不要挂|别挂|先(?:离开|出来|出去|退|撤|躲|到(?:外面|室外|楼下|安全))|(?:不要|别)(?:开灯|开关|碰|动他|搬|进去|回去|扒|开门|出声)|把门(?:锁|反锁)|开窗|关(?:掉)?(?:总)?阀|保持通话|让(?:他|她)平躺|侧过?(?:来|头)|按住(?:伤口)?|在(?:安全|外面)的?地方|躲(?:好|起来|在)"
)
_CONDITIONAL_ADVICE = re.compile(r"如果|要是|万一|一旦|下次|再有|再发生|以后|遇到|发现|请您直接|的话|直接打|可以打")


@dataclass(frozen=True, slots=True)
class _Told:
    """A word of danger that stands: not denied, feared or past; ``strong`` if it counts by itself."""

    clause: Clause
    service: str
    strong: bool
    match: re.Match[str]
    gained: float

    def cited(self, conversation: Conversation) -> Evidence:
        start = self.clause.start + self.match.start()
        return cite(conversation.call, self.clause.turn, start, self.clause.start + self.match.end())

    def inside(self, stretch: Alarming) -> bool:
        return self.clause.turn == stretch.turn and stretch.start <= self.clause.start < stretch.end


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger now. ``services`` best first (it decides the duty); ``connected`` whether the operator did it."""

    services: tuple[str, ...]
    score: float
    connected: bool
    evidence: tuple[Evidence, ...]
    told: Mapping[str, float] = field(default_factory=dict)
    """How grave the words of danger are that the citizen tells of each service."""
    symptoms: int = 0
    """Clauses that tell of somebody hurt or ill now."""
    complete: float = 0.5
    """The chance, 0…1, that no service is missing."""
    possible: bool = False
    """Whether a danger can't be ruled out, though it is likelier that there is none."""

    @property
    def now(self) -> bool:
        """Whether the score says that it happens now."""
        return self.score >= THRESHOLD and bool(self.services)


def read_emergency(conversation: Conversation, alarming: Sequence[Alarming] = ()) -> Emergency:
    """Weigh every danger told in the call.

    Args:
        conversation: the call.
        alarming: stretches that sound like the city's emergencies; alone one raises an alarm only where it is sure.
    """
    told = [
        _Told(clause, service, weight > WEAK, match, gained)
        for clause, service, weight, match in _dangers(conversation)
        if (gained := _gained(conversation, clause, match, weight)) > 0
    ]
    symptoms = sum(_symptom(clause) for clause in conversation.citizen_clauses())
    gravest: dict[str, float] = defaultdict(float)
    for danger in told:
        gravest[danger.service] = max(gravest[danger.service], danger.gained)
    scores: dict[str, float] = defaultdict(float)
    evidence: list[Evidence] = []
    for danger in told:
        if danger.strong:
            before = scores[danger.service]
            scores[danger.service] = max(danger.gained, before) + (0.2 if before else 0.0)
            evidence.append(danger.cited(conversation))
    _add_alarming(conversation, scores, evidence, told, alarming)
    advice, connected, named, cited = _operator_acts(conversation)
    heard = bool(scores)
    evidence += cited
    for service in named:
        scores[service] += 1.2 if scores[service] or advice else 0.6
    if advice and scores:
        best = max(scores, key=lambda service: scores[service])
        scores[best] += 0.8
    # A danger that only the operator names, without acting on it, stays below the bar
    if not heard and not (advice and named):
        scores = defaultdict(float, {service: min(score, THRESHOLD - 0.1) for service, score in scores.items()})
    ranked = sorted((service for service, score in scores.items() if score > 0), key=lambda s: (-scores[s], _order(s)))
    if not ranked:
        return Emergency((), 0.0, False, (), gravest, symptoms)
    services = [ranked[0]]
    for service in ranked[1:]:
        if service in named or (service != "120" and scores[service] >= THRESHOLD):
            services.append(service)
    if "120" not in services and (symptoms or scores.get("120", 0.0) >= 1.0):
        services.append("120")
    return Emergency(tuple(services[:3]), round(scores[ranked[0]], 2), connected, distinct(evidence), gravest, symptoms)


def _order(service: str) -> int:
    return SERVICES.index(service) if service in SERVICES else len(SERVICES)


def _add_alarming(
    conversation: Conversation,
    scores: dict[str, float],
    evidence: list[Evidence],
    told: Sequence[_Told],
    alarming: Sequence[Alarming],
) -> None:
    """What sounds like an emergency and holds a word of danger in the same stretch adds up."""
    for stretch in alarming[:MOST_STRETCHES]:
        gained = min(MOST_FROM_MODEL, MODEL_SLOPE * (stretch.margin - LEAST_MARGIN))
        words = [danger for danger in told if danger.inside(stretch)]
        if not words:
            if stretch.margin < SURE_MARGIN:
                continue
            service, total = stretch.service, THRESHOLD
        else:
            # The words say how grave it is, the model how much it sounds like a call for help
            gravest = max(words, key=lambda danger: danger.gained)
            service = gravest.service if gravest.gained >= CLEAR_WORDS else stretch.service
            total = gained + gravest.gained
            evidence.append(gravest.cited(conversation))
        if service and total > scores[service]:
            scores[service] = total
            evidence.append(cite(conversation.call, stretch.turn, stretch.start, min(stretch.end, stretch.start + 40)))


def _dangers(conversation: Conversation) -> Iterator[tuple[Clause, str, float, re.Match[str]]]:
    for turn in range(min(len(conversation.call.turns), MOST_TURNS)):
        if conversation.role(turn) == "operator" and not (
            conversation.confirmed(turn) and re.search(r"[？?]", conversation.text(turn))
        ):
            continue
        for clause in conversation.clauses(turn):
            for service, weight, pattern in _DANGERS:
                match = pattern.search(clause.text)
                if match:
                    yield clause, service, weight, match


def _gained(conversation: Conversation, clause: Clause, match: re.Match[str], weight: float) -> float:
    text = clause.text
    around = conversation.text(clause.turn)[max(0, clause.start - 22) : clause.end + 16]
    if is_denied(text, match.start()) or is_figurative(text) or re.search(r"吗$|没有$|有没有|是不是", text):
        return 0.0
    if is_feared(around):
        return 0.2
    if is_past(around):
        return 0.3 if not is_present(around) else 0.7
    present = is_present(conversation.text(clause.turn)) or is_present(conversation.question(clause.turn))
    return weight + (0.8 if present else 0.0)


def _symptom(clause: Clause) -> bool:
    match = _SYMPTOM.search(clause.text)
    return bool(match) and not (
        is_denied(clause.text, match.start() if match else 0)
        or is_feared(clause.text)
        or is_past(clause.text)
        or is_figurative(clause.text)
    )


def _operator_acts(conversation: Conversation) -> tuple[bool, bool, tuple[str, ...], list[Evidence]]:
    advice, connected = False, False
    named: list[str] = []
    evidence: list[Evidence] = []
    for turn in conversation.operator[:MOST_TURNS]:
        text = conversation.text(turn)
        for sentence in re.finditer(r"[^。！？]+", text):
            said = sentence[0]
            if _CONDITIONAL_ADVICE.search(said):
                continue
            if _SAFETY_ADVICE.search(said):
                advice = True
            match = _CONNECTS.search(said)
            if match:
                connected = connected or bool(_CONNECTED.search(said))
                services = [service for service, words in _SPOKEN.items() if re.search(words, said)]
                services += [
                    s
                    for s, words in (("119", "消防"), ("120", "急救|救护车"), ("110", "警方|派出所"), ("122", "交警"))
                    if re.search(words, match[0])
                ]
                if services or "三方" in match[0]:
                    named += services
                    start = sentence.start() + match.start()
                    evidence.append(cite(conversation.call, turn, start, sentence.start() + match.end()))
            elif _CONNECTED.search(said) and named:
                connected = True
    return advice, connected, tuple(dict.fromkeys(named)), evidence
