"""How much a stretch of the caller's words sounds like emergencies in the city's wording, beside the rules' word lists."""

import re
from dataclasses import dataclass

from tickets.city.model import City
from tickets.classification.corpus import HARMLESS
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation
from tickets.evidence import Evidence, cite

SENTENCES = 2
FEWEST_CHARACTERS = 8
MOST_WINDOWS = 300
_SENTENCE = re.compile(r"[^。！？!?\n]+")


@dataclass(frozen=True, slots=True)
class DangerHeard:
    """The most alarming stretch: the service of its code, ``margin`` over harmless words (above −1 is suspicious)."""

    service: str | None
    margin: float
    evidence: Evidence | None


NO_DANGER = DangerHeard(None, -9.0, None)


def read_danger(conversation: Conversation, city: City, model: LinearModel | None) -> DangerHeard:
    """Weigh every two sentences of the citizen against the city's emergencies."""
    if model is None or HARMLESS not in model.labels:
        return NO_DANGER
    harmless = model.labels.index(HARMLESS)
    best = NO_DANGER
    windows = 0
    for turn in conversation.citizen:
        spans = [(match.start(), match.end()) for match in _SENTENCE.finditer(conversation.text(turn))]
        for index, (start, _) in enumerate(spans):
            end = spans[min(index + SENTENCES, len(spans)) - 1][1]
            text = conversation.text(turn)[start:end]
            if len(text) < FEWEST_CHARACTERS:
                continue
            windows += 1
            if windows > MOST_WINDOWS:
                return best
            decided = model.decide([(text, 1.0)])
            margins = decided - decided[harmless]
            margins[harmless] = -9.0
            top = int(margins.argmax())
            if float(margins[top]) > best.margin:
                duty = city.duty_by_code.get(model.labels[top])
                cited = cite(conversation.call, turn, start, min(end, start + 40))
                best = DangerHeard(duty.lead if duty else None, float(margins[top]), cited)
    return best
