"""Whom the matter is about: the firm, shop, body or person by the name that the call gives it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from tickets.city.gazetteer import SHORT, Gazetteer
from tickets.conversation import Conversation
from tickets.evidence import Found, cite
from tickets.fields.contact import asks_name
from tickets.language.lexicon import pattern, words

_ASKS_PARTY = re.compile(
    r"哪家(?:公司|店|企业|单位|旅行社|医院|物业|平台|机构|商家)?|(?:公司|店|店铺|商家|企业|单位|旅行社|机构|物业|开发商|厂|工厂|学校|酒吧|饭店|餐馆|管理方|施工方|平台|对方|这个人|老板|他)(?:的)?(?:全称|名字|名称|叫什么|叫啥|姓什么|是谁|是哪)|哪个(?:公司|单位|厂|平台|物业|店|老师|机构)|孩子[^。？]{0,4}哪个(?:学校|幼儿园)|开发商是|店名|什么店|哪间|叫什么名"
)
_INTRODUCED = re.compile(
    r"(?:名字叫|店名叫|公司叫|名叫|叫做|叫作|招牌上?(?:写|印)?(?:的是|着|的)?|牌子上?写(?:的是|着|的)?|(?:公司|店|厂|开发商|物业|学校|单位|机构|中介|旅行社|医院|平台|饭店|餐馆|酒吧|超市|健身房|驾校)(?:是|叫|就是|叫做|名(?:字|称)?(?:是|叫)))(?:一个|一家|个|什么)?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,14})"
)
_CALLED = re.compile(
    r"(?:(?:有(?:个|家|一家|间)|一[个家间爿]|这家|那家|是|^|[，。,]|名字?|店|公司|厂|开发商|物业)(?:就|也)?[叫喊](?:做|作|个|啥|什么|咩)?|[叫喊][做作]|大名|真名叫?|外号|人称"
    r"|都(?:喊|叫)(?:她|他|伊|佢)|换了招牌.{0,6}?[喊叫])(?:个)?[“\"「]?(?P<name>[\u4e00-\u9fffA-Za-z]{2,12}?)(?:的|嘞|嘅|额|[，。,、”\"」]|$)"
)
_ON_A_SIGN = re.compile(
    r"(?:招牌|牌子|牌匾|牌牌|牌[上子]?|挂个牌儿?|围挡|车门|车身|箱子|章|公章|发票|收据|小票|合同|衣服|工作服|工装|门头|门口|旗子|条幅|灯箱)[^，。]{0,3}(?:写|印|挂|喷|盖|标|贴|签|绣|刻)(?:的是|着的?是?|得有|到起|的|倒|哒|咗|到)?[“\"「]?(?P<name>[\u4e00-\u9fffA-Za-z]{3,12}?)(?:的(?:章|名)|这|那|几个字|[，。,、”\"」]|$)"
)
_OPENED = re.compile(r"(?:开|搬来)(?:了|哒|咗|咧|有|着)?一?[个家间爿](?P<name>[\u4e00-\u9fff]{4,7})(?=[，。,]|$)")
_SURNAME = f"[{''.join(word for word in words('surnames') if len(word) == 1)}]"
_PERSON = re.compile(
    r"(?:[组村队户]里?的|主任|书记|经理|队长|村长|组长|会计|包工头|中介|房东|校长|老板|邻居|司机|承包人|户主)(?:就)?(?:是|叫)?(?:那个)?(?P<name>"
    + _SURNAME
    + r"[\u4e00-\u9fff]{1,2}?)(?=[，。,]|在|把|又|也|说|$)"
)
# 支部书记姓耿，耿有财; not 我姓耿
_SURNAME_THEN_NAME = re.compile(
    r"(?<!我)(?<!免贵)姓(?P<surname>[\u4e00-\u9fff])[，,](?:叫)?(?P<name>(?P=surname)(?:老板|总|[\u4e00-\u9fff]{1,2}))(?=[，。,]|$)"
)
_FAMILIAR = re.compile(
    rf"(?:(?:[的个嘅额]|叫|是|系)(?P<a>[老阿]{_SURNAME})(?=[，。,]|$)|(?P<b>[老阿]{_SURNAME}[\u4e00-\u9fff]?)(?=开了|占|把|在[^，。]{{1,8}}(?:盖|建|搭|开|起|砌|挖|养)))"
)
_SPELT = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,8})[，,](?:就系?是?)?[\u4e00-\u9fff]{1,4}[的个嘅额嘞格滴](?P<character>[\u4e00-\u9fff])(?![\u4e00-\u9fff])"
)
_FIRST_WORDS = re.compile(r"^(?:[嗯哦好的，]*)(?P<name>[\u4e00-\u9fffA-Z]{2,12})(?:[，。,？]|$)")
_QUOTED = re.compile(r"(?:[间家个爿]|叫|是|系|的)[“\"「](?P<name>[\u4e00-\u9fffA-Za-z]{2,10})[”\"」]")
# A school, a hospital… named is the party where the talk is of what it does, not where it is but a landmark
_INSTITUTIONS = tuple(
    (re.compile(rf"(?:{kinds})$"), re.compile(does))
    for kinds, does in (
        (
            "小学|中学|学校|幼儿园|中",
            "老师|班主任|年级|招生|入学|食堂|同学|校长|补课|校服|学费|报名|班级|上[初高][一二三]|[初高][一二三]|开饭",
        ),
        (
            "医院|卫生院|卫生服务中心|卫生服务站|卫生站|接种门诊",
            "医生|护士|住院|挂号|手术|打针|疫苗|拍片|开药|收费|科",
        ),
        ("养老院|敬老院|福利院|殡仪馆|公墓|陵园|火葬场", "."),
        (
            "派出所|政务服务站|便民服务中心|政务大厅|服务大厅|市民中心|法律援助中心|仲裁院",
            "窗口|工作人员|态度|值班|人家说|他们说|不给",
        ),
    )
)
_OFFICE_OF_A_PLACE = re.compile(
    r"(?:社区)?(?:卫生服务中心|卫生服务站|卫生站|卫生院|接种门诊|派出所|法律援助中心|劳动人事争议仲裁院|政务服务站|便民服务中心|养老院|敬老院|中心小学|小学|中学|幼儿园)?"
)
_PLAIN_ANSWER = re.compile(
    r"^(?:[嗯啊哎哦呃那个就]*[，,]?)?(?:就?叫(?:做)?|是|就是|喊(?:做)?)?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?:的|[，,。！]|$)"
)
_NOT_A_NAME = re.compile(
    r"(?:协议|合同|通知|收据|证|证明|费|书|函|票|单|机|卡|单子)$|个|^得|^上写|来(?!.*(?:公司|店|厂|馆|部|行|斋)$)|^不|^醒|明白|清楚|哄|不(?:知|晓|清|记|太)|没(?:有|看|注意)|哪|什么|啥|谁|我|你|他|她|这|那|就是|一个|有个|有一|不是|反正|好像|可能|应该|对方|施工|社区|街道|物业公司$|哦|嗯|呃|咩|边个|唔知|勿晓|上面|名字|招牌|全|都是|两个|态度|[号点楼元块层天年月]$|时候|人家|上面|牌牌?$|^大$"
)
_NO_NAMES_CHARACTERS = re.compile(
    r"共享|[级咗格]只?|^动|[的了着吗呢嘛吧啊呀把被也都没去说先叫喊写搁侬佢伊]|[行得上]$|^有点|^[俺咱]|.[开做卖买要]|^[要有小][\u4e00-\u9fff]*车$|^[村镇乡县区街][里上头口]|^[一二三四五六七八九十两几半0-9]+[块元平点个两部台小]|组织$"
)
_OWN = re.compile(
    r"我(?:是)?(?:家|们)?(?:开|自己)?(?:的)?(?:那个?)?[^，。我]{0,3}(?:店|招牌|铺子|门脸儿?|小卖部)[^。]{0,14}$"
)
_NICKNAME = re.compile(r"小名(?:叫)?$")
_LANDMARK_BEFORE = re.compile(r"(?:(?<!对)过了?|路过|经过|靠近|挨着|从|到|对面是|旁边是|往)(?:哒)?(?:那个|一个|咯个)?$")
_LANDMARK_AFTER = re.compile(r"(?:的)?(?:门口|旁边?|对面|隔壁|附近|路口|那边|后头|前头|楼下)")
_KIND_ONLY = re.compile(
    r"^(?:一家|这家|那家|个)?(?:物业|公司|物业公司|超市|酒店|饭店|幼儿园|中学|小学|学校|(?:第[一二三四五六七八九十])?人民医院|中心医院|中医院|医院|诊所|药店|驾校|银行|餐厅|酒吧|网吧|健身房|旅行社|共享单车|单车|电动车|装修公司|开发商|电信|快递公司|中介公司|培训机构|保险公司|建筑公司|施工单位|供电公司|燃气公司|自来水公司|通信公司|房产公司)$"
)
_ONLY_KINDS = re.compile(rf"(?:{pattern('party_kinds').pattern})+")
LONGEST_NAME, SHORTEST_NAME, LONGEST_HEAD = 14, 3, 6
INSTITUTION_WEIGHT, LEAST_WEIGHT = 1.35, 1.3
_RIGHT_EDGE = re.compile(
    r"[，。！？,、；\s]|的|嘞|那|这|说|也|把|跟|和|就|在|不|没|欠|收|给|从|办|买|报|充|老板|经理|卖|做|门|退|里|上|干|住|借|贷|充|存|交|签|租|学|读|看|修|打工|换|当|闹|还|派|自己|组织|寄|火化|交"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name at characters ``start``…``end`` (exclusive) of a turn, ``weight`` the more it may be the party."""

    name: str
    turn: int
    start: int
    weight: float

    @property
    def end(self) -> int:
        """Where the name ends."""
        return self.start + len(self.name)


