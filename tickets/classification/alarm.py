"""Is there a danger now? Decided over the whole call: what the citizen tells, how, and what the operator does about it.

Words of danger alone mislead: a calm voice in a stuck lift uses none, and a complaint about a late ambulance uses many.
A logistic regression over a few signals of both speakers, fitted to calls that the models were not trained on
(``validation.py``), says how likely it is. To miss one costs more than a false alarm: the bar is below one half.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tickets.city.model import City
from tickets.classification.danger import Alarming, margins_of, margins_of_each, read_danger, services_of
from tickets.classification.handover import HandoverModel, ServiceSigns
from tickets.classification.labels import HARMLESS
from tickets.classification.model import Floats, LinearModel
from tickets.classification.services import services_named
from tickets.conversation import Conversation
from tickets.evidence import cite, distinct
from tickets.fields.emergency import THRESHOLD, Emergency, read_emergency
from tickets.fields.negation import is_feared, is_figurative, is_past, is_present

SIGNALS = (
    "constant",
    "words",
    "worst stretch",
    "next turn's worst",
    "all stretches",
    "whole call",
    "operator's worst",
    "operator's next",
    "past",
    "feared",
    "figure of speech",
    "now",
    "connected",
    "length",
)
BAR = 0.45
POSSIBLE = 0.15
"""From here on a person rules the danger out: of 189 confirmed emergencies one is less likely, by models that never
saw it; of 1,352 confirmed calls without danger 20 lie between the two bars."""
UNTOLD = 0.5
"""How sure it is that no service is missing where nothing was learnt of that."""
SLOPE = 1.6
QUIET, SILENT = -2.5, -2.0
FEWEST_CLAUSES = 8
"""A call of fewer counts as one of so many: none so short was learnt from."""
MOST_WORDS, MOST_CLAUSES = 4.0, 3
FEWEST = 60
PENALTY = 1.0
ACTING = -0.3
"""Least margin of an operator's sentence that acts on a danger; then the services that it names count."""
VOTING, SHARPNESS = 5, 5.0
NAMED, TOLD, LIKELY = 0.9, 0.2, 0.25
"""What a service gains that the operator names or the words of danger speak for; the share that adds a service."""
_SENTENCE = re.compile(r"[^。！？!?\n]{3,}")


@dataclass(frozen=True, slots=True)
class Alarm:
    """``weights`` of :data:`SIGNALS`; without them the words of danger decide alone."""

    weights: tuple[float, ...] = ()

    def chance(self, signals: Sequence[float]) -> float:
        """How likely there is a danger now, 0…1."""
        return 1.0 / (1.0 + math.exp(-float(np.dot(self.weights, signals))))


@dataclass(frozen=True)
class DangerModels:
    """``citizen`` tells emergencies from harmless words, ``operator`` acting on a danger from other sentences.

    ``alarm`` decides whether there is a danger, ``handover`` whose it is; None leaves that to the votes.
    """

    citizen: LinearModel
    operator: LinearModel
    alarm: Alarm = Alarm()
    handover: HandoverModel | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of a danger before it is decided on."""

    emergency: Emergency
    alarming: tuple[Alarming, ...]
    signals: tuple[float, ...]
    signs: Mapping[str, ServiceSigns]
    """What speaks for each service."""


def hear_danger(conversation: Conversation, city: City, models: DangerModels | None) -> Emergency:
    """The danger of a call; its score stands over the bar where the chance does."""
    if models is None:
        return read_emergency(conversation)
    heard = listen(conversation, city, models)
    if not models.alarm.weights:
        return read_emergency(conversation, [stretch for stretch in heard.alarming if stretch.suspicious])
    told = bool(heard.alarming or heard.emergency.told)
    chance = models.alarm.chance(heard.signals) if told else 0.0
    odds = _odds(chance) - _odds(BAR)
    evidence = heard.emergency.evidence
    if heard.alarming and odds >= 0:
        worst = heard.alarming[0]
        evidence = distinct([*evidence, cite(conversation.call, worst.turn, worst.start, worst.end)])
    score = round(THRESHOLD + odds / SLOPE, 3)
    return replace(heard.emergency, score=score, evidence=evidence, possible=POSSIBLE <= chance < BAR)


def listen(conversation: Conversation, city: City, models: DangerModels) -> Heard:
    """Everything that the decision rests on."""
    alarming = read_danger(conversation, city, models.citizen)
    emergency = read_emergency(conversation, [stretch for stretch in alarming if stretch.suspicious])
    said = conversation.citizen_text()
    whole = margins_of(models.citizen, said) if said.strip() else None
    harmless = models.citizen.labels.index(HARMLESS)
    acts = _operator_sentences(conversation, models.operator)
    worst = alarming[0] if alarming else None
    clauses = list(conversation.citizen_clauses())

    def count(told: Sequence[bool]) -> float:
        return float(min(MOST_CLAUSES, sum(told)))

    signals = (
        1.0,
        min(MOST_WORDS, emergency.score),
        max(QUIET, worst.margin) if worst else QUIET,
        max(QUIET, next((a.margin for a in alarming if worst and a.turn != worst.turn), QUIET)),
        float(np.mean([stretch.margin for stretch in alarming])) if alarming else QUIET,
        max(QUIET, float(np.delete(whole, harmless).max())) if whole is not None else QUIET,
        max(SILENT, acts[0][0]) if acts else SILENT,
        max(SILENT, acts[1][0]) if len(acts) > 1 else SILENT,
        count([is_past(clause.text) for clause in clauses]),
        count([is_feared(clause.text) for clause in clauses]),
        count([is_figurative(clause.text) for clause in clauses]),
        count([is_present(clause.text) for clause in clauses]),
        float(emergency.connected),
        math.log1p(max(FEWEST_CLAUSES, len(clauses))),
    )
    labels = services_of(city, models.citizen)
    signs = _signs(conversation, emergency, labels, _Votes(alarming, whole, acts))
    if models.handover is None:
        services, complete = _services(emergency, signs), UNTOLD
    else:
        services, complete = models.handover.choose(signs, emergency.symptoms)
    return Heard(replace(emergency, services=services, complete=complete), alarming, signals, signs)


@dataclass(frozen=True, slots=True)
class _Votes:
    """What the models say: of stretches, of the whole call by label, of the operator's sentences."""

    alarming: Sequence[Alarming]
    whole: Floats | None
    acts: Sequence[tuple[float, str]]


