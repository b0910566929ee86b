"""How a city's people judge where the words leave it open: appeal types and co-handlers, learnt from confirmed calls.

Logistic regressions over the signals of the rules and over how often confirmed calls of the duty were judged so. A call
counts for nothing in the share that it is learnt with. Without enough calls the rules decide alone.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tickets.city.model import City, Duty
from tickets.classification.confirmed import ConfirmedCall
from tickets.dispatch.co_handlers import CoHandlerModel
from tickets.dispatch.co_handlers import signs_of as co_handler_signs
from tickets.fields.appeal import APPEALS, AppealModel
from tickets.fields.appeal import signals_of as appeal_signals
from tickets.fields.flags import flags_with_duty, read_flags
from tickets.fields.urgency import read_urgency

FEWEST = 60
COST_OF_TYPES, COST_OF_CO_HANDLERS = 0.3, 1.0
"""Inverse strengths of regularisation."""
_GROUP_COUNTS, _CITY_COUNTS, _DEPARTMENT_COUNTS, _DUTY_COUNTS = 3.0, 0.5, 4.0, 2.0
"""As how many calls the next wider share counts: of all for a group, of the group for a duty, and so on."""
_FOR_THE_GROUP = 3.0


@dataclass(frozen=True)
class Conventions:
    """What was learnt; None where too little was confirmed."""

    appeal: AppealModel | None = None
    co_handlers: CoHandlerModel | None = None


def fit_conventions(city: City, confirmed: Sequence[ConfirmedCall]) -> Conventions:
    """Fit to confirmed calls."""
    known = [item for item in confirmed if item.code in city.duty_by_code]
    return Conventions(_fit_appeal(city, known), _fit_co_handlers(city, known))


class _TypeShares:
    """Smoothed shares of appeal types: of a duty, its group, the city."""

    def __init__(self, labels: Sequence[str], calls: Sequence[tuple[Duty, str]]) -> None:
        self._labels = labels
        self._of: Counter[tuple[str, str]] = Counter()
        for duty, label in calls:
            self._of.update((key, label) for key in (duty.code, duty.level1, ""))

    def logs(self, keys: Sequence[str], without: str | None = None) -> tuple[float, ...]:
        """Log shares under the last of the keys, smoothed by those before it, without one call of a type."""
        shares = np.full(len(self._labels), 1.0 / len(self._labels))
        strengths = (_CITY_COUNTS * len(self._labels), _GROUP_COUNTS, _FOR_THE_GROUP)
        for key, strength in zip(keys, strengths, strict=False):
            counts = np.array([self._of[key, label] - (label == without) for label in self._labels])
            shares = (counts + strength * shares) / (counts.sum() + strength)
        return tuple(round(math.log(share), 4) for share in shares)


def _fit_appeal(city: City, confirmed: Sequence[ConfirmedCall]) -> AppealModel | None:
    labelled = [
        (item, city.duty_by_code[item.code], str(item.ticket["appeal_type"]))
        for item in confirmed
        if item.ticket.get("appeal_type") in APPEALS and city.duty_by_code[item.code].level != "emergency"
    ]
    kinds = Counter(label for _, _, label in labelled)
    if sum(count >= FEWEST for count in kinds.values()) < 2:
        return None
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — only training needs it

    labels = tuple(sorted(kinds))
    shares = _TypeShares(labels, [(duty, label) for _, duty, label in labelled])
    rows = []
    for item, duty, label in labelled:
        flags = flags_with_duty(read_flags(item.conversation), duty.level2)
        urgency = read_urgency(
            item.conversation, flags, emergency=False, evidence_of_emergency=(), duty=duty.level2
        ).value
        signals = appeal_signals(
            item.conversation,
            flags,
            duty,
            urgent=urgency == "urgent",
            party=item.ticket.get("party") is not None,
        )
        rows.append((*signals, *shares.logs(("", duty.level1, duty.code), label)))
    regression = LogisticRegression(C=COST_OF_TYPES, fit_intercept=False, max_iter=5000)
    regression.fit(np.array(rows), np.array([label for *_, label in labelled]))
    weights = regression.coef_ if len(labels) > 2 else np.vstack([-regression.coef_, regression.coef_])
    stored = {duty.code: shares.logs(("", duty.level1, duty.code)) for _, duty, _ in labelled}
    stored |= {duty.level1: shares.logs(("", duty.level1)) for _, duty, _ in labelled}
    stored[""] = shares.logs(("",))
    return AppealModel(labels, tuple(_rounded(row) for row in weights), dict(sorted(stored.items())))


def _fit_co_handlers(city: City, confirmed: Sequence[ConfirmedCall]) -> CoHandlerModel | None:
    asked = [
        (item, city.duty_by_code[item.code], name, name in item.ticket["co_handlers"])
        for item in confirmed
        if item.ticket.get("disposition") == "dispatch" and "co_handlers" in item.ticket
        for name in city.duty_by_code[item.code].co_handlers
    ]
    yes = sum(concerned for *_, concerned in asked)
    if min(yes, len(asked) - yes) < FEWEST:
        return None
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — only training needs it

    hits: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    for _, duty, name, concerned in asked:
        for key in (_key(duty, name), name, ""):
            hits[key] += concerned
            all_of[key] += 1

    def odds(keys: Sequence[str], without: bool | None = None) -> float:
        share = hits[""] / all_of[""]
        for key, strength in zip(keys, (_DEPARTMENT_COUNTS, _DUTY_COUNTS), strict=False):
            left_out = without is not None
            share = (hits[key] - bool(without) + strength * share) / (all_of[key] - left_out + strength)
        return round(math.log(share / (1.0 - share)), 4)

    signs: dict[str, Mapping[str, Sequence[float]]] = {}
    rows = []
    for item, duty, name, concerned in asked:
        if item.call.id not in signs:
            signs[item.call.id] = co_handler_signs(duty, city.department_by_name, item.conversation)
        rows.append((*signs[item.call.id][name], odds((name, _key(duty, name)), concerned)))
    regression = LogisticRegression(C=COST_OF_CO_HANDLERS, fit_intercept=False, max_iter=5000)
    regression.fit(np.array(rows), np.array([concerned for *_, concerned in asked]))
    shares = {_key(duty, name): odds((name, _key(duty, name))) for _, duty, name, _ in asked}
    shares |= {name: odds((name,)) for _, _, name, _ in asked}
    shares[""] = odds(())
    return CoHandlerModel(_rounded(regression.coef_[0]), dict(sorted(shares.items())))


def _key(duty: Duty, name: str) -> str:
    return f"{duty.code} {name}"


def _rounded(row: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(weight), 4) for weight in row)
