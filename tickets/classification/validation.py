"""How good a city's models are on what they weren't trained on: cross-validation over stories.

Every utterance is one story and stands in one fold. Each fold's models are tested on its utterances one by one, and on
calls made up of them (``rehearsal.py``) through the very steps that tickets take; the calls' outcomes calibrate.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np

from tickets.assessment import Assessment, assess
from tickets.city.gazetteer import Gazetteer
from tickets.city.model import NO_MATTER, City
from tickets.classification.alarm import Alarm, DangerModels, fit_alarm, listen
from tickets.classification.calibration import Calibration, KnownOutcome, fit_calibration, signals_of
from tickets.classification.confirmed import ConfirmedCall, confirmed_calls
from tickets.classification.corpus import story_of
from tickets.classification.danger import SUSPICIOUS, margins_of
from tickets.classification.handover import HandoverModel, fit_handover
from tickets.classification.labels import HARMLESS
from tickets.classification.matter import weighted_texts
from tickets.classification.rehearsal import Material, Rehearsal, Talk, rehearse, rehearse_story
from tickets.classification.training import Classifiers, sharpness_of, train_classifiers
from tickets.conversation import Conversation
from tickets.dispatch.leads import lead_json
from tickets.review import decide_mode, wanted_precision

FOLDS = 5
CALLS_A_CODE = 6
FEWEST_UTTERANCES = 30
CONFIRMED_WEIGHT = 4.0
"""How much more a call that really came says than a made-up one."""
VAGUE_WEIGHT = 0.1
Kind = Literal["call", "story", "confirmed"]


@dataclass(frozen=True, slots=True)
class Told:
    """An utterance: its code, the code that the other folds' model gave it, whether its code was among three."""

    code: str
    guessed: str
    among_three: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call: its code, the code and three candidates given, whether it went where it belongs, how sure."""

    code: str
    guessed: str
    candidates: tuple[str, ...]
    right: bool
    reviewed: bool
    confidence: float
    grassroots: bool
    emergency: bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class Validation:
    """What cross-validation found. Without enough wording all but the untested sharpness is empty."""

    utterances: dict[str, Told]
    """By story."""
    calls: tuple[Outcome, ...]
    calibration: Calibration
    sharpness: float | None
    alarm: Alarm = field(default_factory=Alarm)
    handover: HandoverModel | None = None
    stories: tuple[Outcome, ...] = ()
    """Calls of one line each: every emergency, and whatever sounds like one."""
    confirmed: tuple[Outcome, ...] = ()
    """The city's confirmed calls."""


@dataclass(frozen=True, slots=True)
class _Tested:
    """A fold's models with the calls that they don't know: made up, telling one line each, and confirmed."""

    classifiers: Classifiers
    calls: tuple[Rehearsal, ...]
    stories: tuple[Rehearsal, ...]
    confirmed: tuple[Rehearsal, ...]

    def each(self) -> Iterator[tuple[Kind, Rehearsal]]:
        """All calls with their kind."""
        yield from (("call", call) for call in self.calls)
        yield from (("story", call) for call in self.stories)
        yield from (("confirmed", call) for call in self.confirmed)


@dataclass(frozen=True, slots=True)
class _Assessed:
    call: Rehearsal
    assessment: Assessment
    kind: Kind


def validate(city: City, gazetteer: Gazetteer) -> Validation:
    """Cross-validate a city's models."""
    if len(city.wording) < FEWEST_UTTERANCES:
        return Validation({}, (), Calibration(), None)
    utterances: dict[str, Told] = {}
    talk = Talk.all()
    confirmed = confirmed_calls(city)
    folds = []
    for fold in range(FOLDS):
        held = [(code, text) for code, text in city.wording if _inside(fold, text)]
        rest = [(code, text) for code, text in city.wording if _outside(fold, text)]
        known = [item for item in confirmed if _outside(fold, item.wording)]
        classifiers = train_classifiers(city, rest, talk.where(partial(_outside, fold)), known)
        utterances |= {story_of(text): told for text, told in _told(classifiers, held)}
        material = Material.of(held, talk.where(partial(_inside, fold)))
        rehearsed = tuple(rehearse(city, material, fold, CALLS_A_CODE))
        stories = tuple(_stories(city, material, classifiers.danger, fold))
        unknown = [_with_answer(city, item) for item in confirmed if _inside(fold, item.wording)]
        folds.append(_Tested(classifiers, rehearsed, stories, tuple(unknown)))
    sharpness = _sharpness(folds)
    alarm, handover = _fit_danger(city, folds)
    assessed = [
        _Assessed(call, assess(Conversation(call.call), city, gazetteer, matter, danger), kind)
        for tested in folds
        for matter in [replace(tested.classifiers.matter, sharpness=sharpness)]
        for known in [tested.classifiers.danger]
        for danger in [replace(known, alarm=alarm, handover=handover) if known else None]
        for kind, call in tested.each()
    ]
    right = [_right(item.call, item.assessment) for item in assessed]
    reviewed = [_always_reviewed(item.assessment) for item in assessed]
    calibration = fit_calibration(
        [
            _tested(item, ok, waits, handover is not None)
            for item, ok, waits in zip(assessed, right, reviewed, strict=True)
        ]
    )
    outcomes = [
        _outcome(item, ok, waits, calibration) for item, ok, waits in zip(assessed, right, reviewed, strict=True)
    ]

    def of(kind: Kind) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in outcomes if outcome.kind == kind)

    return Validation(utterances, of("call"), calibration, sharpness, alarm, handover, of("story"), of("confirmed"))