def read_party(conversation: Conversation, gazetteer: Gazetteer) -> Found[str | None]:
    """The party's name as said in the call, or None where it is called only by its kind."""
    best = max(names(conversation, gazetteer), key=lambda named: (named.weight, len(named.name)), default=None)
    if best is None or best.weight < LEAST_WEIGHT:
        return Found(None)
    evidence = (cite(conversation.call, best.turn, best.start, best.end),)
    return Found(best.name, evidence, min(0.9, best.weight / 4))


def names(conversation: Conversation, gazetteer: Gazetteer) -> list[Named]:
    """Every name in the call that wording of names gives away, with where it stands first."""
    votes: dict[str, Named] = {}

    def vote(name: str, weight: float, turn: int, start: int) -> None:
        name = name.strip()
        if (
            not 2 <= len(name) <= LONGEST_NAME
            or _KIND_ONLY.match(name)
            or _NOT_A_NAME.search(name)
            or _NO_NAMES_CHARACTERS.search(name)
        ):
            return
        text = conversation.text(turn)
        left, right = text[max(0, start - 20) : start], text[start + len(name) :]
        if _ONLY_KINDS.fullmatch(name) or _OWN.search(left) or _NICKNAME.search(left):
            return
        if _LANDMARK_BEFORE.search(left) or _LANDMARK_AFTER.match(right):
            weight -= 1.5
        if any(m.start == 0 and m.end == len(name) and m.exactness >= SHORT for m in gazetteer.find(name)):
            weight -= 1.2
        before = votes.get(name, Named(name, turn, start, 0.0))
        votes[name] = replace(before, weight=before.weight + weight)

    for turn in range(len(conversation.call.turns)):
        if conversation.role(turn) == "operator" and conversation.denied(turn):
            continue
        for name, weight, start in _named_in(conversation, turn):
            vote(name, weight, turn, start)
    for name, turn, start in _institutions(conversation, gazetteer):
        if not _LANDMARK_AFTER.match(conversation.text(turn)[start + len(name) :]):
            known = votes.get(name)
            if known is None or known.weight < INSTITUTION_WEIGHT:
                votes[name] = Named(name, turn, start, INSTITUTION_WEIGHT)
    for name, weight in _said_again(conversation, votes):
        votes[name] = replace(votes[name], weight=votes[name].weight + weight)
    return list(votes.values())


