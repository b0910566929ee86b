"""The rest of the place beyond its name, in a ticket's form: 3号楼2单元501, 北门对面, 86号.

What is told around the name, answered to "where exactly?" and read back by the operator is put together over the turns:
of each numbered part the likeliest value (a corrected one is dropped), then the position of one turn.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.conversation import Conversation
from tickets.evidence import Found, cite, distinct
from tickets.fields.place import ASKS_WHERE, MatterPlace
from tickets.fields.place_premises import premises
from tickets.fields.place_read_back import read_back
from tickets.language.positions import NUMBERED, Part, numbered_parts, position

_ASKS_DETAIL = re.compile(
    r"几号楼|几栋|哪栋|几单元|门牌|房号|几楼|几零几|哪一?[户侧段头]|具体(?:位置|地址|在|是哪)|哪个门|哪个位置|几号|哪里|哪儿|什么位置|在哪|哪一边|什么(?:店|标志|建筑)"
)
_ASKS_HOME = re.compile(r"您(?:家|自己|本人)?(?:是)?(?:住|家)|住(?:在)?(?:哪|几)")
_HOME = re.compile(
    r"(?:我|俺|阮|阿拉)(?:们)?(?:家|自己|屋)?(?:就)?(?:住|家|是住|厝)(?:在|喺|佇|辣)?[^，。]{0,2}$|我家$|我是$"
)
_NEIGHBOUR = re.compile(r"(?:楼上|楼下|隔壁|对门|邻居|他家|她家|人家)[^，。]{0,3}$")
_OF_PERSONS = re.compile(r"的?(?:大爷|大妈|老太|邻居|住户|那家|那户|的人|老[张李王陈赵刘孙周吴郑]|业主)")
_CORRECTION = re.compile(r"不对|不是|说错|讲错|错了|记错|搞错|现在叫|改叫|改成|勿对|唔系|毋是")
_OFF_NAME = re.compile(r"(?:[这那]边|[这那]里|的|那个?|这个?|小区|里头|里面|我们|哪个|是|[，, ])*")
_NOTED = re.compile(r"(?:[嗯哦]|好的?|行|明白了?|记下了?|记上了?|那就是|知道了)[，,。]")
_ASKS_BADGE = re.compile(r"编号|工号|车牌|单号|几路|多少号|电话|号码")
_ANCHOR = re.compile(
    r"(?:我们|俺们|咱们|阿拉)?(?:小区|院子?|园区|村|学校|医院|市场|公园|商场)(?:里)?(?:的)?|(?:我们|俺们|咱们|阿拉)(?:这儿?|家)?"
)
_NAMED_FIRM = re.compile(
    r"(?:有)?(?:一?[家个间])?(?:厂子?|公司|作坊)?(?:名字|名)?叫(?:做)?(?P<name>[\u4e00-\u9fff]{3,8}?)(?:的|$|(?=[，。]))"
)
_GATE_NAME = re.compile(r"[东南西北]门")
_AREA_FOLLOWS = re.compile(r"那边|这边|那|这|街道|大街|社区|的")
PLAIN_SIDES = frozenset(
    {"楼顶", "楼下", "村口", "东头", "西头", "南头", "北头", "东侧", "西侧", "南侧", "北侧", "门前", "底商"}
)
"""Sides that say where by themselves; 旁 and 外 need a landmark."""
MOST_CHARACTERS = 28
MOST_LEAD = 4
NEXT = 3
CLEAR_WEIGHT = 1.6
LEAST_WEIGHT = 1.0
HOME_WEIGHT, TOLD_WEIGHT = 0.4, 0.9
APART = frozenset({"area", "building", "unit", "room", "group"})
"""Kinds that are read wherever they stand, not only in a position."""


@dataclass(frozen=True, slots=True)
class _Said:
    turn: int
    part: Part
    weight: float
    building: str | None
    """The building named with the part, so that parts of two buildings aren't put together."""


def read_detail(conversation: Conversation, place: MatterPlace, party: str | None = None) -> Found[str | None]:
    """The detail of a place, None where the call says no more than the name.

    Args:
        conversation: the call.
        place: where the matter is.
        party: the firm or shop complained about, whose premises say where more closely.
    """
    if place.place is None:
        return Found(None)
    if place.crossing is not None:
        return Found(f"与{place.crossing.name}交叉口", place.evidence[:1])
    said = list({(item.turn, item.part.start): item for item in _heard(conversation, place)}.values())
    chosen = _chosen([item for item in said if item.weight >= LEAST_WEIGHT]) or _chosen(
        [item for item in said if item.weight >= (HOME_WEIGHT if item.part.kind in NUMBERED else TOLD_WEIGHT)]
    )
    detail = _written([item.part for item in chosen])
    noted = read_back(conversation, place)
    if noted is not None and noted.written not in detail:
        return Found(noted.written, (cite(conversation.call, noted.turn, noted.start, noted.end),), 0.8)
    evidence = distinct(cite(conversation.call, item.turn, item.part.start, item.part.end) for item in chosen)
    shop = premises(conversation, place, party, [item.part for item in chosen]) if party else ""
    return Found(detail + shop or None, evidence, 0.6)