def _tested(item: _Assessed, right: bool, reviewed: bool, handover_learnt: bool) -> KnownOutcome:
    """How much an outcome says: stories hold far more that sounds like a danger than life does, so they set no
    threshold; of made-up emergencies nobody said which services they need.
    """
    vague = handover_learnt and item.kind != "confirmed" and item.call.disposition == "emergency"
    weight = VAGUE_WEIGHT if vague else CONFIRMED_WEIGHT if item.kind == "confirmed" else 1.0
    emergency = item.assessment.nothing.value is None and item.assessment.duty.level == "emergency"
    return KnownOutcome(
        signals_of(item.assessment), right, weight, emergency, sets_threshold=item.kind != "story" and not reviewed
    )


def _with_answer(city: City, item: ConfirmedCall) -> Rehearsal:
    """The answer that was confirmed; where only the category was, what the duty list says of it."""
    ticket = item.ticket
    if "disposition" not in ticket:
        return Rehearsal.of(item.call, city.duty_by_code.get(item.code), None)
    handover = frozenset(map(str, ticket.get("handover") or ()))
    return Rehearsal(item.call, item.code, str(ticket["disposition"]), ticket.get("lead"), handover)


def _stories(city: City, material: Material, danger: DangerModels | None, seed: int) -> Iterator[Rehearsal]:
    """Every emergency, and every line that sounds like one, told in a call of its own."""
    if danger is None:
        return
    draw = random.Random(seed)  # noqa: S311 — made-up calls, no secret
    harmless = danger.citizen.labels.index(HARMLESS)
    for code, lines in sorted(material.lines.items()):
        duty = city.duty_by_code.get(code)
        for line in lines if duty else ():
            margin = np.delete(margins_of(danger.citizen, line), harmless).max()
            if duty and (duty.level == "emergency" or margin > SUSPICIOUS):
                yield rehearse_story(city, material, code, line, draw)


def _fit_danger(city: City, folds: Sequence[_Tested]) -> tuple[Alarm, HandoverModel | None]:
    signals, dangerous, weights = [], [], []
    heard, answers = [], list[tuple[str, frozenset[str]]]()
    services: set[str] = set()
    for tested in folds:
        if tested.classifiers.danger is None:
            continue
        for kind, call in tested.each():
            if call.code not in city.duty_by_code:
                continue
            of_call = listen(Conversation(call.call), city, tested.classifiers.danger)
            signals.append(of_call.signals)
            dangerous.append(call.disposition == "emergency")
            weights.append(CONFIRMED_WEIGHT if kind == "confirmed" else 1.0)
            services |= set(of_call.signs)
            lead = city.duty_by_code[call.code].lead
            if kind == "confirmed" and dangerous[-1] and lead and lead in of_call.signs:
                heard.append((of_call.signs, of_call.emergency.symptoms))
                answers.append((lead, call.handover))
    return fit_alarm(signals, dangerous, weights), fit_handover(sorted(services), heard, answers)


def _inside(fold: int, text: str) -> bool:
    return int(story_of(text), 16) % FOLDS == fold


def _outside(fold: int, text: str) -> bool:
    return not _inside(fold, text)


def _told(classifiers: Classifiers, held: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Told]]:
    model = classifiers.matter
    for code, text in held:
        if code in model.labels:
            best = [model.labels[number] for number in np.argsort(-model.decide([(text, 1.0)]), kind="stable")[:3]]
            yield text, Told(code, best[0], code in best)


def _sharpness(folds: Sequence[_Tested]) -> float:
    decided, truth = [], []
    labels = max((tested.classifiers.matter.labels for tested in folds), key=len)
    for tested in folds:
        model = tested.classifiers.matter
        for call in (*tested.calls, *tested.confirmed):
            if call.code in model.labels and model.labels == labels:
                decided.append(model.decide(weighted_texts(Conversation(call.call))))
                truth.append(labels.index(call.code))
    return sharpness_of(np.array(decided, dtype=np.float32), np.array(truth))


