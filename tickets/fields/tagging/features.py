"""What the tagger looks at for each character of a call: its surroundings, the names near it, the part its turn plays.

Names of places are masked by their kind, so that nothing is learned of one city's names. Features are hashed.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from tickets.city.gazetteer import NameMatch
from tickets.city.model import PLACE_KINDS
from tickets.conversation import Conversation
from tickets.fields.place import ASKS_WHERE, MatterPlace
from tickets.fields.tagging.normalised import Normalised, normalise
from tickets.language.lexicon import words
from tickets.language.segmentation import segmented

Ints = NDArray[np.int64]

CODE_BITS = 24
PAIR_BITS = 16
_PAD = 6
_STOPS = frozenset("，。？！,.?!；;\n")
ASKS_DETAIL = re.compile(
    r"几号楼|几栋|哪栋|几单元|门牌|房号|几楼|几零几|哪一?[户侧段头]|具体(?:位置|地址|在|是哪)|哪个门|哪个位置|几号|哪里|哪儿"
    r"|什么位置|在哪|哪一边|什么(?:店|标志|建筑)"
)
ASKS_HOME = re.compile(r"您(?:家|自己|本人)?(?:是)?(?:住|家)|住(?:在)?(?:哪|几)")
ASKS_PARTY = re.compile(
    r"哪家|哪间|店名|什么店|叫什么|叫啥|全称|是谁|哪个(?:公司|单位|厂|平台|物业|店|老师|机构|学校|科室|窗口|人)"
    r"|(?:公司|店|商家|企业|单位|旅行社|机构|物业|开发商|厂|学校|医院|平台|对方|老板|他|她)的?(?:名字|名称|姓什么|姓啥|是哪)"
)
_HOME = re.compile(r"(?:我|俺|阮|阿拉|我们|我哋)(?:家)?(?:就|是)?(?:住|家|屋企|厝)")
_WRITES = re.compile(r"(?:位置|地点|地址)[^，。]{0,4}(?:写|是|记|登记)")
_CORRECTION = re.compile(r"不对|不是|说错|讲错|错了|记错|搞错|勿对|唔系|毋是")
_CLAUSE = re.compile(r"[^，。？！,.?!；;\n]{1,60}[，。？！,.?!；;\n]*")
_POSITION_WORDS = (
    r"[东南西北正后侧前偏大]大?门口?|[0-9]{1,2}号门|出站口|入口|出口|门口",
    r"斜?对面|[左右东南西北内外前后]侧|旁|隔壁|楼顶|楼下|底商|门前|路口|巷口|村口|桥头|尽头|拐角|之间|附近",
    r"[往朝向][东南西北左右里上下]+|以[东南西北]|过去|进去|出来",
    r"[0-9]+(?:来|多)?(?:米|公里|里)",
    r"第[0-9]+[家间个栋幢排根棵盏户座道条]",
    r"[0-9]{1,4}(?:号楼|栋|幢|座)|[A-Za-z甲乙丙丁](?:座|栋|区)",
    r"[0-9]{1,2}单元",
    r"[0-9]{1,3}[楼层]",
    r"[0-9]{1,3}[社组队]",
    r"[0-9]{1,5}号",
    r"[0-9]{3,4}(?![0-9米元块])",
    r"[一二三四五六七八九0-9]期",
)
_POSITION = re.compile("|".join(f"(?P<k{index}>{said})" for index, said in enumerate(_POSITION_WORDS)))
_KEPT_OF_A_NAME = {"venue": 2}
"""Characters of a masked name that stay: 医院, 小学 of a venue, the last of every other."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A place's name at characters ``start``…``end`` (exclusive) of a normalised turn; ``own``: the matter's place."""

    start: int
    end: int
    own: bool
    kind: str


