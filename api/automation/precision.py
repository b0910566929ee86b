"""How precise a measured share is, and when it is too low."""

import math
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959964
"""Of a two-sided interval of 95 %."""
FEWEST_SAMPLES: Final = 5
"""Below this many judged tickets nothing is stopped: one slip of an operator must not stop a duty."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with the bounds between which it lies at 95 %."""

    share: float
    low: float
    high: float


def wilson(right: int, of: int) -> Interval | None:
    """The score interval of Wilson (1927), which holds for small numbers and shares near 1; None of nothing."""
    if of == 0:
        return None
    share, square = right / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def too_low(right: int, of: int, wanted: float) -> bool:
    """Whether the share lies below the wanted one with near certainty: even its upper bound does."""
    interval = wilson(right, of)
    return interval is not None and of >= FEWEST_SAMPLES and interval.high < wanted
