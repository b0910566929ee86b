"""How error falls with the minutes trained on, and how many more it takes: a power law and how sure it is.

Error after tuning falls as a power of the data over wide ranges (Hestness et al. 2017, "Deep Learning Scaling is
Predictable, Empirically"). Over narrow ones the exponent is known badly: it is fitted anew to every bootstrap draw of
the recordings, and what the draws say together is the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialect_models.evaluation.bootstrap import CONFIDENCE, SAMPLES, Interval
from dialect_models.evaluation.character_error import Errors

Array = npt.NDArray[np.float64]

_LEAST_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class Measured:
    """Errors of each recording (the same order everywhere) by models trained on so many minutes; 0 is the base."""

    minutes: float
    errors: tuple[Errors, ...]


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``rate(minutes) = level · (minutes / unit) ** -exponent``, as fitted to all and (draws × 2) to each draw."""

    unit: float
    level: float
    exponent: float
    draws: Array
    rates: tuple[Interval, ...]

    @property
    def exponents(self) -> Interval:
        """The exponent with its interval."""
        low, high = _bounds(self.draws[:, 1])
        return Interval(self.exponent, low, high)

    @property
    def falling(self) -> float:
        """The share of draws in which error falls with data."""
        return float((self.draws[:, 1] > 0).mean())

    def rate(self, minutes: float) -> Interval:
        """Error after so many minutes, were the law to hold that far."""
        low, high = _bounds(self.draws[:, 0] * (minutes / self.unit) ** -self.draws[:, 1])
        return Interval(self.level * (minutes / self.unit) ** -self.exponent, low, high)

    def minutes_for(self, rate: float) -> Interval:
        """Minutes until error is that low; infinite where it doesn't fall."""
        value = _minutes(np.array([[self.level, self.exponent]]), self.unit, rate)[0]
        low, high = _bounds(_minutes(self.draws, self.unit, rate))
        return Interval(float(value), low, high)


def fit(points: Sequence[Measured], seed: int = 0) -> PowerLaw:
    """The law through the points with more than no minutes; its rates are of all points in order.

    Raises :class:`ValueError` where there are fewer than two such points, or points of other recordings.
    """
    trained = [point for point in points if point.minutes > 0]
    if len({point.minutes for point in trained}) < 2:
        raise ValueError("a curve needs models trained on at least two amounts of data")
    if len({tuple(e.length for e in point.errors) for point in points}) != 1:
        raise ValueError("the points of a curve are measured on the same recordings")
    edits = np.array([[e.edits for e in point.errors] for point in points], np.float64)
    lengths = np.array([e.length for e in points[0].errors], np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(lengths), (SAMPLES, len(lengths)))
    drawn_rates = edits[:, drawn].sum(axis=2).T / np.maximum(1.0, lengths[drawn].sum(axis=1))[:, None]
    rates = edits.sum(axis=1) / max(1.0, lengths.sum())
    unit = max(point.minutes for point in trained)
    which = [number for number, point in enumerate(points) if point.minutes > 0]
    logs = np.log([points[number].minutes / unit for number in which])
    whole = _fitted(rates[None, which], logs)[0]
    bounds = (_bounds(column) for column in drawn_rates.T)
    intervals = tuple(Interval(float(rate), *pair) for rate, pair in zip(rates, bounds, strict=True))
    return PowerLaw(unit, float(whole[0]), float(whole[1]), _fitted(drawn_rates[:, which], logs), intervals)


def _fitted(rates: Array, logs: Array) -> Array:
    """Level and exponent (draws × 2) by least squares in logarithms."""
    targets = np.log(np.maximum(rates, _LEAST_RATE))
    centred = logs - logs.mean()
    slope = (targets * centred).sum(axis=1) / (centred**2).sum()
    level = np.exp(targets.mean(axis=1) - slope * logs.mean())
    return np.stack([level, -slope], axis=1)


def _minutes(laws: Array, unit: float, rate: float) -> Array:
    level, exponent = laws.T
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        found = unit * (level / rate) ** (1 / exponent)
    # Where error doesn't fall, no amount is enough, or what was measured is.
    return np.where(exponent > 0, found, np.where(level <= rate, unit, np.inf))


def _bounds(draws: Array) -> tuple[float, float]:
    # "lower" and "higher" stay numbers (or infinity) where draws are infinite; between two infinities lies none.
    low = np.quantile(draws, (1 - CONFIDENCE) / 2, method="lower")
    high = np.quantile(draws, (1 + CONFIDENCE) / 2, method="higher")
    return float(low), float(high)
