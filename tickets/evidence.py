"""What a field was read from: the words, exactly as they stand in the call."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tickets.call import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """``words`` stand in ``call.turns[turn].text`` as they are here."""

    turn: int
    words: str

    def to_json(self) -> dict[str, int | str]:
        """The fixed JSON form."""
        return {"turn": self.turn, "words": self.words}


@dataclass(frozen=True)
class Found(Generic[T]):
    """A field's value with the words that it was read from; ``certainty`` 0…1 is how sure the reader is."""

    value: T
    evidence: tuple[Evidence, ...] = ()
    certainty: float = 1.0


def cite(call: Call, turn: int, start: int, end: int) -> Evidence:
    """Evidence for characters ``start``…``end`` (exclusive) of a turn."""
    return Evidence(turn, call.turns[turn].text[start:end])


def distinct(evidence: Iterable[Evidence], limit: int = 6) -> tuple[Evidence, ...]:
    """Evidence without repeats or empty words, in call order, at most ``limit``."""
    return tuple(sorted({item for item in evidence if item.words.strip()}))[:limit]
