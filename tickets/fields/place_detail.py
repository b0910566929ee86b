"""The rest of the place beyond its name, rebuilt in normal digits: 3号楼2单元501, 北门对面, 86号."""

import re
from dataclasses import dataclass

from tickets.conversation import Conversation
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.fields.place import ASKS_WHERE, MatterPlace
from tickets.language.numerals import in_normal_digits

_N = "[0-9零〇一二两三四五六七八九十百幺]"
_BUILDING = (
    rf"(?:{_N}{{1,4}}(?:号楼|栋|幢|座|期|区|组|社|队|排|弄)"
    rf"|[甲乙丙丁ABCDabcd东西南北](?:座|栋|区|塔)(?:{_N}{{1,3}}号)?)"
)
_UNIT = rf"(?:{_N}{{1,2}}(?:单元|门洞|门(?![口前后外面])))"
_ROOM = rf"(?:{_N}{{3,4}}(?:室|房|号房|户)?(?![0-9零一二两三四五六七八九十百千万块元多个年月幺]))"
_FLOOR = rf"(?:负?{_N}{{1,2}}(?:楼|层)(?!的?(?:大爷|大妈|老太|邻居|住户|那家|的那))(?:半)?)"
_NUMBER = rf"(?:{_N}{{1,4}}号(?![楼线码召称院令]|文件))"
_GATE = r"(?:[东西南北正后侧前]|大|小|东南|西北|东北|西南|急诊|小区)(?:大)?门(?:口|外|里)?(?!诊)"
_SIDE = (
    r"(?:马路|路|街|公路|正)?(?:斜)?(?:对面|对过|旁边?|边上|隔壁|后面|后头|前面"
    r"|前头|门前|门口|西头|东头|南头|北头|西侧|东侧|南侧|北侧|左侧|右侧|最东头|最西头|路口"
    r"|村口|拐角|楼下|楼顶|地下室|地下车库|车库|电梯(?:里|内)?|楼道(?:里|内)?|底商"
    r"|大厅|窗口|桥洞|盲道|工地|广场|操场|食堂|停车场|花园|亭子?旁?|公交站|商铺|门面|自习室"
    r"|厕所|车间|仓库?|人行道|非机动车道|候车亭|荒地|空地|地里|加水点|急诊)"
)
_PART = re.compile("|".join((_BUILDING, _UNIT, _FLOOR, _NUMBER, _GATE, _ROOM, _SIDE)))
_ONLY_NUMBER = re.compile(rf"(?:{_NUMBER}[，,、的 ]?)+")
_ONLY_SIDE = re.compile(rf"(?:{_SIDE}|公交站)+")
_ASKS_DETAIL = re.compile(
    r"几号楼|几栋|哪栋|几单元|门牌|房号|几楼|几零几|哪一?户|具体(?:位置|地址|在|是哪)|哪个门|哪一段|哪个位置|几号|哪里|哪儿|什么位置|在哪"
)
_HOME = re.compile(r"我(?:家|们家|自己)?(?:就)?(?:住|是|在)|我家")
MOST_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class _Span:
    turn: int
    start: int
    end: int
    text: str
    weight: float


def read_detail(conversation: Conversation, place: MatterPlace) -> Found[str | None]:
    """The detail of a place, None where the call says no more than the name."""
    if place.place is None:
        return Found(None)
    if place.crossing is not None:
        return Found(f"与{place.crossing.name}交叉口", place.evidence[:1])
    spans = _spans(conversation, place)
    if not spans:
        return Found(None)
    best = max(spans, key=lambda span: (span.weight, span.turn))
    detail = _written(best.text)
    if not detail:
        return Found(None)
    return Found(detail, distinct([_evidence(conversation, best)]), 0.6)


def _evidence(conversation: Conversation, span: _Span) -> Evidence:
    return cite(conversation.call, span.turn, span.start, span.end)


def _spans(conversation: Conversation, place: MatterPlace) -> list[_Span]:
    after_name = {(mention.turn, mention.match.end) for mention in place.mentions}
    on_road = place.place is not None and place.place.kind in {"road", "village", "venue"}
    named_turns = {mention.turn for mention in place.mentions}
    found: list[_Span] = []
    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        operator = conversation.role(turn) == "operator"
        if operator and conversation.denied(turn):
            continue
        asked = not operator and bool(
            _ASKS_DETAIL.search(conversation.question(turn)) or ASKS_WHERE.search(conversation.question(turn))
        )
        taken = [(mention.match.start, mention.match.end) for mention in place.mentions if mention.turn == turn]
        for run_start, end in _runs(text):
            start = max([run_start, *(last for first, last in taken if first <= run_start < last < end)])
            if any(first <= start and end <= last for first, last in taken):
                continue
            near = min((start - at for where, at in after_name if where == turn and 0 <= start - at <= 8), default=None)
            weight = 0.0
            weight += 2.0 if near is not None and near <= 4 else 1.0 if turn in named_turns else 0.0
            weight += 1.2 if asked else 0.0
            weight += 0.8 if operator and conversation.is_recap(turn) else 0.0
            said = text[start:end]
            if _ONLY_NUMBER.fullmatch(said) and (not on_road or re.search("月$", text[:start])):
                continue
            if _ONLY_SIDE.fullmatch(said) and (near is None or near > 2):
                continue
            weight += 0.5 * min(3, len(_PART.findall(said)))
            weight += 0.4 if re.search(_N, said) else 0.0
            if re.match(r"[，,。]?(?:哦|噢|呃|啊)?[，,]?(?:不对|不是|说错|错了)", text[end:]):
                weight = 0.0
            if _HOME.search(text[max(0, start - 6) : start]) and not asked:
                weight -= 0.6
            if weight >= 1.5:
                found.append(_Span(turn, start, end, said, weight))
    return found


def _runs(text: str) -> list[tuple[int, int]]:
    """Stretches of address parts that follow one another."""
    runs: list[tuple[int, int]] = []
    for match in _PART.finditer(text):
        if (
            runs
            and match.start() - runs[-1][1] <= 2
            and re.fullmatch(r"[，,、的 ]*", text[runs[-1][1] : match.start()])
        ):
            runs[-1] = (runs[-1][0], match.end())
        else:
            runs.append((match.start(), match.end()))
    return [(start, end) for start, end in runs if not re.fullmatch(rf"(?:{_N}|[，,、 ])+", text[start:end])]


def _written(text: str) -> str:
    plain = re.sub(r"[，,、 的]", "", text)
    return in_normal_digits(plain)[:MOST_CHARACTERS]
