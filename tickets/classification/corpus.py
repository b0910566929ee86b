"""What a city's classifier is trained on: the words of its duty list, and citizens' wording where the city has some."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.city.model import City, Duty


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label and how much it counts. ``story`` keeps lines of one source together in cross-validation."""

    label: str
    text: str
    weight: float
    story: str


def examples(city: City) -> tuple[Example, ...]:
    """All training texts of a city; the duty list alone gives some for every duty."""
    return (*_from_duties(city), *_from_wording(city))


def _from_duties(city: City) -> Iterator[Example]:
    worded = {label for label, _ in city.wording}
    for duty in city.duties:
        weight = 0.7 if duty.code in worded else 1.5
        for text in dict.fromkeys(_duty_texts(duty)):
            yield Example(duty.code, text, weight, f"duty:{duty.code}")


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


def _from_wording(city: City) -> Iterator[Example]:
    for number, (label, text) in enumerate(city.wording):
        yield Example(label, text, 1.0, f"{label}:{number}")
