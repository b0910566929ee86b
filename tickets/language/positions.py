"""Positions as callers say them: 三号楼二单元, 北门对过, 第二个桥洞, written as a ticket holds them (北门对面).

A position is a row of parts: numbered ones (building, unit, room…), gates, sides, landmarks, ways (往南) and ordinals.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tickets.language.lexicon import words
from tickets.language.numerals import in_normal_digits

_N = "[0-9零〇一二两三四五六七八九十百幺]"
_NO_COUNT = "(?![0-9零一二两三四五六七八九十百千万块元多个年月日点幺平度米斤])"
NUMBERED = ("area", "building", "unit", "room", "floor", "group", "number")
"""Kinds of parts that a number tells apart, in the order in which a ticket writes them."""

_SIDES: tuple[tuple[str, str], ...] = (
    ("(?:马路|路|街|公路|正)?斜对(?:面|过)", "斜对面"),
    ("(?:马路|路|街|公路|正)?对(?:面|过|门)", "对面"),
    ("旁边|边边上|边上|边仔|旁|侧边|挨边|隔篱", "旁"),
    ("隔壁", "隔壁"),
    ("左手边?|左侧|左边|左面", "左侧"),
    ("右手边?|右侧|右边|右面", "右侧"),
    ("村(?P<way>[东南西北])(?P<end>头?)(?:边|面|侧|上)?(?![门街路村区])", "村{way}{end}"),
    ("村(?P<way>[前后])(?:头|面|边|背)?", "村{way}"),
    ("背后|后背|脚下|下方|上方|上游|下游", "{0}"),
    ("(?P<way>[东南西北])(?:边|面|侧)", "{way}侧"),
    ("(?P<way>[东南西北])头", "{way}头"),
    ("最(?P<way>[东南西北前后里])(?:边|面|头)", "最{way}头"),
    ("门前头?|门口前", "门前"),
    ("门口|门边上?", "门口"),
    ("楼顶上?|天台上?|顶楼|顶上|屋顶上?", "楼顶"),
    ("楼(?:底下|下|脚)", "楼下"),
    ("前(?:头|面|边)?(?=$|[，,、。的那这第]|有|是)", "前"),
    ("后(?:头|面|边|背)?(?=$|[，,、。的那这第]|有|是)", "后"),
    ("里头|里面|里边|里厢|里向|内底|里(?=$|[，,、。的那这]|有)", "内"),
    ("外头|外面|外边|外底|外(?=$|[，,、。的那这]|有)", "外"),
    ("底下|下头|下面|下边", "下"),
    ("上头|上面|上边", "上"),
    ("中间|当中|之间", "中间"),
    ("村口|村头|村尾|路口|巷口|街口|桥头|河对岸|拐角", "{0}"),
    ("底商", "底商"),
    ("附近|一带", "附近"),
)
_GATE = (
    "(?:[东南西北正后侧前偏大小]|东南|西南|东北|西北|急诊|小区|单元|消防|[0-9零一二两三四五六七八九十]{1,2}号(?=门(?!口)))(?:大)?门口?"
    "(?![诊面把卫店市牌铃锁禁票])"
)
_STOP = (
    "我你他她它们您咱俺了没不吗有说看去来打做想要给让把被叫问找得很太都也又再就还才能"
    "会在到从往是的那这个和跟与或过着啥什么怎几年月日天点，。、！？；,修卖开停堵坏新连"
)
_LANDMARK = re.compile(rf"(?P<name>[^{_STOP}\W]{{0,6}}?(?:{'|'.join(words('landmark_kinds'))}))(?!费|员|人|老板|长)")
_JOINT = re.compile(
    r"(?:[那这有彼]|嗰)(?:一?[个家间片块条座侧]|边)|[的那这个嘅额嘞滴格彼咯]|[，,、 ]+|一?[家间](?=[^，。])"
    r"|就(?:是|在|系)|[在靠是]|出来|出去|进去|进来|走过去|过去|再|走|路(?=那)|上(?=$|[，,、。的]|那)"
)
_LEAD = re.compile(
    r"(?:[嗯啊哦噢呃哎唉诶欸]|就|在|是|系|喺|佇|辣|搁|从|由|对|靠|它|他|位置|地点|地址|大概|差不多|应该"
    r"|好像|那个?|这个?|就是说|我们|俺们|咱们|[，,、 ])*"
)
_TRAIL = re.compile(
    r"(?:[的嘛啊呢吧嘞嘅额噻咯啦哈喽哦呀格滴上]|那边|那儿|那里|那头|那片|那一片|这边|这儿|这里|这一片|这片|那块儿?|嗰边|一带|位置|地方|就是|是吧|对吧|是吗|对吗|吗|了)*"
)
_RANGE = re.compile(
    rf"(?P<a>[^{_STOP}\W]{{2,7}})到(?P<b>[^{_STOP}\W]{{2,7}}?)(?:[这那彼]|嗰)?一?(?P<kind>段|截|带)(?:路)?"
    rf"|从(?P<from>[^{_STOP}\W]{{2,7}})(?:一直)?到(?P<to>[^{_STOP}\W]{{2,7}})(?=[，。,]|$)"
)
_BETWEEN = re.compile(
    rf"(?P<a>{_N}{{1,3}}(?:号楼|栋|幢|座|楼|层))[和跟与同]?(?P<b>{_N}{{1,3}}(?:号楼|栋|幢|座|楼|层))(?:的)?(?:中间|之间|当中)"
)


def _digits(text: str) -> str:
    return in_normal_digits(text)


_NUMBERED: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("area", re.compile(r"[一二三四五六七八九十]期"), lambda m: m[0]),
    ("area", re.compile(r"(?:[甲乙丙丁A-Ha-h东南西北中]|[一二三四五六七八九])区(?![长别域间])"), lambda m: m[0]),
    (
        "building",
        re.compile(
            rf"(?:(?!一[栋幢座弄](?!{_N}{{1,2}}单元)){_N}{{1,4}}(?:号楼|[栋幢座](?!楼|房)|号仓|号库|弄)|[甲乙丙丁A-Ha-h](?:座|栋|幢|楼))"
        ),
        lambda m: _digits(m[0]),
    ),
    ("building", re.compile(rf"(?P<n>{_N}{{1,3}})号(?=里|{_N}{{1,2}}单元)里?"), lambda m: _digits(m["n"]) + "号"),
    ("unit", re.compile(rf"{_N}{{1,2}}(?:单元|门洞)"), lambda m: _digits(m[0])),
    (
        "floor",
        re.compile(rf"(?:负|地下){_N}(?:楼|层)|{_N}{{1,3}}[楼层]"),
        lambda m: _digits(m[0]).replace("地下", "负"),
    ),
    ("floor", re.compile(r"底楼|底层"), lambda _: "1楼"),
    (
        "number",
        re.compile(rf"{_N}{{1,6}}号(?:摊位?|铺位?|门面|商铺|窗口?|院|厂房)?(?![线码召称令车机路文楼仓库]|门(?!口))"),
        lambda m: _digits(m[0]),
    ),
    (
        "room",
        re.compile(
            rf"(?P<n>[一二三四五六七八九]千[零一二三四五六七八九十百]{{1,6}}|{_N}{{3,4}})(?:号?房|室|户|号房)?{_NO_COUNT}"
        ),
        lambda m: _digits(m["n"]),
    ),
    ("group", re.compile(rf"{_N}{{1,3}}[社组队](?![长织里员])"), lambda m: _digits(m[0])),
    (
        "group",
        re.compile(
            r"[\u4e00-\u9fff]{1,2}(?:屋场|垸子|湾子|塆|屯|坪)组|[上下东西南北大小前后新老][^\W个几村社区镇乡零一二两三四五六七八九十0-9]{1,3}组(?![长织])"
        ),
        lambda m: m[0],
    ),
)
# Where a numbered part may begin, so that most of a text needs no closer look
_BEGIN = re.compile(rf"{_N}|[甲乙丙丁A-Ha-h东南西北中负地底]")
_ANY_BEGIN = re.compile(r"[\w]")
_COUNTS = frozenset("0123456789零〇一二两三四五六七八九十百幺第点")
_ORDINAL = re.compile(rf"第(?P<n>{_N}{{1,3}})(?P<kind>[家间个栋幢排根棵盏户座道条])")
_WAY = re.compile(r"(?:往|朝|向)(?P<way>[东南西北左右里上下]+)(?:边|面)?(?:走|去|数|拐)?(?!开)")
_DISTANCE = re.compile(
    rf"(?:大概|差不多|大约)?(?P<n>{_N}{{1,5}})(?:来|多)?(?P<unit>米|公里|里路)(?:远|处|左右|吧|的地方)?"
)
_SIDE_PATTERNS = tuple((re.compile(said), written) for said, written in _SIDES)
_GATE_PATTERN = re.compile(_GATE)
_SHOP_BELOW = re.compile(r"(?:楼?(?:底下|下面|楼下|下头)的?(?:那个|那家|那)?)(?:门面|店面|铺面|商铺|店铺)")


@dataclass(frozen=True, slots=True)
class Part:
    """Characters ``start``…``end`` (exclusive) of a text that say where; ``written`` in a ticket's form."""

    start: int
    end: int
    kind: str
    written: str


