"""What is told of each candidate for a field, and of there being none, for a learned choice (``logit.py``)."""

from bisect import bisect_left
from collections.abc import Sequence

from tickets.conversation import Conversation
from tickets.fields.logit import MEASURES, Described
from tickets.fields.place import ASKS_WHERE, MatterPlace
from tickets.fields.tagging.candidates import WORDS, Candidate, Candidates, Stretch, neighbours, pair_chances, pieces
from tickets.fields.tagging.features import ASKS_DETAIL, ASKS_HOME, ASKS_PARTY, Encoded

_CITED_STRETCHES = 4


def _step(name: str, value: float, edges: Sequence[float]) -> str:
    return f"{name}{bisect_left(edges, value)}"


_TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_MEANS = (0.05, *_TENTHS)
_LEASTS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
_SHARES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9)
_AMOUNTS = (0.2, 0.5, 1, 2, 3, 5, 8)
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 13, 17)
_MOSTS = (0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95)
_BEST_MOSTS = (0.05, *_TENTHS, 0.95, 0.98)
_TOTALS = (0.05, 0.2, 0.5, 1, 2, 3, 4, 6, 9)


class Description:
    """What is told of each candidate of a call, and of there being none."""

    def __init__(
        self, encoded: Encoded, conversation: Conversation, place: MatterPlace, candidates: Candidates, disposition: str
    ) -> None:
        self._encoded, self._candidates = encoded, candidates
        turns = range(len(encoded.turns))
        operator = [conversation.role(turn) == "operator" for turn in turns]
        self._kind = place.place.kind if place.place is not None else "none"
        self._place = place.place.name if place.place is not None else ""
        self._disposition = disposition
        self._turns = [_of_turn(conversation, encoded, turn) for turn in turns]
        self._said = tuple(
            "|".join(encoded.turns[turn].text for turn in turns if operator[turn] is role) for role in (True, False)
        )
        self._chances = tuple(
            pair_chances(pair for pair in candidates.said if operator[pair[0]] is role) for role in (True, False)
        )
        self._mass = sum(chance for chance in candidates.pairs.values() if chance > 0.12)
        self._most = max(candidates.pairs.values(), default=0.0)
        self._names = {
            encoded.turns[turn].text[name.start : name.end] for turn in turns for name in encoded.names[turn]
        }
        texts = [candidate.text for candidate in candidates.found]
        every = "\n".join(texts)
        self._parts = {text for text in texts if every.count(text) > 1}
        self._wholes = {other for text in self._parts for other in texts if text in other and text != other}
        held = [self._held(candidate.text) for candidate in candidates.found]
        self._best = max((sum(chances) for chances in held), default=0.0)
        self._best_share = max((self._share(chances) for chances in held), default=0.0)

    def all(self) -> list[Described]:
        """Of each candidate in order, then of none."""
        return [*map(self._of, self._candidates.found), self._of_none()]

    def _held(self, text: str) -> list[float]:
        return [self._candidates.pairs.get(pair, 0.0) for pair in neighbours(text)]

    def _share(self, chances: list[float]) -> float:
        """Expected F1 of the candidate's pairs of characters."""
        return 2 * sum(chances) / (len(chances) + self._mass + 1e-6)

    def _of(self, candidate: Candidate) -> Described:
        text = candidate.text
        chances = self._held(text)
        total, count, least = sum(chances), len(chances), min(chances)
        operator, citizen = (
            sum(by_role.get(pair, 0.0) for pair in neighbours(text)) / count for by_role in self._chances
        )
        share = self._share(chances)
        shape = "".join(kind[0] for kind, _ in pieces(text))
        f1, mean = _step("f1-", share, _TENTHS), _step("mean", total / count, _MEANS)
        said = f"said{text in self._said[0]}{text in self._said[1]}"
        marks = [
            "candidate", f1, mean, f1 + mean, said, said + f1,
            _step("least", least, _LEASTS), _step("missing", self._mass - total, _AMOUNTS),
            _step("unlikely", count - total, (0.2, 0.5, 1, 1.5, 2, 3, 4, 6)), _step("length", len(text), _LENGTHS),
            _step("most", self._most, _MOSTS), _step("operator", operator, _SHARES), _step("citizen", citizen, _SHARES),
            _step("behind", self._best - total, (0.01, 0.2, 0.5, 1, 2, 3, 5)),
            "from" + "-".join(sorted(candidate.sources)), *(f"with{source}" for source in candidate.sources),
            f"kind{self._kind}", f"kind{self._kind}{shape}", f"shape{shape}", f"disposition{self._disposition}",
            "end1" + text[-1:], "end2" + text[-2:], "end3" + text[-3:], "begin1" + text[:1], "begin2" + text[:2],
            f"turns{len({stretch.turn for stretch in candidate.stretches})}",
            f"part{text in self._parts}", f"whole{text in self._wholes}",
            f"place{text == self._place}", f"holds{self._place in text if self._place else None}",
            f"named{any(name in text for name in self._names)}",
            f"times{min(4, sum(words.count(text) for words in self._said))}", f"numbers{shape.strip(WORDS[0]) != ''}",
        ]  # fmt: skip
        for stretch in candidate.stretches[:_CITED_STRETCHES]:
            marks += self._around(stretch)
        measures = [share, total / count, least, operator, citizen, (self._mass - total) / 4, (count - total) / 4]
        return marks, [2 * value for value in measures]

    def _around(self, stretch: Stretch) -> list[str]:
        text = self._encoded.turns[stretch.turn].text
        marks = [
            "turn" + self._turns[stretch.turn], f"nth{min(stretch.turn, 6)}",
            "left1" + text[max(0, stretch.start - 1) : stretch.start],
            "left2" + text[max(0, stretch.start - 2) : stretch.start],
            "right1" + text[stretch.end : stretch.end + 1], "right2" + text[stretch.end : stretch.end + 2],
        ]  # fmt: skip
        before = [name.end for name in self._encoded.names[stretch.turn] if name.own and name.end <= stretch.start]
        return [*marks, f"gap{min(stretch.start - max(before), 6)}"] if before else marks

    def _of_none(self) -> Described:
        most = _step("none-most", self._most, _BEST_MOSTS)
        asked = any("d" in turn or "p" in turn for turn in self._turns)
        marks = [
            "none", f"none-kind{self._kind}", f"none-disposition{self._disposition}", most,
            _step("none-mass", self._mass, _TOTALS), _step("none-best", self._best, _TOTALS),
            _step("none-f1-", self._best_share, _TENTHS), f"none-asked{asked}",
            _step("none-f1-", self._best_share, (0.3, 0.6, 0.8)) + f"kind{self._kind}",
            _step("none-most", self._most, (0.3, 0.6, 0.9)) + f"disposition{self._disposition}",
            f"none-turns{min(6, len(self._turns) // 3)}",
        ]  # fmt: skip
        return marks, [0.0] * (MEASURES - 1) + [2 * self._most]


def _of_turn(conversation: Conversation, encoded: Encoded, turn: int) -> str:
    """A turn's part in the call, in letters."""
    named = "N" * any(name.own for name in encoded.names[turn])
    if conversation.role(turn) == "operator":
        reply = "n" if conversation.denied(turn) else "y" * conversation.confirmed(turn)
        return "O" + "r" * conversation.is_recap(turn) + reply + named
    question = conversation.question(turn)
    asked = (("w", ASKS_WHERE), ("d", ASKS_DETAIL), ("h", ASKS_HOME), ("p", ASKS_PARTY))
    return "C" + "".join(letter for letter, asks in asked if question and asks.search(question)) + named
