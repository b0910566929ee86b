"""How much the caller's words sound like emergencies in the city's wording, beside the rules' word lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tickets.city.model import City
from tickets.classification.corpus import HARMLESS
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation

SENTENCES = 2
FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 200
MOST_STRETCHES = 200
SUSPICIOUS = -1.3
_SENTENCE = re.compile(r"[^。！？!?\n]+")


@dataclass(frozen=True, slots=True)
class Alarming:
    """A stretch of a turn: the service it sounds like, ``margin`` over harmless words (above −1 is suspicious)."""

    service: str
    margin: float
    turn: int
    start: int
    end: int


def read_danger(conversation: Conversation, city: City, model: LinearModel | None) -> tuple[Alarming, ...]:
    """Weigh every two sentences of the citizen against the city's emergencies; suspicious ones, worst first."""
    if model is None or HARMLESS not in model.labels:
        return ()
    harmless = model.labels.index(HARMLESS)
    services = [duty.lead or "" if (duty := city.duty_by_code.get(label)) else "" for label in model.labels]
    found: list[Alarming] = []
    for turn, start, end in islice(_stretches(conversation), MOST_STRETCHES):
        decided = model.decide([(conversation.text(turn)[start:end], 1.0)])
        margins = decided - decided[harmless]
        margins[harmless] = -np.inf
        top = int(margins.argmax())
        if margins[top] > SUSPICIOUS:
            found.append(Alarming(services[top], float(margins[top]), turn, start, end))
    return tuple(sorted(found, key=lambda item: (-item.margin, item.turn, item.start)))


def _stretches(conversation: Conversation) -> Iterator[tuple[int, int, int]]:
    for turn in conversation.citizen:
        spans = [(match.start(), match.end()) for match in _SENTENCE.finditer(conversation.text(turn))]
        for index, (start, _) in enumerate(spans):
            end = min(spans[min(index + SENTENCES, len(spans)) - 1][1], start + MOST_CHARACTERS)
            if end - start >= FEWEST_CHARACTERS:
                yield turn, start, end