@dataclass(frozen=True, slots=True)
class Position:
    """Parts in a row; ``complete`` when nothing but filler follows up to the clause's end."""

    parts: tuple[Part, ...]
    complete: bool


def position(text: str, start: int, end: int) -> Position:
    """The position that a clause, characters ``start``…``end`` of a text, begins with."""
    at = _LEAD.match(text, start, end)
    index = at.end() if at else start
    parts: list[Part] = []
    while index < end and not _TRAIL.fullmatch(text, index, end):
        part = _part(text, index, end, parts)
        if part is not None:
            parts.append(part)
            index = part.end
            continue
        joint = _JOINT.match(text, index, end)
        if joint is None or (not parts and joint[0] in {"个"}):
            break
        index = joint.end()
    trail = _TRAIL.match(text, index, end)
    return Position(tuple(parts), (trail.end() if trail else index) == end)


def numbered_parts(text: str) -> list[Part]:
    """Every numbered part in a text, wherever it stands."""
    found: list[Part] = []
    index = 0
    begins = _ANY_BEGIN if "组" in text else _BEGIN
    while begin := begins.search(text, index):
        index = begin.start()
        if between := _BETWEEN.match(text, index):
            index = between.end()
            continue
        part = _numbered(text, index, len(text), found)
        if part is None:
            index += 1
        else:
            found.append(part)
            index = part.end
    return found


