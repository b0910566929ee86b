"""What a field may hold: stretches that the tagger or the grammar of positions marks, alone and put together."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tickets.fields.tagging.features import Encoded, landmarks
from tickets.language.positions import numbered_parts, position

Chances = NDArray[np.float64]
LEAST_CHANCE = 0.02
_DETAIL_CUTS = (0.02, 0.06, 0.15, 0.3, 0.55)
_PARTY_CUTS = (0.03, 0.1, 0.25, 0.5)
_DETAIL_GAP = 3
_LONGEST_DETAIL, _LONGEST_PARTY = 26, 14
_MOST_JOINED, _COST_OF_A_PAIR = 12, 0.35
_MOST_CANDIDATES = 220
_MOST_PARTS, _BEAM, _MOST_COMPOSED, _MOST_TO_COMPOSE = 4, 24, 40, 12
_PART_CUTS, _LEAST_OF_A_PART, _COST_OF_A_PART = (0.08, 0.25, 0.5), 0.05, 0.3
_LIKELY_PAIR = 0.12
_NAMING_CUT, _SHARE_OF_NAMING = 0.3, 0.35
"""Characters likelier than the cut name the party; that share of names that likely tells where, too."""
_MARKS = re.compile(r"[，。？！、,.?!；;\s]")
_CLAUSE = re.compile(r"[^，。？！,.?!；;、\n]{1,120}")
_RANGE = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:一直)?到(?=[\u4e00-\u9fff]{2})")
_CROSSING = re.compile(r"交叉|路口|口|交汇|十字")
_OFFICE = re.compile(
    r"(?:社区)?(?:卫生服务中心|卫生服务站|卫生站|卫生院|接种门诊|派出所|法律援助中心|法援中心|劳动人事争议仲裁院|政务服务站|便民服务中心"
    r"|养老院|敬老院|中心小学|小学|中学|幼儿园|居委会|村委会|居委|村委|街道办事处|街道办|政府|办事处)"
)
_NUMBERED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("area", re.compile(r"[0-9一二三四五六七八九]期|[A-Za-z甲乙丙丁东南西北中]区")),
    ("building", re.compile(r"[0-9]{1,4}(?:号楼|栋|幢|座(?!楼|桥)|弄)|[A-Za-z甲乙丙丁](?:座|栋|幢)")),
    ("unit", re.compile(r"[0-9]{1,2}单元")),
    ("room", re.compile(r"[0-9]{3,4}(?:室|房)?(?![0-9米路元号])")),
    ("floor", re.compile(r"[0-9]{1,2}(?:楼|层)")),
    ("group", re.compile(r"[0-9]{1,2}[组社队]")),
)
# Not in the middle of a number
_NUMBER_OF_A_PIECE = re.compile(
    "(?:(?<![0-9])|(?![0-9]))(?:" + "|".join(f"(?P<{kind}>{said.pattern})" for kind, said in _NUMBERED) + ")"
)
_ORDER = ("area", "building", "unit", "floor", "room", "group")
WORDS = "words"
"""Kind of a piece that no number tells apart."""
Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters ``start``…``end`` (exclusive) of a normalised turn."""

    turn: int
    start: int
    end: int


@dataclass(slots=True)
class Candidate:
    """A value that the field may hold, how it was come by, and where it stands."""

    text: str
    sources: set[str] = field(default_factory=set)
    stretches: list[Stretch] = field(default_factory=list)
    parts: list[Stretch] = field(default_factory=list)
    """Where the values stand that it was put together from."""


@dataclass(frozen=True)
class Candidates:
    """All candidates of a field in a call, and how likely each pair of neighbouring characters belongs to it."""

    found: tuple[Candidate, ...]
    said: "tuple[SaidPair, ...]"
    pairs: dict[str, float]


def pieces(text: str) -> list[Piece]:
    """A detail as numbered pieces with their kind, and the words between them."""
    return list(_pieces(text))


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    end = 0
    for match in _NUMBER_OF_A_PIECE.finditer(text):
        if match.start() > end:
            found.append((WORDS, text[end : match.start()]))
        found.append((match.lastgroup or WORDS, match[0]))
        end = match.end()
    if end < len(text):
        found.append((WORDS, text[end:]))
    return tuple(found)


def _corrected(row: list[Piece]) -> list[Piece]:
    """Of each numbered kind the one said last."""
    last = {kind: index for index, (kind, _) in enumerate(row)}
    return [piece for index, piece in enumerate(row) if piece[0] == WORDS or last[piece[0]] == index]


