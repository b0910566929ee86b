"""How sure a difference between two systems is: paired bootstrap over recordings (Bisani and Ney 2004)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialect_models.evaluation.character_error import Errors

SAMPLES = 4000
"""Draws of recordings with replacement."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the bounds between which it lies with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Error rates of base and candidate on the same recordings, and candidate less base. Negative is better."""

    base: Interval
    candidate: Interval
    difference: Interval
    recordings: int

    @property
    def relative(self) -> float:
        """Change in the share of the base's errors; −0.2 is a fifth less."""
        return self.difference.value / self.base.value if self.base.value else 0.0


def compare(recordings: Sequence[str], base: Sequence[Errors], candidate: Sequence[Errors], seed: int = 0) -> Compared:
    """Compare two systems utterance by utterance; utterances of a recording are drawn together.

    Raises :class:`ValueError` where there is nothing to compare.
    """
    if not recordings:
        raise ValueError("no recording to compare on")
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for recording, before, after in zip(recordings, base, candidate, strict=True):
        for place, count in enumerate((before.edits, after.edits, before.length)):
            sums[recording][place] += count
    table = np.array(list(sums.values()), dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(table), (SAMPLES, len(table)))
    edits_base, edits_candidate, length = table[drawn].sum(axis=1).T
    whole_base, whole_candidate, whole_length = table.sum(axis=0)
    length, whole_length = np.maximum(length, 1), max(whole_length, 1)

    def interval(value: float, draws: np.ndarray) -> Interval:
        low, high = np.quantile(draws, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
        return Interval(float(value), float(low), float(high))

    return Compared(
        interval(whole_base / whole_length, edits_base / length),
        interval(whole_candidate / whole_length, edits_candidate / length),
        interval((whole_candidate - whole_base) / whole_length, (edits_candidate - edits_base) / length),
        len(table),
    )
