"""Whom the matter is about: the firm, shop, body or person by the name that the call gives it."""

import re

from tickets.city.gazetteer import FULL, Gazetteer
from tickets.conversation import Conversation
from tickets.evidence import Found, cite
from tickets.language.lexicon import pattern, words

_ASKS_PARTY = re.compile(
    r"哪家(?:公司|店|企业|单位|旅行社|医院|物业|平台|机构|商家)?|(?:公司|店|店铺|商家|企业|单位|旅行社|机构|物业|开发商|厂|工厂|学校|酒吧|饭店|餐馆|管理方|施工方|平台|对方|这个人|老板|他)(?:的)?(?:全称|名字|名称|叫什么|叫啥|姓什么|是谁|是哪)|哪个(?:公司|单位|厂|平台|物业|店|老师|机构)|孩子[^。？]{0,4}哪个(?:学校|幼儿园)|开发商是|店名|什么店|哪间|叫什么名"
)
_INTRODUCED = re.compile(
    r"(?:名字叫|店名叫|公司叫|名叫|叫做|叫作|招牌上?(?:写|印)?(?:的是|着|的)?|牌子上?写(?:的是|着|的)?|(?:公司|店|厂|开发商|物业|学校|单位|机构|中介|旅行社|医院|平台|饭店|餐馆|酒吧|超市|健身房|驾校)(?:是|叫|就是|叫做|名(?:字|称)?(?:是|叫)))(?:一个|一家|个|什么)?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,14})"
)
_CALLED = re.compile(
    r"(?:(?:有(?:个|家|一家|间)|一家|这家|那家|是|^|[，。])叫|大名|真名叫?|外号|人称|都(?:喊|叫)(?:她|他|伊|佢)|换了招牌.{0,6}?[喊叫])(?P<name>[\u4e00-\u9fffA-Za-z]{2,12}?)(?:的|嘞|嘅|额|[，。,]|$)"
)
_PLAIN_ANSWER = re.compile(
    r"^(?:[嗯啊哎哦呃那个就]*[，,]?)?(?:就?叫(?:做)?|是|就是|喊(?:做)?)?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?:的|[，,。！]|$)"
)
_NOT_A_NAME = re.compile(
    r"(?:协议|合同|通知|收据|证|卡|单子)$|^得|^上写|来|醒|明白|清楚|哄|不(?:知|晓|清|记|太)|没(?:有|看|注意)|哪|什么|啥|谁|我|你|他|她|这|那|就是|一个|有个|有一|不是|反正|好像|可能|应该|对方|施工|社区|街道|物业公司$|哦|嗯|呃|咩|边个|唔知|勿晓|上面|名字|招牌|全|都是|两个"
)
_OWN = re.compile(
    r"我(?:是)?(?:家|们)?(?:开|自己)?(?:的)?(?:那个?)?[^，。我]{0,3}(?:店|招牌|铺子|门脸儿?|小卖部)[^。]{0,14}$"
)
_NICKNAME = re.compile(r"小名(?:叫)?$")
_LANDMARK_BEFORE = re.compile(r"(?:过了?|路过|经过|靠近|挨着|从|到|对面是|旁边是|往)(?:哒)?(?:那个|一个|咯个)?$")
_LANDMARK_AFTER = re.compile(r"(?:的)?(?:门口|旁边?|对面|隔壁|附近|路口|那边|后头|前头|楼下)")
_KIND_ONLY = re.compile(
    r"^(?:一家|这家|那家|个)?(?:物业|公司|物业公司|超市|酒店|饭店|幼儿园|中学|小学|学校|(?:第[一二三四五六七八九十])?人民医院|中心医院|中医院|医院|诊所|药店|驾校|银行|餐厅|酒吧|网吧|健身房|旅行社|装修公司|开发商|电信|快递公司|中介公司|培训机构|保险公司|建筑公司|施工单位|供电公司|燃气公司|自来水公司|通信公司|房产公司)$"
)
LONGEST_NAME, SHORTEST_NAME, LONGEST_HEAD = 14, 3, 6
_RIGHT_EDGE = re.compile(
    r"[，。！？,、；\s]|的|嘞|那|这|说|也|把|跟|和|就|在|不|没|欠|收|给|从|办|买|报|充|老板|经理|卖|做|门|退|里|上(?:课|班|学)"
)