@dataclass(frozen=True)
class Encoded:
    """A call as the tagger reads it: a row of ``codes`` a character, turn after turn."""

    turns: tuple[Normalised, ...]
    starts: tuple[int, ...]
    """Row of each turn's first character."""
    names: tuple[tuple[NameSpan, ...], ...]
    """Names of places by turn."""
    codes: NDArray[np.int32]
    clauses: NDArray[np.int32]
    """The clause of each row; rows of one clause are tagged as one sequence."""
    pairs: NDArray[np.int32]
    """Hashes of each pair of neighbouring characters, to count how common they are."""


@cache
def _kinds(name: str) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for word in words(name):
        written = normalise(word).text
        automaton.add_word(written, len(written))
    automaton.make_automaton()
    return automaton


def landmarks(text: str) -> list[tuple[int, int]]:
    """Last character and length of each word for a landmark."""
    return list(_kinds("landmark_kinds").iter(text))


def encode(conversation: Conversation, place: MatterPlace, common: NDArray[np.uint16] | None) -> Encoded:
    """Read a call character by character.

    Args:
        conversation: the call.
        place: where the matter is, with the names heard.
        common: how many calls of the training set each pair of characters stands in, by its hash; None before training.
    """
    turns = tuple(normalise(conversation.text(turn)) for turn in range(len(conversation.call.turns)))
    names = _names(place, turns)
    layers = [_Layers(conversation, turn, turns[turn].text, names[turn], names) for turn in range(len(turns))]
    sizes = [len(turn.text) for turn in turns]
    starts = tuple(np.cumsum([0, *sizes])[:-1].tolist()) if sizes else ()
    rows = [layer.rows() for layer in layers]
    joined = _joined(rows)
    at = np.flatnonzero(joined[_ROW["inside"]])
    _add_repeats(joined, at, conversation, layers, common)
    kind = PLACE_KINDS.index(place.place.kind) + 1 if place.place is not None else 0
    codes = _hashed(joined, at, kind)
    clauses, offset = [], 0
    for layer in layers:
        clauses.append(layer.clauses + offset)
        offset += layer.count + 1
    return Encoded(
        turns,
        starts,
        names,
        codes,
        np.concatenate(clauses).astype(np.int32) if clauses else np.zeros(0, np.int32),
        _pair_hashes(joined[_ROW["raw"], at], joined[_ROW["raw"], at + 1]),
    )


def _names(place: MatterPlace, turns: tuple[Normalised, ...]) -> tuple[tuple[NameSpan, ...], ...]:
    found: list[list[NameSpan]] = [[] for _ in turns]
    for own, mentions in ((True, place.mentions), (False, place.others)):
        for mention in mentions:
            begins = [first for first, _ in turns[mention.turn].spans]
            start, end = (bisect_left(begins, edge) for edge in (mention.match.start, mention.match.end))
            if start < end:
                found[mention.turn].append(NameSpan(start, end, own, _kind(mention.match)))
    return tuple(map(tuple, found))


def _kind(match: NameMatch) -> str:
    kinds = sorted({option.place.kind for option in match.options})
    return "venue" if "venue" in kinds else kinds[0]


_LAYERS = (
    "inside", "raw", "character", "distance", "part", "question", "moment", "landmark", "firm", "clause", "begin",
    "position", "pair", "repeat", "word", "before", "after",
)  # fmt: skip
_ROW = {name: index for index, name in enumerate(_LAYERS)}


