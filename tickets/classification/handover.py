"""Which services an emergency goes to, and which of them first: 119 for a fire, 120 too where somebody inhaled smoke.

Logistic regressions over what the city's wording says, whom both speakers name and the words of danger, fitted to
confirmed emergencies. Without enough of these the rules of ``fields/emergency.py`` and the votes decide (``alarm.py``).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FEWEST = 60
PENALTY = 0.3
BAR = 0.35
MOST_SYMPTOMS, MOST_GRAVE = 3, 2.0
MOST_SERVICES = 3


@dataclass(frozen=True, slots=True)
class ServiceSigns:
    """What speaks for one service, 0…1 but ``words``: shares of the votes of single stretches and of the whole call."""

    stretches: float
    whole: float
    named_acting: float
    """Whether the operator names it where he acts on a danger."""
    named: float
    """Whether the operator names it at all."""
    asked_for: float
    """Whether the citizen names it."""
    words: float
    """How grave the words of danger are."""
    first: float
    """Whether the rules put it first."""

    def values(self) -> tuple[float, ...]:
        """All of them."""
        return (
            self.stretches,
            self.whole,
            self.named_acting,
            self.named,
            self.asked_for,
            min(MOST_GRAVE, self.words),
            self.first,
        )


@dataclass(frozen=True, slots=True)
class HandoverModel:
    """Weights over the signs of every service of ``services`` in that order: to be first, and to be there at all."""

    services: tuple[str, ...] = ()
    first: tuple[tuple[float, ...], ...] = ()
    among: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Sequence[Any]]) -> "HandoverModel":
        """Read back from lists."""
        first, among = (tuple(tuple(map(float, row)) for row in stored[name]) for name in ("first", "among"))
        return cls(tuple(map(str, stored["services"])), first, among)

    def choose(self, signs: Mapping[str, ServiceSigns], symptoms: int) -> tuple[tuple[str, ...], float]:
        """The services, the first first, and the chance (0…1) that none of them is missing."""
        row = np.array(_row(self.services, signs, symptoms))
        first = self.services[int(np.argmax(np.array(self.first) @ row))]
        chances = {
            service: 1.0 / (1.0 + math.exp(-float(np.dot(weights, row))))
            for service, weights in zip(self.services, self.among, strict=True)
        }
        others = [s for s in sorted(chances, key=lambda s: -chances[s]) if s != first and chances[s] >= BAR]
        chosen = (first, *others)[:MOST_SERVICES]
        return chosen, math.prod(1.0 - chance for service, chance in chances.items() if service not in chosen)


def fit_handover(
    services: Sequence[str],
    heard: Sequence[tuple[Mapping[str, ServiceSigns], int]],
    answers: Sequence[tuple[str, frozenset[str]]],
) -> HandoverModel | None:
    """Fit to confirmed emergencies; None without enough of them, or of each service.

    Args:
        services: all services of the city.
        heard: of each call the signs by service, and how many clauses tell of symptoms.
        answers: of each call the first service and all of them.
    """
    firsts = [first for first, _ in answers]
    if len(answers) < FEWEST or set(firsts) != set(services) or len(services) < 3:
        return None
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — only training needs it

    def fitted(target: Sequence[object]) -> tuple[tuple[float, ...], ...]:
        regression = LogisticRegression(C=PENALTY, fit_intercept=False, max_iter=5000).fit(matrix, np.array(target))
        return tuple(tuple(round(float(weight), 4) for weight in row) for row in regression.coef_)

    ordered = tuple(sorted(services))
    matrix = np.array([_row(ordered, signs, symptoms) for signs, symptoms in heard])
    among = tuple(fitted([service in every for _, every in answers])[0] for service in ordered)
    return HandoverModel(ordered, fitted(firsts), among)


def _row(services: Sequence[str], signs: Mapping[str, ServiceSigns], symptoms: int) -> tuple[float, ...]:
    return (
        1.0,
        float(min(MOST_SYMPTOMS, symptoms)),
        *(value for service in services for value in signs[service].values()),
    )