def _heard(conversation: Conversation, place: MatterPlace) -> Iterator[_Said]:
    for turn in range(len(conversation.call.turns)):
        if conversation.role(turn) == "operator" and conversation.denied(turn):
            continue
        yield from _numbers_of(conversation, place, turn)
        yield from _positions_of(conversation, place, turn)
        yield from _told_with_the_matter(conversation, place, turn)


def _names(place: MatterPlace, turn: int) -> list[tuple[int, int]]:
    return [(mention.match.start, mention.match.end) for mention in place.mentions if mention.turn == turn]


def _areas(place: MatterPlace, turn: int) -> list[tuple[int, int]]:
    return [(mention.match.start, mention.match.end) for mention in place.others if mention.turn == turn]


def _area_ends(text: str, areas: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Areas less those that are but gates (西门 is a street too, but 西门出来 is the gate)."""
    return [
        (first, end)
        for first, end in areas
        if not _GATE_NAME.fullmatch(text[first:end]) or _AREA_FOLLOWS.match(text[end:])
    ]


def _turn_weight(conversation: Conversation, place: MatterPlace, turn: int) -> float:
    """How likely a turn tells where the matter is: it names the place, replies to "where?", or reads back."""
    named = bool(_names(place, turn))
    if conversation.role(turn) == "operator":
        sure = conversation.is_recap(turn) or conversation.confirmed(turn)
        if named:
            return 1.4 if sure else 1.2 if _NOTED.match(conversation.text(turn)) else 0.3
        return 1.0 if conversation.is_recap(turn) and conversation.confirmed(turn) else 0.3
    question = conversation.question(turn)
    weight = 1.5 if named else 0.0
    if _asked(conversation, place, turn):
        weight += HOME_WEIGHT if _ASKS_HOME.search(question) and not named else 1.2
    return weight


def _asked(conversation: Conversation, place: MatterPlace, turn: int) -> bool:
    question = conversation.question(turn)
    if not question:
        return False
    return bool(_ASKS_DETAIL.search(question) or ASKS_WHERE.search(question) or _names(place, turn - 1))


def _numbers_of(conversation: Conversation, place: MatterPlace, turn: int) -> Iterator[_Said]:
    """Buildings, units, rooms and groups wherever they stand, with the position that follows right behind."""
    text = conversation.text(turn)
    spans = _names(place, turn) + _areas(place, turn)
    parts = [part for part in numbered_parts(text) if part.kind in APART and not _overlaps(part, spans)]
    weight = _turn_weight(conversation, place, turn)
    home = bool(_ASKS_HOME.search(conversation.question(turn))) and not _names(place, turn)
    building: str | None = None
    first = 0
    for index, part in enumerate(parts):
        building = part.written if part.kind == "building" else building
        first = part.start if not index or part.start > parts[index - 1].end + 2 else first
        later = [other for other in parts[index + 1 :] if other.kind == part.kind and other.start - part.end <= 24]
        if later and _CORRECTION.search(text[part.end : later[0].start]):
            continue
        if part.kind == "area" and not weight:
            continue
        own = weight + (0.5 if part.kind in {"building", "unit", "room"} else 0.0)
        own += 0.6 if _fills_clause(conversation, turn, first, part) else 0.0
        if _elsewhere(text[: part.start], text[part.end :], place, turn, part):
            own = 0.0
        elif home or _HOME.search(text[: part.start]):
            own = min(own, HOME_WEIGHT)
        yield _Said(turn, part, own, building)
        if own >= LEAST_WEIGHT and (index + 1 == len(parts) or parts[index + 1].start > part.end + 2):
            end = next((clause.end for clause in conversation.clauses(turn) if part.start < clause.end), part.end)
            row = position(text, first, end).parts
            for side in row if _closes(row) else ():
                if side.kind not in APART and side.start >= part.end:
                    yield _Said(turn, side, own, None)


def _elsewhere(before: str, after: str, place: MatterPlace, turn: int, part: Part) -> bool:
    """Whether a number belongs to a neighbour, a person spoken of, or another estate than the matter's."""
    if _NEIGHBOUR.search(before) or _OF_PERSONS.match(after):
        return True
    named = [mention for mention in place.others if mention.turn == turn and 0 <= part.start - mention.match.end <= 2]
    return any(option.place.kind in {"estate", "village"} for mention in named for option in mention.match.options)


def _fills_clause(conversation: Conversation, turn: int, first: int, part: Part) -> bool:
    """Whether the row of parts from ``first`` on is all that the clause of its last part says."""
    for clause in conversation.clauses(turn):
        if clause.start <= part.start < clause.end:
            begin = max(first, clause.start)
            return begin - clause.start <= MOST_LEAD and clause.end - part.end <= 1
    return False


def _positions_of(conversation: Conversation, place: MatterPlace, turn: int) -> Iterator[_Said]:
    """Positions behind the name, and clauses that are nothing but a position."""
    text = conversation.text(turn)
    weight = _turn_weight(conversation, place, turn)
    operator = conversation.role(turn) == "operator"
    names, areas = _names(place, turn), _area_ends(text, _areas(place, turn))
    asked = _asked(conversation, place, turn)
    on_road = _on_road(place)
    found = chained = False
    for clause in conversation.clauses(turn):
        start = max([clause.start, *(end for first, end in names + areas if clause.start <= first < clause.end)])
        behind_name = any(end == start for _, end in names)
        said = position(text, start, clause.end)
        numbers = behind_name or chained or (asked and not _ASKS_BADGE.search(conversation.question(turn)))
        parts = _worth_telling(place, said.parts, numbers=numbers)
        firm = _NAMED_FIRM.match(text, start, clause.end) if chained and _holds_firms(place) else None
        if firm and not said.complete:
            yield _Said(turn, Part(firm.start("name"), firm.end("name"), "landmark", firm["name"]), weight, None)
            continue
        kinds = {part.kind for part in parts}
        fits = said.complete or ((behind_name or chained) and _closes(said.parts))
        if operator and not (behind_name or chained):
            continue
        chained = said.complete and (behind_name or chained)
        if not fits or not kinds or (kinds <= {"landmark"} and found):
            continue
        if _HOME.search(text[clause.start : parts[0].start]) or (
            kinds <= {"floor"} and not (behind_name or found or asked)
        ):
            continue
        own = weight + (0.6 if behind_name else 0.0) - (1.0 if kinds <= {"landmark"} and not on_road else 0.0)
        own -= 0.5 if kinds <= {"side"} and parts[-1].written not in PLAIN_SIDES else 0.0
        if len(kinds) >= 3 or (len(kinds) == 2 and kinds & {"gate", "ordinal"}):
            own = max(own, CLEAR_WEIGHT)
        loose = [part for part in parts if part.kind not in APART]
        found = found or bool(loose)
        for part in loose:
            yield _Said(turn, part, own, None)


def _told_with_the_matter(conversation: Conversation, place: MatterPlace, turn: int) -> Iterator[_Said]:
    """我们小区南门外头全是烧烤摊: a position behind a word for the place, before its name is asked for."""
    if conversation.role(turn) == "operator" or _names(place, turn):
        return
    text = conversation.text(turn)
    for clause in conversation.clauses(turn):
        within = position(text, clause.start, clause.end).parts if clause.text.startswith("村") else ()
        if within and _closes(within) and within[0].written != "村口":
            for part in within:
                if part.kind not in APART:
                    yield _Said(turn, part, TOLD_WEIGHT, None)
            return
        for anchor in _ANCHOR.finditer(clause.text):
            row = position(text, clause.start + anchor.end(), clause.end).parts
            if not _closes(row) or row[0].kind in APART or not {part.kind for part in row} & {"gate", "side"}:
                continue
            for part in row:
                if part.kind not in APART:
                    yield _Said(turn, part, TOLD_WEIGHT, None)
            return


def _worth_telling(place: MatterPlace, parts: tuple[Part, ...], *, numbers: bool) -> tuple[Part, ...]:
    """Parts less those that repeat the name, and less numbers that are no door's (a date, a badge)."""
    name = place.place.name if place.place is not None else ""
    on_road = _on_road(place)
    kept: list[Part] = []
    for part in parts:
        beside = bool(kept) and kept[-1].kind in {"area", "landmark", "floor", "gate", "side"}
        if part.kind == "landmark" and part.written in name:
            continue
        if part.kind == "number" and not (numbers and (on_road or beside or part.written[-1] != "号")):
            continue
        kept.append(part)
    return tuple(kept)


def _holds_firms(place: MatterPlace) -> bool:
    """Whether a firm's name says where: in a village or an industrial park, not in a housing estate."""
    return place.place is not None and (
        place.place.kind == "village" or place.place.name.endswith(("工业园", "产业园"))
    )


def _on_road(place: MatterPlace) -> bool:
    return place.place is not None and place.place.kind in {"road", "village"}


def _closes(parts: tuple[Part, ...]) -> bool:
    """Whether parts before a predicate (北门对面|有个坑) are a position by themselves."""
    if not parts or parts[-1].kind == "way":
        return False
    return len(parts) > 1 or parts[0].kind not in {"landmark", "side"} or parts[0].written in PLAIN_SIDES


def _overlaps(part: Part, spans: list[tuple[int, int]]) -> bool:
    return any(first < part.end and part.start < end for first, end in spans)


def _chosen(said: list[_Said]) -> list[_Said]:
    """Of each numbered kind the likeliest value, then the positions of the likeliest turn, in a ticket's order."""
    numbered: list[_Said] = []
    building: str | None = None
    for kind in NUMBERED:
        item = _likeliest([item for item in said if item.part.kind == kind and item.building in {None, building}])
        if kind == "building" and (item := _likeliest([item for item in said if item.part.kind == kind])):
            building = item.part.written
        if item is not None:
            numbered.append(item)
    positions = _of_likeliest_turn([item for item in said if item.part.kind not in NUMBERED], numbered)
    positions = [item for index, item in enumerate(positions) if _leads_on(item, positions[index + 1 :])]
    told = {(item.part.kind, item.part.written): item for item in said if positions and item.turn == positions[0].turn}
    numbered = [told.get((item.part.kind, item.part.written), item) for item in numbered]
    kinds = {item.part.kind for item in numbered}
    if "room" in kinds:
        numbered = [item for item in numbered if item.part.kind != "floor"]
    if "group" in kinds:
        numbered = _with_neighbouring_groups(numbered, said)
    turns = {item.turn for item in [*numbered, *positions]}
    if kinds & {"building", "unit", "room"} or len(turns) > 1:
        return [*numbered, *positions]
    return sorted([*numbered, *positions], key=lambda item: item.part.start)


def _likeliest(said: list[_Said]) -> _Said | None:
    votes: dict[str, float] = defaultdict(float)
    for item in said:
        votes[item.part.written] += item.weight
    return max(said, key=lambda item: (votes[item.part.written], item.weight, -item.turn), default=None)


def _of_likeliest_turn(said: list[_Said], numbered: list[_Said]) -> list[_Said]:
    """The positions of the likeliest turn; a longer one that begins with it says the same more closely."""
    by_turn: dict[int, list[_Said]] = defaultdict(list)
    for item in sorted(said, key=lambda item: (item.turn, item.part.start)):
        by_turn[item.turn].append(item)
    for turn, items in by_turn.items():
        bare = all(item.part.kind in {"landmark", "way"} for item in items)
        if bare and numbered and turn not in {item.turn for item in numbered}:
            by_turn[turn] = []
    best = max(by_turn.values(), key=lambda items: max((item.weight for item in items), default=0.0), default=[])
    told = _joined(best)
    longer = [items for items in by_turn.values() if told and _joined(items).startswith(told)]
    return max(longer, key=lambda items: len(_joined(items)), default=best)


def _leads_on(item: _Said, following: list[_Said]) -> bool:
    """Whether a way (往南) leads to the next part, so that it says where; every other part does by itself."""
    return item.part.kind != "way" or (bool(following) and following[0].part.start - item.part.end <= NEXT)


def _joined(said: list[_Said]) -> str:
    return "".join(item.part.written for item in said)


def _with_neighbouring_groups(numbered: list[_Said], said: list[_Said]) -> list[_Said]:
    """三社四社: both groups of the turn."""
    groups = [next(item for item in numbered if item.part.kind == "group")]
    for item in said:
        if (
            item.part.kind == "group"
            and item.turn == groups[-1].turn
            and 0 <= item.part.start - groups[-1].part.end <= 1
        ):
            groups.append(item)
    return [item for item in numbered if item.part.kind != "group"] + groups


def _written(parts: list[Part]) -> str:
    joined = "".join(
        ("、" if index and parts[index - 1].kind == part.kind == "group" else "") + part.written
        for index, part in enumerate(parts)
    )
    return joined[:MOST_CHARACTERS]