def _merged(row: list[Piece], other: list[Piece]) -> list[Piece]:
    """A detail with the numbers that only the other one tells, in a ticket's order."""
    kinds = {kind for kind, _ in row}
    extra = [piece for piece in other if piece[0] != WORDS and piece[0] not in kinds]
    if not extra:
        return row
    numbers = sorted([piece for piece in row if piece[0] != WORDS] + extra, key=lambda piece: _ORDER.index(piece[0]))
    return numbers + [piece for piece in row if piece[0] == WORDS]


def _written(row: list[Piece]) -> str:
    return "".join(text for _, text in row)


def _runs(chances: Chances, cut: float, gap: int) -> list[list[int]]:
    """Characters likelier than ``cut``, in runs with at most ``gap`` others between two of them."""
    runs: list[list[int]] = []
    for index in np.flatnonzero(chances > cut).tolist():
        if runs and index - runs[-1][-1] <= gap + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _by_turn(encoded: Encoded, chances: Chances) -> tuple[Chances, ...]:
    return tuple(
        chances[start : start + len(turn.text)] for start, turn in zip(encoded.starts, encoded.turns, strict=True)
    )


SaidPair = tuple[int, str, float]
"""A turn, two neighbouring characters that it says, and how likely both belong to the field."""


def _said_pairs(encoded: Encoded, chances: Chances) -> tuple[SaidPair, ...]:
    text = "".join(turn.text for turn in encoded.turns)
    both = np.minimum(chances[:-1], chances[1:])
    likely = np.flatnonzero(both > LEAST_CHANCE / 2)
    turns = np.searchsorted(encoded.starts, likely, side="right") - 1
    ends = {start - 1 for start in encoded.starts}
    return tuple(
        (turn, text[index : index + 2], chance)
        for turn, index, chance in zip(turns.tolist(), likely.tolist(), both[likely].tolist(), strict=True)
        if index not in ends
    )


def pair_chances(said: Iterable[SaidPair]) -> dict[str, float]:
    """How likely two neighbouring characters both belong to the field, at best."""
    pairs: dict[str, float] = {}
    for _, pair, chance in said:
        if chance > pairs.get(pair, 0.0):
            pairs[pair] = chance
    return pairs


Put = Callable[[str, str, Stretch], None]


class _Collected:
    def __init__(self, longest: int) -> None:
        self.found: dict[str, Candidate] = {}
        self._longest = longest

    def put(self, text: str, source: str, stretch: Stretch) -> None:
        candidate = self._of(text, source)
        if candidate is not None:
            candidate.stretches.append(stretch)

    def put_together(self, text: str, source: str, parts: Iterable[Stretch]) -> None:
        known = text in self.found
        candidate = self._of(text, source)
        if candidate is not None and not known:
            candidate.parts = list(parts)

    def _of(self, text: str, source: str) -> Candidate | None:
        if not 1 < len(text) <= self._longest or len(self.found) >= _MOST_CANDIDATES:
            return None
        candidate = self.found.setdefault(text, Candidate(text))
        candidate.sources.add(source)
        return candidate


def detail_candidates(encoded: Encoded, chances: Chances, naming: Chances, *, on_road: bool) -> Candidates:
    """What may be the detail of the place.

    Args:
        encoded: the call.
        chances: of each character to say the detail.
        naming: of each character to name the party, whose name may tell where.
        on_road: the place is a road, which other roads may cross.
    """
    by_turn = _by_turn(encoded, chances)
    said = _said_pairs(encoded, chances)
    pairs = pair_chances(said)
    collected = _Collected(_LONGEST_DETAIL)
    for turn, likely in enumerate(by_turn):
        if likely.max(initial=0.0) < LEAST_CHANCE:
            continue
        _put_runs(encoded, turn, likely, collected.put)
        _put_positions(encoded, turn, likely, collected.put)
        if on_road:
            _put_crossings(encoded, turn, collected.put)
    for candidate in list(collected.found.values()):
        if _RANGE.search(candidate.text):
            written = re.sub(r"[1一]?([段截带])$", "段", _RANGE.sub("至", candidate.text))
            collected.put(written, "range", candidate.stretches[0])
    _put_joined(collected, pairs)
    _put_composed(encoded, by_turn, _by_turn(encoded, naming), pairs, collected)
    return Candidates(tuple(collected.found.values()), said, pairs)


