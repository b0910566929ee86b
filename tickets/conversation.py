"""The call as question and answer: which question a turn replies to, what was confirmed or denied."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.call import Call

_DENIAL = re.compile(r"^(?:不是|勿是|唔系|唔係|弗是|莫是|不对|勿对|唔对|毋是|伓是|错了|没有没有|不不)")
_ASSENT = re.compile(
    r"^(?:[嗯唔噢哦啊哎唉欸诶,，。、]*)(?:对|是|嗯|行|好|可以|中|要得|得|系|係|没错|冇错|无毋着|有|就是|就打|哎|诶|莫得错|完全正确|能|成|着|侪对|是额|对额|对嘞|正确)"
)
_RECAP = re.compile(
    r"核对|核实一下|复述|确认一下|重复一遍|我记一下|给您念|跟您对|您反映的是|您的诉求是|登记的是|记下了|我这边记录|对吗|对吧|是吗|是吧|对不对|没错吧|是这样"
)
_CLAUSE = re.compile(r"[^,，。；;！!？?\n]{1,120}")
MOST_CHARACTERS = 3000
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a turn between punctuation: characters ``start``…``end`` (exclusive)."""

    turn: int
    start: int
    end: int
    text: str


class Conversation:
    """A call with its questions and answers; cheap to build, read by every field."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.citizen = tuple(i for i, turn in enumerate(call.turns) if turn.role == "citizen")
        self.operator = tuple(i for i, turn in enumerate(call.turns) if turn.role == "operator")
        self._texts = tuple(_LONE_SURROGATE.sub("\ufffd", turn.text[:MOST_CHARACTERS]) for turn in call.turns)
        self._clauses: dict[int, tuple[Clause, ...]] = {}

    def text(self, turn: int) -> str:
        """The words of a turn; of a turn longer than any person's only the beginning, so that time stays bounded.

        Each half of a surrogate pair, which no encoding takes, is U+FFFD; every other character stands where it stood.
        """
        return self._texts[turn]

    def role(self, turn: int) -> str:
        """The role of a turn."""
        return self.call.turns[turn].role

    def question(self, turn: int) -> str:
        """What the operator said just before this turn, empty if the turn replies to nothing."""
        return self.text(turn - 1) if turn > 0 and self.role(turn - 1) == "operator" else ""

    def reply(self, turn: int) -> str:
        """What the citizen said just after this turn, empty if nothing."""
        following = turn + 1
        return self.text(following) if following < len(self.call.turns) and self.role(following) == "citizen" else ""

    def is_recap(self, turn: int) -> bool:
        """Whether an operator's turn sums up or reads back."""
        return self.role(turn) == "operator" and bool(_RECAP.search(self.text(turn)))

    def denied(self, turn: int) -> bool:
        """Whether the citizen denies what the operator's turn says."""
        return bool(_DENIAL.match(self.reply(turn).lstrip("嗯啊哎哦，,")))

    def confirmed(self, turn: int) -> bool:
        """Whether the citizen assents to what the operator's turn says."""
        return not self.denied(turn) and bool(_ASSENT.match(self.reply(turn)))

    def clauses(self, turn: int) -> tuple[Clause, ...]:
        """The clauses of a turn."""
        if turn not in self._clauses:
            self._clauses[turn] = tuple(
                Clause(turn, match.start(), match.end(), match[0]) for match in _CLAUSE.finditer(self.text(turn))
            )
        return self._clauses[turn]

    def citizen_clauses(self) -> Iterator[Clause]:
        """All clauses of the citizen in order."""
        for turn in self.citizen:
            yield from self.clauses(turn)

    def citizen_text(self) -> str:
        """All of the citizen's words, a turn a line."""
        return "\n".join(self.text(turn) for turn in self.citizen)
