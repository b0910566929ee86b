"""What an encoder makes of somebody's speech, as one vector however long it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """The sum of an encoder's states over ``positions`` of its output (20 ms each for Whisper)."""

    positions: int
    total: Vector

    @property
    def mean(self) -> Vector:
        """The mean state."""
        return self.total / max(1, self.positions)


def pooled(states: npt.NDArray[Any]) -> Pooled:
    """Sum of states (positions × width)."""
    return Pooled(len(states), states.sum(axis=0, dtype=np.float64))


def pool(parts: Iterable[Pooled]) -> Pooled | None:
    """All parts as one; None where nothing was heard."""
    heard = [part for part in parts if part.positions]
    if not heard:
        return None
    return Pooled(sum(part.positions for part in heard), np.sum([part.total for part in heard], axis=0))
