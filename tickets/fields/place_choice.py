"""What is told of each place that a call names, for a learned choice: the matter's place, a landmark, a home, none.

Names themselves say nothing here, so what was learned in one city holds in another.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tickets.city.model import Place
from tickets.conversation import Conversation
from tickets.fields import logit
from tickets.fields.logit import Described, Ranker

PACKAGED = Path(__file__).with_name("place_choice.npz")
FORMAT = 1
"""Raise it where what is told of a place changes, so that a choice of before isn't read."""
BITS, PENALTY = 16, 4.0
MOST_NAMED = 8
_SCORES = (0.0, 0.3, 0.8, 1.4, 2.0, 3.0, 4.5, 6.5)
_GAPS = (0.01, 0.3, 0.8, 1.5, 2.5, 4.0)
_BONUSES = (0.05, 0.15, 0.3, 0.45)
_EXACTNESSES = (0.45, 0.6, 0.75, 0.9)
_NEAR, _CLOSE = 10, 4
_AREAS = frozenset({"district", "street", "town", "community"})
_UP_TO_MARK = re.compile(r"[^，。？！,.?!；]{0,10}")
_SINCE_MARK = re.compile(r"[^，。？！,.?!；]{0,8}$")
_NUMBER = re.compile(r"[0-9零一二两三四五六七八九十百幺]")


@dataclass(frozen=True, slots=True)
class Naming:
    """A name in a turn that means a place: characters ``start``…``end`` (exclusive), the weight of its part."""

    turn: int
    start: int
    end: int
    weight: float
    exactness: float


@dataclass(frozen=True, slots=True)
class Named:
    """A place with where it is named, the rules' score of it, and what the rest of the call adds."""

    place: Place
    score: float
    bonus: float
    named: Sequence[Naming]


@lru_cache(maxsize=1)
def packaged_choice() -> Ranker:
    """The choice that comes with the package.

    Raises:
        OSError: the file is missing.
        ValueError: the file is not what was packaged, or was made by other code.
    """
    return logit.load(PACKAGED, format=FORMAT)


def save(choice: Ranker, file: Path, calls: int) -> None:
    """Write a choice that was learned from so many calls.

    Raises:
        OSError: the file can't be written.
    """
    logit.save(choice, file, {"format": FORMAT, "calls": calls})


def describe(conversation: Conversation, candidates: Sequence[Named], asks_where: re.Pattern[str]) -> list[Described]:
    """What is told of each candidate, best by the rules first, then of none of them."""
    return _Description(conversation, candidates, asks_where).all()