def _named_in(conversation: Conversation, turn: int) -> Iterator[tuple[str, float, int]]:
    """What a turn may name as the party: name, weight, where it starts."""
    text = conversation.text(turn)
    operator = conversation.role(turn) == "operator"
    for pattern_, weight in ((_INTRODUCED, 2.0), (_CALLED, 2.0), (_ON_A_SIGN, 2.0), (_QUOTED, 2.0), (_OPENED, 1.3)):
        for match in pattern_.finditer(text):
            yield _trimmed(match["name"]), weight, match.start("name")
    for name, start in _by_kind(text):
        yield name, 1.0 if operator else 1.4, start
    if operator:
        return
    for match in _PERSON.finditer(text):
        yield match["name"], 2.1, match.start("name")
    for match in _SURNAME_THEN_NAME.finditer(text) if not asks_name(conversation.question(turn)) else ():
        yield match["name"], 2.1, match.start("name")
    for match in _FAMILIAR.finditer(text):
        yield match["a"] or match["b"], 1.3, match.start("a" if match["a"] else "b")
    for match in _SPELT.finditer(text):
        if match["character"] in match["name"] and "姓" not in match["name"]:
            yield match["name"], 1.4, match.start("name")
    answer = _PLAIN_ANSWER.match(text) if _ASKS_PARTY.search(conversation.question(turn)) else None
    if answer:
        yield answer["name"], 2.2, answer.start("name")