def _signs(
    conversation: Conversation, emergency: Emergency, labels: Sequence[str], votes: _Votes
) -> dict[str, ServiceSigns]:
    """What speaks for each service of the city."""
    stretches, of_whole = dict.fromkeys(filter(None, labels), 0.0), dict.fromkeys(filter(None, labels), 0.0)
    for stretch in votes.alarming[:VOTING]:
        stretches[stretch.service] = stretches.get(stretch.service, 0.0) + math.exp(SHARPNESS * stretch.margin)
    whole = votes.whole if votes.whole is not None else [QUIET] * len(labels)
    for label, margin in zip(labels, whole, strict=True):
        if label:
            of_whole[label] += math.exp(SHARPNESS * float(margin))
    named = {service for _, sentence in votes.acts for service in services_named(sentence)}
    acting = {service for margin, sentence in votes.acts if margin >= ACTING for service in services_named(sentence)}
    asked = {service for turn in conversation.citizen for service in services_named(conversation.text(turn))}
    total, total_whole = sum(stretches.values()) or 1.0, sum(of_whole.values()) or 1.0
    return {
        service: ServiceSigns(
            stretches=stretches[service] / total,
            whole=of_whole[service] / total_whole,
            named_acting=float(service in acting),
            named=float(service in named),
            asked_for=float(service in asked),
            words=emergency.told.get(service, 0.0),
            first=float(emergency.services[:1] == (service,)),
        )
        for service in sorted(of_whole)
    }


def _services(emergency: Emergency, signs: Mapping[str, ServiceSigns]) -> tuple[str, ...]:
    """The service that it sounds like most, those that the operator names and 120 for a symptom, else likely ones."""
    if not signs:
        return emergency.services
    shares = {service: (sign.stretches + sign.whole) / 2 for service, sign in signs.items()}
    first = max(shares, key=lambda s: shares[s] + NAMED * signs[s].named_acting + TOLD * signs[s].first)
    named = sorted((s for s in signs if signs[s].named_acting), key=lambda s: -shares[s])
    others = [*named, *(service for service in emergency.services if service == "120")]
    if not others:
        next_best = sorted((share, service) for service, share in shares.items() if service != first)[-1:]
        others = [service for share, service in next_best if share >= LIKELY]
    return tuple(dict.fromkeys([first, *others]))[:3]


def _operator_sentences(conversation: Conversation, model: LinearModel) -> list[tuple[float, str]]:
    """The operator's sentences with how much they sound like acting on a danger, most first."""
    sentences = [match[0] for turn in conversation.operator for match in _SENTENCE.finditer(conversation.text(turn))]
    margins = np.delete(margins_of_each(model, sentences), model.labels.index(HARMLESS), axis=1)
    found = zip(margins.max(axis=1).tolist(), sentences, strict=True)
    return sorted(found, key=lambda item: -item[0])


def fit_alarm(
    signals: Sequence[Sequence[float]], dangerous: Sequence[bool], weight: Sequence[float] | None = None
) -> Alarm:
    """Fit to outcomes, each with its weight; without enough of both kinds nothing is fitted."""
    if min(sum(dangerous), len(dangerous) - sum(dangerous)) < FEWEST:
        return Alarm()
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — only training needs it

    regression = LogisticRegression(C=PENALTY, fit_intercept=False, max_iter=3000)
    regression.fit(np.array(signals, dtype=np.float64), np.array(dangerous), sample_weight=weight)
    return Alarm(tuple(round(float(weight), 4) for weight in regression.coef_[0]))


def _odds(chance: float) -> float:
    chance = min(0.9999, max(0.0001, chance))
    return math.log(chance / (1.0 - chance))