def read_party(conversation: Conversation, gazetteer: Gazetteer) -> Found[str | None]:
    """The party's name as said in the call, or None where it is called only by its kind."""
    votes: dict[str, tuple[float, int, int, int]] = {}

    def vote(name: str, weight: float, turn: int, start: int) -> None:
        name = name.strip()
        if not 2 <= len(name) <= LONGEST_NAME or _KIND_ONLY.match(name) or _NOT_A_NAME.search(name):
            return
        text = conversation.text(turn)
        left, right = text[max(0, start - 20) : start], text[start + len(name) :]
        if _OWN.search(left) or _NICKNAME.search(left):
            return
        if _LANDMARK_BEFORE.search(left) or _LANDMARK_AFTER.match(right):
            weight -= 1.5
        if any(m.start == 0 and m.end == len(name) and m.exactness >= FULL for m in gazetteer.find(name)):
            weight -= 1.2
        before = votes.get(name, (0.0, turn, start, start + len(name)))
        votes[name] = (before[0] + weight, *before[1:])

    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        operator = conversation.role(turn) == "operator"
        if operator and conversation.denied(turn):
            continue
        for match in _INTRODUCED.finditer(text):
            vote(_trimmed(match["name"]), 2.0, turn, match.start("name"))
        for match in _CALLED.finditer(text):
            vote(match["name"], 2.0, turn, match.start("name"))
        for name, start in _by_kind(text):
            vote(name, 1.4 if not operator else 1.0, turn, start)
        if not operator and _ASKS_PARTY.search(conversation.question(turn)):
            answer = _PLAIN_ANSWER.match(text)
            if answer:
                vote(answer["name"], 2.2, turn, answer.start("name"))
    if not votes:
        return Found(None)
    name, (weight, turn, start, end) = max(votes.items(), key=lambda item: (item[1][0], len(item[0])))
    if weight < 1.3:
        return Found(None)
    return Found(name, (cite(conversation.call, turn, start, end),), min(0.9, weight / 4))


def _trimmed(name: str) -> str:
    """The name up to where its kind ends, or the whole stretch if no kind is in it."""
    match = pattern("party_kinds").search(name)
    return name[: match.end()] if match and match.end() >= SHORTEST_NAME else name


def _verb(said: str) -> int:
    """How many characters after a function word still belong to the verb (我|想买|好又多), if a name is left then."""
    joints = frozenset(words("between_verb_and_party_name"))
    length = next((number for number, character in enumerate(said) if character not in joints), len(said))
    return length if len(said) - length >= 2 else 0


def _by_kind(text: str) -> list[tuple[str, int]]:
    """Names that end in a kind of firm (安泰健身): bounded by punctuation or a function word on both sides."""
    found = []
    stops = sorted(words("not_in_party_names"), key=len, reverse=True)
    for match in pattern("party_kinds").finditer(text):
        left = re.split(r"[^\u4e00-\u9fffA-Za-z]", text[max(0, match.start() - LONGEST_HEAD - 2) : match.start()])[-1]
        cut = max((left.rfind(stop) + len(stop) for stop in stops if stop in left), default=0)
        head = left[cut + _verb(left[cut:]) :] if cut else left
        bounded = not text[match.end() :] or bool(_RIGHT_EDGE.match(text[match.end() :]))
        if 2 <= len(head) <= LONGEST_HEAD and bounded:
            start = match.start() - len(head)
            found.append((text[start : match.end()], start))
    return found
