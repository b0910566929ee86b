"""From what a ticket was decided on to the chance that it is right, and from a wanted precision to a least confidence.

A logistic regression (Platt, 1999) over a few signals, fitted to calls that the models were not trained on
(``validation.py``). Without such calls nothing is known of the chance, so every ticket waits for a person.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickets.assessment import Assessment

SIGNALS = (
    "constant",
    "share",
    "lead over the next",
    "place",
    "grassroots",
    "redirect",
    "answer",
    "emergency",
    "danger",
    "nothing",
    "sent outside",
    "services complete",
)
COMPARED = 5
SMALLEST, LARGEST = 0.01, 0.995
UNKNOWN = 0.5
NEVER = 1.01
WANTED = tuple(round(0.5 + 0.005 * step, 3) for step in range(100))
FEWEST = 60
PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """``weights`` of :data:`SIGNALS`; ``least`` holds the least confidence for each precision of :data:`WANTED`.

    Emergencies have a ``least_in_danger`` of their own: they are too rare to weigh in the other.
    """

    weights: tuple[float, ...] = ()
    least: tuple[float, ...] = ()
    least_in_danger: tuple[float, ...] = ()

    def confidence(self, assessment: Assessment) -> float:
        """The chance, 0…1, that disposition, lead and handover are right."""
        signals = signals_of(assessment)
        if not self.weights:
            return round(min(UNKNOWN, 1.0 / (1.0 + math.exp(-signals[1]))), 3)
        chance = 1.0 / (1.0 + math.exp(-float(np.dot(self.weights, signals))))
        return float(_stated(chance))

    def least_confidence(self, precision: float, *, emergency: bool = False) -> float:
        """The least confidence of tickets of which that share is right; above 1 where no confidence gives it."""
        if precision <= 0:
            return 0.0
        by_precision = (self.least_in_danger if emergency else ()) or self.least
        return next(
            (least for wanted, least in zip(WANTED, by_precision, strict=False) if wanted >= precision - 1e-9), NEVER
        )


def signals_of(assessment: Assessment) -> tuple[float, ...]:
    """The signals of an assessment; duties with one lead count together."""
    if assessment.nothing.value is not None:
        return (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, assessment.nothing.certainty, 0.0, 0.0)
    best, lead, level = assessment.duty, assessment.lead, assessment.duty.level
    if level == "emergency":
        emergency = assessment.emergency
        return (1.0, *(0.0,) * 6, min(6.0, emergency.score), 0.0, 0.0, 0.0, _odds(emergency.complete))
    shares: dict[tuple[str | None, str], float] = {}
    danger = sum(share for duty, share in assessment.ranking.shares if duty.level == "emergency")
    for duty, share in assessment.ranking.shares[:COMPARED]:
        if duty.level != "emergency":
            group = (duty.lead, duty.level)
            shares[group] = shares.get(group, 0.0) + share / max(SMALLEST, 1.0 - danger)
    own = shares.pop((best.lead, best.level))
    placed = 1.0
    if lead is not None and lead.level != "city":
        placed = assessment.place.certainty if lead.complete else SMALLEST
    return (
        1.0,
        _odds(own),
        math.log(max(own, 1e-4) / max(1e-4, *shares.values(), 0.0)),
        _odds(placed),
        float(level == "grassroots"),
        float(level == "redirect"),
        float(level == "answer"),
        0.0,
        _odds(danger) - _odds(0.0),
        0.0,
        float(assessment.ranking.sent_outside),
        0.0,
    )


def _stated(chance: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances as tickets state them."""
    return np.asarray(np.round(np.clip(chance, SMALLEST, LARGEST), 3), dtype=np.float64)


def _odds(share: float) -> float:
    share = min(0.999, max(0.001, share))
    return math.log(share / (1.0 - share))


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """A call whose answer is known: the ``signals`` of its assessment, whether it was ``right``, how much it counts."""

    signals: tuple[float, ...]
    right: bool
    weight: float
    emergency: bool
    """Whether the assessment is an emergency."""
    sets_threshold: bool
    """Whether such calls come as often as in life, and nobody sees them whatever the confidence."""


def fit_calibration(tested: Sequence[KnownOutcome]) -> Calibration:
    """Fit to outcomes; without enough of them nothing is known."""
    right = np.array([item.right for item in tested], dtype=bool)
    if len(right) < FEWEST or len(set(right.tolist())) < 2:
        return Calibration()
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — only training needs it

    matrix = np.array([item.signals for item in tested], dtype=np.float64)
    counts = np.array([item.weight for item in tested])
    regression = LogisticRegression(C=PENALTY, fit_intercept=False, max_iter=1000).fit(matrix, right, counts)
    weights = tuple(round(float(weight), 4) for weight in regression.coef_[0])
    chances = _stated(1.0 / (1.0 + np.exp(-(matrix @ np.array(weights)))))
    emergency = np.array([item.emergency for item in tested])
    seen = np.array([item.sets_threshold for item in tested])
    danger = emergency & (counts >= 1.0)
    if danger.sum() < FEWEST:
        return Calibration(weights, _least(chances[seen], right[seen]))
    others = seen & ~emergency
    return Calibration(weights, _least(chances[others], right[others]), _least(chances[danger], right[danger]))


def _least(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, ...]:
    """For each wanted precision the lowest confidence from which on the share of right ones reaches it."""
    order = np.argsort(-chances, kind="stable")
    counts = np.arange(1, len(order) + 1)
    precision = np.cumsum(right[order]) / counts
    last_of_its_confidence = np.append(np.diff(chances[order]) != 0, True)
    found = []
    for wanted in WANTED:
        reached = np.flatnonzero((precision >= wanted) & (counts >= FEWEST) & last_of_its_confidence)
        found.append(float(chances[order][reached[-1]]) if len(reached) else NEVER)
    return tuple(np.maximum.accumulate(found).tolist())
