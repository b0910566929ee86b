"""The words of a call that add most to a score, or take most from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickets.conversation import Clause, Conversation

MOST_WORDS = 3
LONGEST = 16
LEAST = 0.005


@dataclass(frozen=True, slots=True)
class Words:
    """``words`` stand in that turn as they are here; ``contribution`` is what they add to the score."""

    turn: int
    words: str
    contribution: float


def strongest(conversation: Conversation, added: Sequence[NDArray[np.float64]], most: int = MOST_WORDS) -> list[Words]:
    """The stretches inside clauses that add most, strongest first, at most one a clause and each wording once.

    Args:
        conversation: the call.
        added: what each character of each turn adds.
        most: how many at most.
    """
    found: dict[str, Words] = {}
    least = LEAST
    # By what they can reach at most, so that most clauses need no closer look.
    for most_here, clause, here in _clauses(conversation, added):
        if most_here < least:
            break
        start, end, total = _best_stretch(here)
        words = clause.text[start:end].strip()
        if words and total >= LEAST and (words not in found or found[words].contribution < total):
            found[words] = Words(clause.turn, words, round(total, 4))
            if len(found) >= most:
                least = sorted(item.contribution for item in found.values())[-most]
    return sorted(found.values(), key=lambda item: (-item.contribution, item.turn))[:most]


def _clauses(
    conversation: Conversation, added: Sequence[NDArray[np.float64]]
) -> list[tuple[float, Clause, NDArray[np.float64]]]:
    """Clauses with the most that any stretch of them can add, the most promising first."""
    found = []
    for turn, values in enumerate(added):
        sums = np.concatenate([[0.0], np.cumsum(np.maximum(values, 0.0))])
        for clause in conversation.clauses(turn):
            most = float(sums[clause.end] - sums[clause.start])
            if most >= LEAST:
                found.append((most, clause, values[clause.start : clause.end]))
    return sorted(found, key=lambda item: (-item[0], item[1].turn, item[1].start))


def _best_stretch(values: NDArray[np.float64]) -> tuple[int, int, float]:
    """The stretch of at most :data:`LONGEST` characters with the largest sum."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    best = (0, 0, 0.0)
    for length in range(1, min(LONGEST, len(values)) + 1):
        totals = sums[length:] - sums[:-length]
        start = int(totals.argmax())
        if totals[start] > best[2]:
            best = (start, start + length, float(totals[start]))
    return best
