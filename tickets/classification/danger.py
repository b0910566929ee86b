"""How much the caller's words sound like emergencies in the city's wording, beside the rules' word lists."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tickets.city.model import City
from tickets.classification.labels import HARMLESS
from tickets.classification.model import Floats, LinearModel
from tickets.conversation import Conversation

SENTENCES = 2
FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 200
MOST_STRETCHES = 200
SUSPICIOUS = -1.3
_SENTENCE = re.compile(r"[^。！？!?\n]+")


@dataclass(frozen=True, slots=True)
class Alarming:
    """A stretch of a turn: the service it sounds most like and ``margin``, by how much more than harmless words."""

    service: str
    margin: float
    turn: int
    start: int
    end: int

    @property
    def suspicious(self) -> bool:
        """Whether it sounds enough like an emergency to count beside words of danger."""
        return self.margin > SUSPICIOUS


def read_danger(conversation: Conversation, city: City, model: LinearModel) -> tuple[Alarming, ...]:
    """Weigh every two sentences of the citizen against the city's emergencies, worst first."""
    harmless = model.labels.index(HARMLESS)
    services = services_of(city, model)
    stretches = list(islice(_stretches(conversation), MOST_STRETCHES))
    margins = margins_of_each(model, [conversation.text(turn)[start:end] for turn, start, end in stretches])
    margins[:, harmless] = -np.inf
    found = [
        Alarming(services[top], float(of_text[top]), *stretch)
        for stretch, of_text, top in zip(stretches, margins, margins.argmax(axis=1).tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda item: (-item.margin, item.turn, item.start)))


def services_of(city: City, model: LinearModel) -> tuple[str, ...]:
    """The service of each label of a danger model, empty for harmless."""
    return tuple(duty.lead or "" if (duty := city.duty_by_code.get(label)) else "" for label in model.labels)


def margins_of(model: LinearModel, text: str) -> Floats:
    """By how much more a text sounds like each label than harmless."""
    decided = model.decide([(text, 1.0)])
    return np.asarray(decided - decided[model.labels.index(HARMLESS)], dtype=np.float32)


def margins_of_each(model: LinearModel, texts: Sequence[str]) -> Floats:
    """:func:`margins_of` of each text, texts × labels."""
    decided = model.decide_each(texts)
    return np.asarray(decided - decided[:, [model.labels.index(HARMLESS)]], dtype=np.float32)


def _stretches(conversation: Conversation) -> Iterator[tuple[int, int, int]]:
    for turn in conversation.citizen:
        spans = [(match.start(), match.end()) for match in _SENTENCE.finditer(conversation.text(turn))]
        for index, (start, _) in enumerate(spans):
            end = min(spans[min(index + SENTENCES, len(spans)) - 1][1], start + MOST_CHARACTERS)
            if end - start >= FEWEST_CHARACTERS:
                yield turn, start, end
