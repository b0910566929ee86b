"""Second and later matters of the same call: what the caller adds (还有一个事, 另外, 顺便) of another duty."""

import re

from tickets.city.model import NO_MATTER, City, Duty
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation
from tickets.evidence import Evidence, cite
from tickets.summary import written
from tickets.ticket import FurtherMatter, TicketPlace

_ADDS = re.compile(
    r"(?:哎?对了|还有(?:一个|个|一件|件)?(?:事|问题|就是)?|另外(?:还有)?(?:一个|一件)?(?:事)?|顺便|再(?:一个|有)|第二(?:个|件)(?:事|问题)?)[，,啊]?"
)
_ANOTHER = re.compile(
    r"还有(?:一个|个|一件|件)?(?:别的|另外的)?(?:事|问题)|另外(?:一个|一件|还有)|顺便|第二(?:个|件)(?:事|问题)|哎?对了"
)
FEWEST_CHARACTERS, MOST_MATTERS = 12, 3
LEAST_SHARE = 0.3


def read_further_matters(
    conversation: Conversation, city: City, model: LinearModel, main: Duty, place: TicketPlace | None
) -> tuple[tuple[FurtherMatter, ...], tuple[Evidence, ...]]:
    """Further matters of duties that are dispatched, at most three, with the words that begin them."""
    found: dict[str, FurtherMatter] = {}
    evidence: list[Evidence] = []
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for match in _ADDS.finditer(text):
            if match.start() and text[match.start() - 1] not in "，。！？,；、":
                continue
            said = re.split(r"[。！？]", text[match.end() :])
            part = "。".join(said[:2])[:120]
            if len(part) < FEWEST_CHARACTERS:
                continue
            shares = model.probabilities(model.decide([(part, 1.0)]))
            label = model.labels[int(shares.argmax())]
            duty = city.duty_by_code.get(label) if label != NO_MATTER else None
            sure = float(shares.max()) >= (LEAST_SHARE if _ANOTHER.search(match[0]) else 0.5)
            if duty is None or not duty.dispatched or not sure or duty.level1 == main.level1 or duty.lead == main.lead:
                continue
            if duty.code not in found and len(found) < MOST_MATTERS:
                found[duty.code] = FurtherMatter(duty.code, place, written(part)[:80])
                evidence.append(cite(conversation.call, turn, match.start(), min(len(text), match.end() + 20)))
    return tuple(found.values()), tuple(evidence)