class _Layers:
    """Numbers for each character of a turn."""

    def __init__(
        self,
        conversation: Conversation,
        turn: int,
        text: str,
        names: tuple[NameSpan, ...],
        all_names: tuple[tuple[NameSpan, ...], ...],
    ) -> None:
        self.raw = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
        self.operator = conversation.role(turn) == "operator"
        self._size = len(text)
        question = "" if self.operator else conversation.question(turn)
        self._part = self._part_of(conversation, turn, own=any(name.own for name in names))
        self._question = (
            bool(ASKS_WHERE.search(question))
            | bool(ASKS_DETAIL.search(question)) << 1
            | bool(ASKS_PARTY.search(question)) << 2
            | bool(ASKS_HOME.search(question)) << 3
            | (turn > 0 and any(name.own for name in all_names[turn - 1])) << 4
            | self.operator << 5
        )
        self._moment = min(turn, 5) | min(len(conversation.call.turns) - turn, 4) << 4
        self._text, self._names = text, names
        self.clauses, self.count = np.zeros(self._size, np.int64), 0

    def _part_of(self, conversation: Conversation, turn: int, *, own: bool) -> int:
        if not self.operator:
            return own << 4
        reply = 2 if conversation.denied(turn) else int(conversation.confirmed(turn))
        return 1 | conversation.is_recap(turn) << 1 | reply << 2 | own << 4

    def rows(self) -> Ints:
        """One row a layer, one column a character."""
        rows = np.zeros((len(_LAYERS), self._size), np.int64)
        rows[_ROW["inside"]] = 1
        rows[_ROW["raw"]] = self.raw
        character = self.raw.copy()
        character[(self.raw >= ord("0")) & (self.raw <= ord("9"))] = ord("0")
        text = self._text
        for index, letter in enumerate(text):
            if letter in _STOPS:
                character[index] = ord("，")
        distance = rows[_ROW["distance"]]
        for name in self._names:
            keep = _KEPT_OF_A_NAME.get(name.kind, 1)
            character[name.start : max(name.start, name.end - keep)] = (
                0xE000 + PLACE_KINDS.index(name.kind) * 2 + name.own
            )
        self._mark_distance(distance)
        rows[_ROW["character"]] = character
        rows[_ROW["part"]], rows[_ROW["question"]], rows[_ROW["moment"]] = self._part, self._question, self._moment
        self._mark_kinds("landmark_kinds", rows[_ROW["landmark"]])
        self._mark_kinds("party_kinds", rows[_ROW["firm"]])
        self._mark_clauses(rows[_ROW["clause"]], rows[_ROW["begin"]])
        for match in _POSITION.finditer(text):
            kind = (int((match.lastgroup or "k0")[1:]) + 1) * 4
            rows[_ROW["position"], match.start() : match.end()] = kind
            rows[_ROW["position"], match.start()] += 1
            rows[_ROW["position"], match.end() - 1] += 2
        self._mark_words(rows)
        return rows

    def _mark_words(self, rows: Ints) -> None:
        """The class of a character's word and where in it the character stands; class and length of its neighbours."""
        row = segmented(self._text)
        beside = [0, *[kind * 3 + (length if length < 2 else 2) for length, kind in row], 0]
        word: list[int] = []
        before: list[int] = []
        after: list[int] = []
        for index, (length, kind) in enumerate(row):
            first = kind * 4 + 5
            if length == 1:
                word.append(first - 1)
                before.append(beside[index])
                after.append(beside[index + 2])
            else:
                word += [first, *[first + 1] * (length - 2), first + 2]
                before += [beside[index]] * length
                after += [beside[index + 2]] * length
        rows[_ROW["word"]], rows[_ROW["before"]], rows[_ROW["after"]] = word, before, after

    def _mark_distance(self, distance: Ints) -> None:
        """How far behind the last name a character stands, up to the end of its sentence."""
        for name in sorted(self._names, key=lambda name: name.start):
            end = min(self._size, name.end + 24)
            stop = next((i for i in range(name.end, end) if self._text[i] in "。？！"), end)
            for index in range(name.end, stop):
                step = index - name.end + 1
                distance[index] = 3 + 2 * (1 if step == 1 else 2 if step <= 3 else 3 if step <= 8 else 4) + name.own
            distance[name.start : name.end] = 1 + name.own

    def _mark_kinds(self, name: str, layer: Ints) -> None:
        """Inside (1) or at the end (2) of a word for a kind, and how far it is to the next such end in the clause."""
        found = list(_kinds(name).iter(self._text))
        if not found:
            return
        marked = [0] * self._size
        for last, length in found:
            marked[last - length + 1 : last + 1] = [1] * length
        ends = {last for last, _ in found}
        ahead = 0
        for index in range(max(ends), -1, -1):
            if index in ends:
                ahead, marked[index] = 1, 2
            elif self._text[index] in _STOPS:
                ahead = 0
            elif ahead:
                ahead = min(ahead + 1, 9)
            marked[index] = marked[index] * 10 + ahead
        layer[:] = marked

    def _mark_clauses(self, layer: Ints, begin: Ints) -> None:
        text = self._text
        for match in _CLAUSE.finditer(text):
            self.count += 1
            first, end = match.span()
            said = match[0]
            sort = 2 if _WRITES.search(said) else 1 if _HOME.search(said) else 0
            near = (
                bool(_CORRECTION.search(text, end, end + 8))
                | bool(_CORRECTION.search(text, max(0, first - 10), first)) << 1
                | bool(_CORRECTION.search(said)) << 2
            )
            self.clauses[first:end] = self.count
            layer[first:end] = near | sort << 3 | min(min(len(said), 15) // 4, 3) << 6
            begin[first:end] = ord(said[0]) * 31 + (ord(said[1]) if len(said) > 1 else 0)


def _joined(rows: list[Ints]) -> Ints:
    gap = np.zeros((len(_LAYERS), _PAD), np.int64)
    gap[_ROW["character"]] = 2
    parts = [gap]
    for turn in rows:
        parts += [turn, gap]
    return np.concatenate(parts, axis=1)


def _pair_hashes(first: Ints, second: Ints) -> NDArray[np.int32]:
    mixed = first.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ second.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed ^= mixed >> np.uint64(31)
    return ((mixed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - PAIR_BITS)).astype(np.int32)


def _add_repeats(
    joined: Ints, at: Ints, conversation: Conversation, layers: list[_Layers], common: NDArray[np.uint16] | None
) -> None:
    """What the other party says too, what stands in several turns, and how common each pair of characters is."""
    raw = joined[_ROW["raw"]]
    turn_of = np.repeat(np.arange(len(layers)), [layer.raw.size for layer in layers])
    operator = np.array([layer.operator for layer in layers], bool)[turn_of] if len(layers) else np.zeros(0, bool)
    pair = raw[at] << 21 | raw[at + 1]
    pair[raw[at + 1] == 0] = 0
    triple = pair << 21 | raw[at + 2]
    triple[raw[at + 2] == 0] = 0
    shared = np.zeros(joined.shape[1], bool)
    by_other = np.where(operator, np.isin(triple, triple[~operator]), np.isin(triple, triple[operator])) & (triple != 0)
    for shift in range(3):
        shared[at[by_other] + shift] = True
    kinds, where = np.unique(pair, return_inverse=True)
    seen = np.unique(where * max(1, len(layers)) + turn_of)
    counts = np.minimum(np.bincount(seen // max(1, len(layers)), minlength=kinds.size), 3)[where]
    counts[pair == 0] = 0
    in_turns = np.zeros(joined.shape[1], np.int64)
    in_turns[at] = counts
    before = np.roll(in_turns, 1)
    joined[_ROW["repeat"]] = shared | np.maximum(in_turns, before) << 1
    if common is not None:
        rarity = np.minimum(np.log2(common[_pair_hashes(raw[at], raw[at + 1])].astype(np.float64) + 1), 7).astype(
            np.int64
        )
        rarity[pair == 0] = 8
        joined[_ROW["pair"], at] = rarity


def _templates() -> Iterator[tuple[tuple[str, int], ...]]:
    """Features as conjunctions of layers at offsets from the character."""
    c = "character"
    yield from (((c, offset),) for offset in range(-4, 5))
    yield from (((c, offset), (c, offset + 1)) for offset in range(-3, 3))
    yield from (((c, offset), (c, offset + 1), (c, offset + 2)) for offset in range(-3, 2))
    yield from (((c, offset), (c, offset + 1), (c, offset + 2), (c, offset + 3)) for offset in range(-3, 1))
    yield from ((("distance", offset),) for offset in (-1, 0, 1))
    for other in (c, "part", "question", "kind"):
        yield (("distance", 0), (other, 0))
    yield from ((("part", 0),), (("question", 0),), (("moment", 0),), (("part", 0), ("question", 0)))
    yield from ((("kind", 0), (c, 0)), (("kind", 0), ("landmark", 0)))
    for layer in ("landmark", "firm"):
        yield ((layer, 0),)
        yield ((layer, 0), (layer, -1))
        for other in ("part", "question", "distance", "repeat"):
            yield ((layer, 0), (other, 0))
    yield from ((("repeat", 0),), (("repeat", 0), ("repeat", -1), ("repeat", 1)))
    for other in ("part", "distance", c):
        yield (("repeat", 0), (other, 0))
    yield from ((("clause", 0),), (("clause", 0), ("part", 0)), (("clause", 0), ("distance", 0)), (("begin", 0),))
    yield from (((c, 0), ("question", 0)), ((c, 0), ("part", 0)))
    yield from (((c, 0), (c, 1), ("question", 0)), ((c, -1), (c, 0), ("question", 0)))
    yield (("pair", -2), ("pair", -1), ("pair", 0), ("pair", 1))
    yield (("pair", -1), ("pair", 0))
    for other in ("firm", "question", "part", "repeat"):
        yield (("pair", -1), ("pair", 0), (other, 0))
    yield from ((("position", offset),) for offset in (-2, -1, 0, 1, 2))
    yield from ((("position", -1), ("position", 0)), (("position", 0), ("position", 1)))
    yield (("position", -1), ("position", 0), ("position", 1))
    for other in ("distance", "part", "question", "kind", "repeat", "landmark"):
        yield (("position", 0), (other, 0))
    yield (("position", -1), (c, 0))
    w = "word"
    yield from (((w, offset),) for offset in (-1, 0, 1))
    yield from (((w, -1), (w, 0)), ((w, 0), (w, 1)), ((w, -1), (w, 0), (w, 1)))
    yield from (((w, 0), ("after", 0)), ((w, 0), ("before", 0)), ((w, 0), ("before", 0), ("after", 0)))
    for other in (c, "distance", "part", "question", "position", "landmark", "firm", "repeat"):
        yield ((w, 0), (other, 0))
    yield from (((w, 0), ("after", 0), ("distance", 0)), ((w, 0), ("after", 0), ("question", 0)))
    yield ((w, 0), ("pair", -1), ("pair", 0))
    yield from (((c, 0), ("after", 0)), ((c, 0), ("before", 0)))


TEMPLATES = tuple(_templates())
_BY_LENGTH = sorted(range(len(TEMPLATES)), key=lambda index: len(TEMPLATES[index]))
_ITEMS = tuple(dict.fromkeys(item for template in TEMPLATES for item in template))
_DEEPEST = max(map(len, TEMPLATES))
# Templates are hashed in the order of their length, so that those with an item at a depth are the last ones
_BEGINS = tuple(next(at for at, index in enumerate(_BY_LENGTH) if len(TEMPLATES[index]) > d) for d in range(_DEEPEST))
_AT_DEPTH = tuple(
    np.array([_ITEMS.index(TEMPLATES[index][depth]) for index in _BY_LENGTH[begin:]])
    for depth, begin in enumerate(_BEGINS)
)
_SEEDS = ((np.array(_BY_LENGTH, np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))[:, None]
_COLUMNS = np.argsort(_BY_LENGTH)


def _hashed(joined: Ints, at: Ints, kind: int) -> NDArray[np.int32]:
    """A column of hashes a template."""
    layers = np.vstack([joined, np.full(joined.shape[1], kind)]).astype(np.uint64) + np.uint64(1)
    items = np.stack([layers[_ROW.get(layer, len(_LAYERS)), at + offset] for layer, offset in _ITEMS])
    mixed = np.repeat(_SEEDS, at.size, axis=1)
    for depth, begin in enumerate(_BEGINS):
        mixed[begin:] ^= items[_AT_DEPTH[depth]]
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xC2B2AE3D27D4EB4F)
    mixed >>= np.uint64(64 - CODE_BITS)
    return np.ascontiguousarray(mixed.astype(np.int32)[_COLUMNS].T)
