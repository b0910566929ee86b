"""What a city's classifier is trained on: the words of its duty list, and citizens' wording where the city has some."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from tickets.city.model import NO_MATTER, City, Duty

HARMLESS = "OTHER"
BALANCE = 0.7


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label and how much it counts. ``story`` keeps one source together in cross-validation."""

    label: str
    text: str
    weight: float
    story: str


def matter_examples(city: City) -> tuple[Example, ...]:
    """Texts for telling duties apart; the duty list alone gives some for every duty.

    Emergencies and calls without a matter are told apart by models of their own, else their many short, excited lines
    would draw every long call to them. Duties with much wording weigh no more than those with little.
    """
    told_apart = {duty.code for duty in city.duties if duty.level == "emergency"} | {NO_MATTER}
    wording = [(label, text) for label, text in city.wording if label not in told_apart]
    counts = Counter(label for label, _ in wording)
    typical = float(median(counts.values())) if counts else 1.0
    found = [
        Example(label, text, (typical / counts[label]) ** BALANCE, f"{label}:{number}")
        for number, (label, text) in enumerate(wording)
    ]
    for duty in city.duties:
        if duty.code not in told_apart:
            found += _from_duty(duty, 1.4 if duty.code in counts else 2.0)
    return tuple(found)


def danger_examples(city: City) -> tuple[Example, ...]:
    """Texts for telling emergencies (by their code) from everything else (:data:`HARMLESS`)."""
    codes = {duty.code for duty in city.duties if duty.level == "emergency"}
    found = [
        Example(label if label in codes else HARMLESS, text, 1.0, f"{label}:{number}")
        for number, (label, text) in enumerate(city.wording)
    ]
    for duty in city.duties:
        label = duty.code if duty.code in codes else HARMLESS
        found += [replace(example, label=label) for example in _from_duty(duty, 0.7)]
    return tuple(found)


def _from_duty(duty: Duty, weight: float) -> list[Example]:
    return [Example(duty.code, text, weight, f"duty:{duty.code}") for text in dict.fromkeys(_duty_texts(duty))]


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
