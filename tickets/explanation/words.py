"""The words of a call that add most to a score, or take most from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickets.conversation import Conversation

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
    for turn, values in enumerate(added):
        for clause in conversation.clauses(turn):
            here = values[clause.start : clause.end]
            if len(here) == 0 or here[here > 0].sum() < LEAST:
                continue
            start, end, total = _best_stretch(here)
            words = clause.text[start:end].strip()
            if words and total >= LEAST and (words not in found or found[words].contribution < total):
                found[words] = Words(turn, words, round(total, 4))
    return sorted(found.values(), key=lambda item: (-item.contribution, item.turn))[:most]


def _best_stretch(values: NDArray[np.float64]) -> tuple[int, int, float]:
    """The stretch of at most :data:`LONGEST` characters with the largest sum."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    best = (0, 0, 0.0)
    for start in range(len(values)):
        ends = sums[start + 1 : start + 1 + LONGEST] - sums[start]
        end = int(ends.argmax())
        if ends[end] > best[2]:
            best = (start, start + end + 1, float(ends[end]))
    return best