def _right(call: Rehearsal, assessment: Assessment) -> bool:
    """Whether disposition, lead and handover are right; one service or channel too many is none the worse."""
    nothing = assessment.nothing.value is not None
    if nothing or call.disposition == "none":
        return nothing and call.disposition == "none"
    duty, handover = assessment.duty, frozenset(assessment.handover)
    return (
        ("dispatch" if duty.dispatched else duty.level) == call.disposition
        and lead_json(assessment.lead) == call.lead
        and call.handover <= handover
        and len(handover) <= len(call.handover) + 1
    )


def _always_reviewed(assessment: Assessment) -> bool:
    nothing = assessment.nothing.value is not None
    duty, lead = (None, None) if nothing else (assessment.duty, assessment.lead)
    possible = assessment.emergency.possible
    decision = decide_mode(duty, lead, assessment.flags, 1.0, None, threshold=0.0, possible_danger=possible)
    return decision.mode == "review"


def _outcome(item: _Assessed, right: bool, reviewed: bool, calibration: Calibration) -> Outcome:
    assessment = item.assessment
    nothing = assessment.nothing.value is not None
    candidates = tuple(duty.code for duty, _ in assessment.ranking.shares[:3])
    return Outcome(
        item.call.code,
        NO_MATTER if nothing else candidates[0],
        candidates,
        right,
        reviewed,
        calibration.confidence(assessment),
        grassroots=not nothing and assessment.duty.level == "grassroots",
        emergency=not nothing and assessment.duty.level == "emergency",
        kind=item.kind,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """A validation in figures, 0…1 each; calls are the made-up ones, dispatch counts lead, level, place, handover."""

    utterance_top1: float
    utterance_top3: float
    call_top1: float
    call_top3: float
    dispatch_right: float
    emergency_recall: float
    emergency_precision: float
    outside_remit_recall: float
    calibration_error: float
    automatic_coverage: float
    automatic_precision: float
    confirmed_calls: int
    confirmed_top1: float
    confirmed_dispatch_right: float
    confirmed_automatic_coverage: float
    confirmed_automatic_precision: float


def figures_of(city: City, validation: Validation, precision: float) -> Figures | None:
    """The figures, those of emergencies and the remit over ``stories`` too; None where nothing was tested.

    Args:
        city: whose duties were told apart.
        validation: what was found.
        precision: the wanted share of right ones among what goes out without a person.
    """
    calls, utterances = validation.calls, validation.utterances.values()
    if not calls or not utterances:
        return None
    least = {
        (grassroots, emergency): validation.calibration.least_confidence(
            wanted_precision(precision, grassroots=grassroots), emergency=emergency
        )
        for grassroots in (False, True)
        for emergency in (False, True)
    }
    confirmed = validation.confirmed

    def alone(tested: Sequence[Outcome]) -> list[Outcome]:
        return [
            call for call in tested if not call.reviewed and call.confidence >= least[call.grassroots, call.emergency]
        ]

    level = {duty.code: duty.level for duty in city.duties} | {NO_MATTER: "none"}
    every = (*calls, *validation.stories, *confirmed)
    matters = [call for call in calls if call.code != NO_MATTER]

    def recall(kind: str) -> float:
        return _share(level[call.guessed] == kind for call in every if level[call.code] == kind)

    return Figures(
        _share(told.guessed == told.code for told in utterances),
        _share(told.among_three for told in utterances),
        _share(call.guessed == call.code for call in matters),
        _share(call.code in call.candidates for call in matters),
        _share(call.right for call in calls),
        recall("emergency"),
        _share(level[call.code] == "emergency" for call in every if level[call.guessed] == "emergency"),
        recall("redirect"),
        calibration_error([(call.confidence, call.right) for call in calls]),
        round(len(alone(calls)) / len(calls), 4),
        _share(call.right for call in alone(calls)),
        len(confirmed),
        _share(call.guessed == call.code for call in confirmed),
        _share(call.right for call in confirmed),
        round(len(alone(confirmed)) / max(1, len(confirmed)), 4),
        _share(call.right for call in alone(confirmed)),
    )


def _share(hits: Iterator[bool]) -> float:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else 1.0


def calibration_error(outcomes: Sequence[tuple[float, bool]], bins: int = 5) -> float:
    """Expected calibration error over equally filled bins of confidence."""
    ordered = sorted(outcomes)
    size = -(-len(ordered) // bins)
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return round(sum(abs(sum(chance - right for chance, right in group)) for group in groups) / len(ordered), 4)


def confusions(validation: Validation) -> list[tuple[str, str, int]]:
    """(code, code given instead, how many calls and utterances), most frequent first."""
    pairs: Counter[tuple[str, str]] = Counter()
    tested: tuple[Outcome | Told, ...] = (
        *validation.calls,
        *validation.stories,
        *validation.confirmed,
        *validation.utterances.values(),
    )
    for item in tested:
        if item.guessed != item.code:
            pairs[item.code, item.guessed] += 1
    return [(code, guessed, count) for (code, guessed), count in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]
