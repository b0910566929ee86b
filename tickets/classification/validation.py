"""How good a city's models are on what they weren't trained on: cross-validation over stories.

Every utterance is one story and stands in one fold. Each fold's models are tested on its utterances one by one, and on
calls made up of them (``rehearsal.py``) through the very steps that tickets take; the calls' outcomes calibrate.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tickets.assessment import Assessment, assess
from tickets.city.gazetteer import Gazetteer
from tickets.city.model import NO_MATTER, City, Duty
from tickets.classification.calibration import Calibration, fit_calibration, signals_of
from tickets.classification.corpus import story_of
from tickets.classification.matter import weighted_texts
from tickets.classification.rehearsal import CHATTER, Material, Rehearsal, rehearse
from tickets.classification.training import Classifiers, sharpness_of, train_classifiers
from tickets.conversation import Conversation
from tickets.dispatch.leads import lead_json, lead_of
from tickets.language.lexicon import words
from tickets.review import decide_mode

FOLDS = 3
CALLS_A_CODE = 6
FEWEST_UTTERANCES = 30


@dataclass(frozen=True, slots=True)
class Told:
    """An utterance: its code, the code that the other folds' model gave it, whether its code was among three."""

    code: str
    guessed: str
    among_three: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A made-up call: its code, the code and three candidates given, whether it went where it belongs, how sure."""

    code: str
    guessed: str
    candidates: tuple[str, ...]
    right: bool
    reviewed: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Validation:
    """What cross-validation found. Without enough wording all but the untested sharpness is empty."""

    utterances: dict[str, Told]
    """By story."""
    calls: tuple[Outcome, ...]
    calibration: Calibration
    sharpness: float | None


@dataclass(frozen=True, slots=True)
class _Tested:
    classifiers: Classifiers
    calls: tuple[Rehearsal, ...]


def validate(city: City, gazetteer: Gazetteer) -> Validation:
    """Cross-validate a city's models."""
    if len(city.wording) < FEWEST_UTTERANCES:
        return Validation({}, (), Calibration(), None)
    utterances: dict[str, Told] = {}
    folds = []
    for fold in range(FOLDS):
        held = [(code, text) for code, text in city.wording if _fold(text) == fold]
        rest = [(code, text) for code, text in city.wording if _fold(text) != fold]
        classifiers = train_classifiers(city, rest, [line for line in words(CHATTER) if _fold(line) != fold])
        utterances |= {story_of(text): told for text, told in _told(classifiers, held)}
        material = Material.of(held, [line for line in words(CHATTER) if _fold(line) == fold])
        folds.append(_Tested(classifiers, tuple(rehearse(city, material, fold, CALLS_A_CODE))))
    sharpness = _sharpness(folds)
    assessed = [
        (call, assess(Conversation(call.call), city, gazetteer, matter, tested.classifiers.danger))
        for tested in folds
        for matter in [replace(tested.classifiers.matter, sharpness=sharpness)]
        for call in tested.calls
    ]
    right = [_right(city, call, assessment) for call, assessment in assessed]
    reviewed = [_always_reviewed(assessment) for _, assessment in assessed]
    calibration = fit_calibration([signals_of(assessment) for _, assessment in assessed], right, reviewed)
    calls = tuple(
        _outcome(call, assessment, ok, waits, calibration)
        for (call, assessment), ok, waits in zip(assessed, right, reviewed, strict=True)
    )
    return Validation(utterances, calls, calibration, sharpness)


def _fold(text: str) -> int:
    return int(story_of(text), 16) % FOLDS


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
        for call in tested.calls:
            if call.code in model.labels and model.labels == labels:
                decided.append(model.decide(weighted_texts(Conversation(call.call))))
                truth.append(labels.index(call.code))
    return sharpness_of(np.array(decided, dtype=np.float32), np.array(truth))


def _right(city: City, call: Rehearsal, assessment: Assessment) -> bool:
    """Whether disposition, lead and handover are right."""
    if call.code == NO_MATTER or assessment.nothing.value is not None:
        return call.code == NO_MATTER and assessment.nothing.value is not None
    duty: Duty = city.duty_by_code[call.code]
    if duty.dispatched:
        district, street = (call.place.district, call.place.street) if call.place else (None, None)
        return lead_json(assessment.lead) == lead_json(lead_of(duty, district, street))
    handover = assessment.handover
    return assessment.duty.level == duty.level and (not duty.lead or duty.level == "answer" or duty.lead in handover)


def _always_reviewed(assessment: Assessment) -> bool:
    nothing = assessment.nothing.value is not None
    duty, lead = (None, None) if nothing else (assessment.duty, assessment.lead)
    return decide_mode(duty, lead, assessment.flags, 1.0, None, threshold=0.0).mode == "review"


def _outcome(call: Rehearsal, assessment: Assessment, right: bool, reviewed: bool, calibration: Calibration) -> Outcome:
    nothing = assessment.nothing.value is not None
    candidates = tuple(duty.code for duty, _ in assessment.ranking.shares[:3])
    guessed = NO_MATTER if nothing else candidates[0]
    return Outcome(call.code, guessed, candidates, right, reviewed, calibration.confidence(assessment))


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


def figures_of(city: City, validation: Validation, precision: float) -> Figures | None:
    """The figures, with what would go out without a person at a wanted precision; None where nothing was tested."""
    calls, utterances = validation.calls, validation.utterances.values()
    if not calls or not utterances:
        return None
    least = validation.calibration.least_confidence(precision)
    automatic = [call for call in calls if not call.reviewed and call.confidence >= least]
    level = {duty.code: duty.level for duty in city.duties} | {NO_MATTER: "none"}
    matters = [call for call in calls if call.code != NO_MATTER]

    def recall(kind: str) -> float:
        return _share(level[call.guessed] == kind for call in calls if level[call.code] == kind)

    return Figures(
        _share(told.guessed == told.code for told in utterances),
        _share(told.among_three for told in utterances),
        _share(call.guessed == call.code for call in matters),
        _share(call.code in call.candidates for call in matters),
        _share(call.right for call in calls),
        recall("emergency"),
        _share(level[call.code] == "emergency" for call in calls if level[call.guessed] == "emergency"),
        recall("redirect"),
        calibration_error([(call.confidence, call.right) for call in calls]),
        round(len(automatic) / len(calls), 4),
        _share(call.right for call in automatic),
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
    tested: tuple[Outcome | Told, ...] = (*validation.calls, *validation.utterances.values())
    for item in tested:
        if item.guessed != item.code:
            pairs[item.code, item.guessed] += 1
    return [(code, guessed, count) for (code, guessed), count in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]