def _put_runs(encoded: Encoded, turn: int, likely: Chances, put: Put) -> None:
    text = encoded.turns[turn].text
    for cut in _DETAIL_CUTS:
        runs = _runs(likely, cut, _DETAIL_GAP)
        for run in runs:
            stretch = Stretch(turn, run[0], run[-1] + 1)
            put(_MARKS.sub("", "".join(text[index] for index in run)), "run", stretch)
            put(_MARKS.sub("", text[run[0] : run[-1] + 1]), "full", stretch)
        if runs:
            joined = _MARKS.sub("", "".join(text[index] for run in runs for index in run))
            put(_written(_corrected(pieces(joined))), "join", Stretch(turn, runs[0][0], runs[-1][-1] + 1))


def _put_positions(encoded: Encoded, turn: int, likely: Chances, put: Put) -> None:
    text = encoded.turns[turn].text
    for match in _CLAUSE.finditer(text):
        start, end = match.span()
        if likely[start:end].max() < LEAST_CHANCE:
            continue
        for begin in {start, *(name.end for name in encoded.names[turn] if start <= name.start and name.end < end)}:
            said = position(text, begin, end)
            if said.parts and likely[said.parts[0].start : said.parts[-1].end].max(initial=0.0) >= LEAST_CHANCE:
                stretch = Stretch(turn, said.parts[0].start, said.parts[-1].end)
                put(
                    "".join(part.written for part in said.parts),
                    "position" if said.complete else "open position",
                    stretch,
                )
    row: list[tuple[int, int, str]] = []
    for part in [*(part for part in numbered_parts(text) if part.kind != "number"), None]:
        if row and (part is None or part.start - row[-1][1] > _DETAIL_GAP):
            stretch = Stretch(turn, row[0][0], row[-1][1])
            if likely[stretch.start : stretch.end].max() >= LEAST_CHANCE:
                put("".join(written for _, _, written in row), "numbers", stretch)
            row = []
        if part is not None:
            row.append((part.start, part.end, part.written))


def _put_crossings(encoded: Encoded, turn: int, put: Put) -> None:
    text = encoded.turns[turn].text
    for name in encoded.names[turn]:
        if not name.own and name.kind == "road" and _CROSSING.search(text, name.end, name.end + 11):
            for end in ("交叉口", "路口"):
                put(f"与{text[name.start : name.end]}{end}", end, Stretch(turn, name.start, name.end))


def _put_joined(collected: _Collected, pairs: dict[str, float]) -> None:
    """Numbers of one candidate added to another, and one behind another."""

    def worth(candidate: Candidate) -> float:
        held = sum(pairs.get(pair, 0.0) for pair in neighbours(candidate.text))
        return held - _COST_OF_A_PAIR * (len(candidate.text) - 1)

    best = sorted(collected.found.values(), key=lambda candidate: (-worth(candidate), candidate.text))[:_MOST_JOINED]
    rows = [_corrected(pieces(candidate.text)) for candidate in best]

    def first(*candidates: Candidate) -> list[Stretch]:
        return [stretch for candidate in candidates for stretch in candidate.stretches[:1]]

    for one, row in zip(best, rows, strict=True):
        for other, second in zip(best, rows, strict=True):
            if one.text in other.text or other.text in one.text:
                continue
            merged = _written(_merged(row, second))
            if merged != one.text:
                collected.put_together(merged, "merge", first(one, other))
            collected.put_together(_written(_corrected(row + second)), "row", first(one, other))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a detail that may be told apart from the rest."""

    text: str
    order: tuple[int, int, int]
    """Where a ticket writes it: numbers by their kind, then the rest as they are told."""
    stretch: Stretch
    chance: float
    """How many of its pairs of characters are expected to belong to the detail."""


def _put_composed(
    encoded: Encoded,
    by_turn: tuple[Chances, ...],
    naming: tuple[Chances, ...],
    pairs: dict[str, float],
    collected: _Collected,
) -> None:
    """Parts that are told in different places of the call, put together as a ticket writes them."""
    parts = _parts(encoded, by_turn, naming, pairs)
    mass = sum(chance for chance in pairs.values() if chance > _LIKELY_PAIR) + 1e-6

    def share(row: tuple[_Part, ...]) -> float:
        """Expected F1 of the row's pairs of characters."""
        return 2 * sum(part.chance for part in row) / (sum(len(part.text) for part in row) - 1 + mass)

    beam: list[tuple[_Part, ...]] = [(part,) for part in parts]
    rows = list(beam)
    for _ in range(_MOST_PARTS - 1):
        longer = [
            (*row, part)
            for row in beam
            for part in parts
            if row[-1].order < part.order and all(_apart(part, other) for other in row)
        ]
        beam = sorted(longer, key=share, reverse=True)[:_BEAM]
        rows += beam
    for row in sorted(rows, key=share, reverse=True)[:_MOST_COMPOSED]:
        text = "".join(part.text for part in row)
        if len(row) == 1:
            collected.put(text, "chunk", row[0].stretch)
        else:
            collected.put_together(text, "composed", (part.stretch for part in row))