def _institutions(conversation: Conversation, gazetteer: Gazetteer) -> Iterator[tuple[str, int, int]]:
    """Names of schools, hospitals, offices of a street… of whose work the citizen speaks, with turn and start."""
    said = conversation.citizen_text()
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for place in gazetteer.find(text):
            office = _OFFICE_OF_A_PLACE.match(text, place.end)
            name = text[place.start : office.end() if office else place.end]
            if len(name) < SHORTEST_NAME or place.exactness < SHORT:
                continue
            if any(kind.search(name) and does.search(said.replace(name, "")) for kind, does in _INSTITUTIONS):
                yield name, turn, place.start


def _without_function_words(left: str) -> str:
    """What follows the last function word."""
    cut = max((left.rfind(stop) + len(stop) for stop in words("not_in_party_names") if stop in left), default=0)
    return left[cut + _verb(left[cut:]) :] if cut else left


def _said_again(conversation: Conversation, names: Collection[str]) -> Iterator[tuple[str, float]]:
    """Names that the operator says back at once, as one does with what is to be written down."""
    for turn in conversation.operator:
        first = _FIRST_WORDS.match(conversation.text(turn))
        if first and turn and first["name"] in names and first["name"] in conversation.text(turn - 1):
            yield first["name"], 0.8


def _trimmed(name: str) -> str:
    """The name up to where its kind ends, or the whole stretch if no kind is in it."""
    match = next((kinds for kinds in _ONLY_KINDS.finditer(name) if kinds.end() >= SHORTEST_NAME), None)
    return name[: match.end()] if match else name


def _verb(said: str) -> int:
    """How many characters after a function word still belong to the verb (我|想买|好又多), if a name is left then."""
    joints = frozenset(words("between_verb_and_party_name"))
    length = next((number for number, character in enumerate(said) if character not in joints), len(said))
    return length if len(said) - length >= 2 else 0


def _by_kind(text: str) -> list[tuple[str, int]]:
    """Names that end in a kind of firm (安泰健身): bounded by punctuation or a function word on both sides."""
    found = []
    for match in pattern("party_kinds").finditer(text):
        left = re.split(r"[^\u4e00-\u9fffA-Za-z]", text[max(0, match.start() - LONGEST_HEAD - 2) : match.start()])[-1]
        head = _without_function_words(left)
        bounded = not text[match.end() :] or bool(_RIGHT_EDGE.match(text[match.end() :]))
        if 2 <= len(head) <= LONGEST_HEAD and bounded:
            start = match.start() - len(head)
            found.append((text[start : match.end()], start))
    return found
