"""What a city's classifier is trained on: the words of its duty list, and citizens' wording where the city has some."""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from tickets.city.model import NO_MATTER, City, Duty
from tickets.classification.confirmed import ConfirmedCall
from tickets.classification.labels import ACTING, HARMLESS
from tickets.classification.matter import weighted_texts
from tickets.classification.rehearsal import Material, Talk, told

BALANCE = 0.7
CALLS_A_DUTY = 8
CONFIRMED_WEIGHT = 3.0
Wording = Sequence[tuple[str, str]]
"""(code, utterance) pairs."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label and how much it counts; of a call the turns, weighted as ``weighted_texts`` does."""

    label: str
    text: str | tuple[tuple[str, float], ...]
    weight: float


def story_of(text: str) -> str:
    """What keeps an utterance in the same fold of cross-validation, whatever else the wording holds: 12 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def matter_examples(
    city: City, wording: Wording, talk: Talk, confirmed: Sequence[ConfirmedCall] = ()
) -> tuple[Example, ...]:
    """Texts for telling duties apart: the duty list gives some for every duty, wording itself and made-up calls, and
    confirmed calls all that was said, weighted as it is in a call to be classified.

    Emergencies and calls without a matter are told apart by models of their own, else their many short, excited lines
    would draw every long call to them. Duties with much wording weigh no more than those with little.
    """
    apart = {duty.code for duty in city.duties if duty.level == "emergency"} | {NO_MATTER}
    wording = [(label, text) for label, text in wording if label not in apart]
    counts = Counter(label for label, _ in wording)
    typical = float(median(counts.values())) if counts else 1.0
    weights = {label: (typical / count) ** BALANCE for label, count in counts.items()}
    found = [Example(label, text, weights[label]) for label, text in wording]
    material = Material.of(wording, talk)
    draw = random.Random(0)  # noqa: S311 — made-up calls, no secret
    for label in sorted(counts):
        calls = (" / ".join(told(material, label, draw)) for _ in range(min(CALLS_A_DUTY, counts[label])))
        found += [Example(label, text, weights[label]) for text in calls]
    found += [
        Example(item.code, tuple(weighted_texts(item.conversation)), CONFIRMED_WEIGHT)
        for item in confirmed
        if item.code not in apart
    ]
    for duty in city.duties:
        if duty.code not in apart:
            found += _from_duty(duty, 1.4 if duty.code in counts else 2.0)
    return tuple(found)


def danger_examples(
    city: City, wording: Wording, chatter: Sequence[str], confirmed: Sequence[ConfirmedCall] = ()
) -> tuple[Example, ...]:
    """Texts for telling emergencies (by their code) from everything else (:data:`HARMLESS`).

    What is told in a confirmed call without danger is harmless, turn by turn; in one with danger only the whole is sure
    to hold it.
    """
    codes = {duty.code for duty in city.duties if duty.level == "emergency"}
    found = [Example(label if label in codes else HARMLESS, text, 1.0) for label, text in wording]
    found += [Example(HARMLESS, text, 1.0) for text in chatter]
    for item in confirmed:
        if item.code in codes and item.wording:
            found.append(Example(item.code, item.wording, 1.0))
        elif item.wording:
            found += [Example(HARMLESS, text, 1.0) for text in (*item.told, item.wording)]
    for duty in city.duties:
        label = duty.code if duty.code in codes else HARMLESS
        found += [replace(example, label=label) for example in _from_duty(duty, 0.7)]
    return tuple(found)


def operator_examples(
    city: City, acting: Sequence[str], other: Sequence[str], confirmed: Sequence[ConfirmedCall] = ()
) -> tuple[Example, ...]:
    """Operators' sentences: those that act on a danger (:data:`ACTING`) and all others (:data:`HARMLESS`), to which
    belongs whatever they say in confirmed calls without one.
    """
    codes = {duty.code for duty in city.duties if duty.level == "emergency"}
    calm = [item.call.turns for item in confirmed if item.code not in codes]
    said = dict.fromkeys(turn.text for turns in calm for turn in turns if turn.role == "operator")
    return (
        *(Example(ACTING, text, 1.0) for text in acting),
        *(Example(HARMLESS, text, 1.0) for text in (*other, *said)),
    )


def _from_duty(duty: Duty, weight: float) -> list[Example]:
    return [Example(duty.code, text, weight) for text in dict.fromkeys(_duty_texts(duty))]


def _duty_texts(duty: Duty) -> Iterator[str]:
    plain = re.sub(r"[(（].*?[)）]", "", duty.level2)
    yield duty.level2
    yield plain
    yield f"{duty.level1}，{duty.level2}"
    yield f"我要反映{plain}的问题"
    for part in re.split(r"[、()（）与和]", duty.level2):
        if len(part) >= 2:
            yield part
    if duty.note:
        yield duty.note