def _apart(one: _Part, other: _Part) -> bool:
    if one.text in other.text or other.text in one.text:
        return False
    first, second = one.stretch, other.stretch
    return first.turn != second.turn or first.start >= second.end or second.start >= first.end


def _parts(
    encoded: Encoded, by_turn: tuple[Chances, ...], naming: tuple[Chances, ...], pairs: dict[str, float]
) -> list[_Part]:
    """Runs of likely characters, numbers, landmarks and the party's name, the likeliest first."""
    found: dict[str, _Part] = {}
    for stretch, text, mean in _told_apart(encoded, by_turn, naming):
        count = len(text) - 1
        chance = max(sum(pairs.get(pair, 0.0) for pair in neighbours(text)), mean * count)
        if not 0 < count < _LONGEST_PARTY or chance < _LEAST_OF_A_PART * count:
            continue
        kind = pieces(text)[0][0]
        numbered = kind != WORDS
        order = (_ORDER.index(kind) if numbered else len(_ORDER), 0 if numbered else stretch.turn, stretch.start)
        known = found.get(text)
        if known is None or known.chance < chance:
            found[text] = _Part(text, order, stretch, chance)
    best = sorted(found.values(), key=lambda part: (_COST_OF_A_PART * (len(part.text) - 1) - part.chance, part.text))
    return best[:_MOST_TO_COMPOSE]


def _told_apart(
    encoded: Encoded, by_turn: tuple[Chances, ...], naming: tuple[Chances, ...]
) -> Iterator[tuple[Stretch, str, float]]:
    """Where a part stands, as a ticket writes it, and its least mean chance."""
    for turn, likely in enumerate(by_turn):
        text = encoded.turns[turn].text
        if likely.max(initial=0.0) >= _LEAST_OF_A_PART:
            for run in (run for cut in _PART_CUTS for run in _runs(likely, cut, 0)):
                for match in _CLAUSE.finditer(text, run[0], run[-1] + 1):
                    yield Stretch(turn, *match.span()), match[0], 0.0
            for part in numbered_parts(text):
                yield Stretch(turn, part.start, part.end), part.written, 0.0
            for last, length in landmarks(text):
                start, end = last - length + 1, last + 1
                yield Stretch(turn, start, end), text[start:end], 0.0
        for run in _runs(naming[turn], _NAMING_CUT, 0):
            start, end = run[0], run[-1] + 1
            yield Stretch(turn, start, end), text[start:end], _SHARE_OF_NAMING * float(naming[turn][start:end].mean())


def party_candidates(encoded: Encoded, chances: Chances) -> Candidates:
    """What may be the party's name: as it stands in a turn."""
    by_turn = _by_turn(encoded, chances)
    collected = _Collected(_LONGEST_PARTY)
    for turn, likely in enumerate(by_turn):
        for source, stretch in _names(encoded, turn, likely):
            text = encoded.turns[turn].text[stretch.start : stretch.end]
            if not _MARKS.search(text):
                collected.put(text, source, stretch)
    said = _said_pairs(encoded, chances)
    return Candidates(tuple(collected.found.values()), said, pair_chances(said))


def _names(encoded: Encoded, turn: int, likely: Chances) -> Iterator[tuple[str, Stretch]]:
    if likely.max(initial=0.0) >= LEAST_CHANCE:
        for cut in _PARTY_CUTS:
            for run in _runs(likely, cut, 0):
                yield "run", Stretch(turn, run[0], run[-1] + 1)
    for name in encoded.names[turn]:
        office = _OFFICE.match(encoded.turns[turn].text, name.end)
        if office:
            yield "office", Stretch(turn, name.start, office.end())
        yield "place", Stretch(turn, name.start, name.end)


def neighbours(text: str) -> list[str]:
    """Each pair of neighbouring characters."""
    return [text[index : index + 2] for index in range(len(text) - 1)]