class _Description:
    def __init__(self, conversation: Conversation, candidates: Sequence[Named], asks_where: re.Pattern[str]) -> None:
        self._conversation, self._candidates = conversation, candidates
        self._asked = any(asks_where.search(conversation.text(turn)) for turn in conversation.operator)
        turns = {naming.turn for item in candidates for naming in item.named}
        self._parts = {turn: _part(conversation, turn, asks_where) for turn in turns}
        self._best = candidates[0].score if candidates else 0.0
        self._order = sorted(
            (naming.turn, naming.start, number) for number, item in enumerate(candidates) for naming in item.named
        )

    def all(self) -> list[Described]:
        return [*map(self._of, range(len(self._candidates))), (self._of_none(), [])]

    def _of_none(self) -> list[str]:
        kinds = {item.place.kind for item in self._candidates}
        best = self._candidates[0].place.kind if self._candidates else ""
        return [
            "none", "none-kinds" + "".join(sorted(kind[0] for kind in kinds - _AREAS)), f"none-best{best}",
            _step("none-score", self._best, _SCORES), f"none-asked{self._asked}",
            f"none-count{min(5, len(self._candidates))}",
        ]  # fmt: skip

    def _of(self, number: int) -> Described:
        item = self._candidates[number]
        kind = item.place.kind
        by_role = {"O": 0, "C": 0}
        for naming in item.named:
            by_role[self._parts[naming.turn][0]] += 1
        recap = any(self._parts[naming.turn].startswith("Or") for naming in item.named)
        inside = any(
            other is not item and item.place.name in {other.place.district, other.place.street, other.place.community}
            for other in self._candidates
        )
        namesakes = min(3, sum(other.place.name == item.place.name for other in self._candidates))
        group = kind if kind in _AREAS else "specific"
        rank, behind = min(3, number), self._best - item.score
        exactness = max(naming.exactness for naming in item.named)
        marks = [
            "candidate", f"kind{kind}", f"rank{rank}", f"rank{rank}{kind}", f"recap{recap}", f"recap{recap}{kind}",
            _step("score", item.score, _SCORES), _step("gap", behind, _GAPS) + group, f"namesakes{namesakes}",
            _step("bonus", item.bonus, _BONUSES), f"citizen{min(4, by_role['C'])}", f"operator{min(4, by_role['O'])}",
            f"times{min(4, by_role['C'])}{min(3, by_role['O'])}{kind}", f"area-of-another{inside}{group}",
            f"best{self._candidates[0].place.kind}{kind}", f"first{self._order[0][2] == number}{group}",
            f"last{self._order[-1][2] == number}{group}", f"alone{len(self._candidates) == 1}",
            _step("exactness", exactness, _EXACTNESSES) + group,
        ]  # fmt: skip
        for naming in item.named[:MOST_NAMED]:
            marks += [*self._in_sentence(naming, kind), *self._beside(naming, kind)]
        return marks, [item.score / 4, item.bonus, behind / 4]

    def _in_sentence(self, naming: Naming, kind: str) -> list[str]:
        """The part that a name plays in its turn, and the words on either side."""
        text, part = self._conversation.text(naming.turn), self._parts[naming.turn]
        before = _NUMBER.sub("0", text[max(0, naming.start - _CLOSE) : naming.start])
        after = _NUMBER.sub("0", text[naming.end : naming.end + _CLOSE])
        marks = [
            f"part{part}",
            f"part{part}{kind}",
            f"nth{min(6, naming.turn)}",
            _step("weight", naming.weight, _SCORES),
        ]
        for size in range(1, _CLOSE + 1):
            marks += [f"left{size}{before[-size:]}", f"right{size}{after[:size]}"]
        for size in (1, 2):
            marks += [f"{kind}left{size}{before[-size:]}", f"{kind}right{size}{after[:size]}"]
        clause = (("A", _UP_TO_MARK.match(text, naming.end)), ("B", _SINCE_MARK.search(text, 0, naming.start)))
        for side, words in clause:
            said = words[0] if words else ""
            marks += [f"{side}{said[start : start + size]}" for size in (1, 2) for start in range(len(said) - size + 1)]
        return marks

    def _beside(self, naming: Naming, kind: str) -> list[str]:
        """The names before and after it in the same turn."""
        text, at = self._conversation.text(naming.turn), bisect_left(self._order, (naming.turn, naming.start, -1))
        marks = []
        for step, neighbours in ((-1, reversed(self._order[:at])), (1, iter(self._order[at:]))):
            for turn, start, number in neighbours:
                if turn == naming.turn and start == naming.start:
                    continue
                if turn == naming.turn:
                    other = self._candidates[number].place
                    gap = (start - naming.end) if step > 0 else naming.start - start - len(other.name)
                    marks.append(f"next{step}{other.kind}{kind}{gap < _NEAR}")
                    if step < 0 and gap < _NEAR:
                        marks.append(f"between{other.kind}{kind}{text[start : naming.start][-2:]}")
                break
        return marks


def _part(conversation: Conversation, turn: int, asks_where: re.Pattern[str]) -> str:
    """A turn's part in the call, in letters."""
    if conversation.role(turn) == "operator":
        reply = "n" if conversation.denied(turn) else "y" * conversation.confirmed(turn)
        return "O" + "r" * conversation.is_recap(turn) + reply
    return "C" + "w" * bool(asks_where.search(conversation.question(turn)))


def _step(name: str, value: float, edges: Sequence[float]) -> str:
    return f"{name}{bisect_left(edges, value)}"