def _part(text: str, index: int, end: int, before: list[Part]) -> Part | None:
    if between := _BETWEEN.match(text, index, end):
        return Part(index, between.end(), "between", f"{_digits(between['a'])}和{_digits(between['b'])}中间")
    if shop := _SHOP_BELOW.match(text, index, end):
        return Part(index, shop.end(), "side", "底商")
    if gate := _GATE_PATTERN.match(text, index, end):
        return Part(index, gate.end(), "gate", _digits(gate[0]))
    if numbered := _numbered(text, index, end, before):
        return numbered
    if ordinal := _ORDINAL.match(text, index, end):
        return Part(index, ordinal.end(), "ordinal", f"第{_digits(ordinal['n'])}{ordinal['kind']}")
    for pattern, written in _SIDE_PATTERNS:
        if side := pattern.match(text, index, end):
            return Part(index, side.end(), "side", written.format(side[0], **side.groupdict()))
    if ranged := _RANGE.match(text, index, end):
        return Part(index, ranged.end(), "range", f"{ranged['a'] or ranged['from']}至{ranged['b'] or ranged['to']}段")
    if way := _WAY.match(text, index, end):
        return Part(index, way.end(), "way", f"往{way['way']}")
    if distance := _DISTANCE.match(text, index, end):
        return Part(index, distance.end(), "way", f"{_digits(distance['n'])}{distance['unit']}")
    if landmark := _LANDMARK.match(text, index, end):
        return Part(index, landmark.end(), "landmark", landmark["name"])
    return None


def _numbered(text: str, index: int, end: int, before: list[Part]) -> Part | None:
    previous = text[index - 1] if index else ""
    if previous in _COUNTS:
        return None
    for kind, pattern, written in _NUMBERED:
        match = pattern.match(text, index, end)
        if match is None or (kind == "room" and not _may_be_room(text, index, before)):
            continue
        return Part(index, match.end(), kind, written(match))
    return None


def _may_be_room(text: str, index: int, before: list[Part]) -> bool:
    """A bare number is a room only right behind the building, unit or floor."""
    last = before[-1] if before else None
    return (
        last is not None
        and last.kind in {"building", "unit", "floor"}
        and bool(re.fullmatch(r"[，,、的 ]*", text[last.end : index]))
    )
