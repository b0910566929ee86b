"""Second and later matters of the same call: what the caller adds (还有一个事, 另外, 顺便) of another duty.

Where what is added is what the whole call ranks first, the matter told before it is the further one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tickets.city.model import City, Duty
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation
from tickets.evidence import Evidence, cite
from tickets.summary import written
from tickets.ticket import FurtherMatter, TicketPlace

_ADDS = re.compile(
    r"(?:哎?对了|还有(?:一个|个|一件|件)?(?:事|问题|就是)?|另外(?:还有)?(?:一个|一件)?(?:事)?|顺便|再(?:一个|有)|第二(?:个|件)(?:事|问题))[，,啊]?"
)
_ANOTHER = re.compile(
    r"还有(?:一个|个|一件|件)?(?:别的|另外的)?(?:事|问题)|另外(?:一个|一件|还有)|顺便|第二(?:个|件)(?:事|问题)|哎?对了"
)
MOST_PARTS = 8
"""Of more "something else" than these no caller's main matter is the last."""
FEWEST_CHARACTERS, MOST_CHARACTERS, MOST_MATTERS = 12, 120, 3
ANNOUNCED, ADDED, ALIKE = 0.3, 0.8, 0.9
"""Least shares of a matter announced as another one, only added, or led or grouped like the main one."""


@dataclass(frozen=True, slots=True)
class _Part:
    turn: int
    start: int
    end: int
    text: str
    announced: bool


def read_further_matters(
    conversation: Conversation,
    city: City,
    model: LinearModel,
    main: Duty,
    locate_part: Callable[[str], TicketPlace | None],
) -> tuple[tuple[FurtherMatter, ...], tuple[Evidence, ...]]:
    """Further matters of duties that are dispatched, at most three, with the words that begin them.

    Args:
        conversation: the call.
        city: whose duties hold.
        model: tells duties apart.
        main: the main matter's duty.
        locate_part: the place that a part names, the main matter's where it names none.
    """
    found: dict[str, FurtherMatter] = {}
    evidence: list[Evidence] = []

    def add(duty: Duty, part: _Part) -> None:
        if duty.code not in found and len(found) < MOST_MATTERS:
            found[duty.code] = FurtherMatter(duty.code, locate_part(part.text), written(part.text)[:80])
            evidence.append(cite(conversation.call, part.turn, part.start, part.end))

    for part in _parts(conversation):
        duty, share = _classified(part.text, city, model)
        if duty is None:
            continue
        if duty.code == main.code:
            before = _before(conversation, part)
            first, share = _classified(before.text, city, model) if before else (None, 0.0)
            if before and first and first.code != main.code and share >= _least(first, main, announced=part.announced):
                add(first, before)
        elif share >= _least(duty, main, announced=part.announced):
            add(duty, part)
    return tuple(found.values()), tuple(evidence)


def told_last(conversation: Conversation, city: City, model: LinearModel, main: Duty) -> Conversation | None:
    """The call with all that is told before the main matter blanked, where another matter is told first; else None.

    Turns and characters stay where they are.
    """
    for part in islice(_parts(conversation), MOST_PARTS):
        duty, _ = _classified(part.text, city, model)
        before = _before(conversation, part) if duty is not None and duty.code == main.code else None
        if before is None:
            continue
        first, share = _classified(before.text, city, model)
        if first and first.code != main.code and share >= _least(first, main, announced=part.announced):
            said = list(conversation.call.turns)
            for number in range(part.turn + 1):
                blank = part.start if number == part.turn else len(said[number].text)
                said[number] = replace(said[number], text="，" * blank + said[number].text[blank:])
            return Conversation(replace(conversation.call, turns=tuple(said)))
    return None


def _parts(conversation: Conversation) -> Iterator[_Part]:
    """What follows each "there is something else": two sentences."""
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for match in _ADDS.finditer(text):
            if match.start() and text[match.start() - 1] not in "，。！？,；、":
                continue
            part = "。".join(re.split(r"[。！？]", text[match.end() :])[:2])[:MOST_CHARACTERS]
            if len(part) >= FEWEST_CHARACTERS:
                end = min(len(text), match.end() + 20)
                yield _Part(turn, match.start(), end, part, bool(_ANOTHER.search(match[0])))


def _before(conversation: Conversation, part: _Part) -> _Part | None:
    """The matter told before a part: the longest turn of the citizen up to it."""
    told = [(turn, conversation.text(turn)) for turn in conversation.citizen if turn < part.turn]
    told.append((part.turn, conversation.text(part.turn)[: part.start]))
    turn, text = max(told, key=lambda item: len(item[1]))
    if len(text) < FEWEST_CHARACTERS:
        return None
    return _Part(turn, 0, min(len(text), MOST_CHARACTERS), text[:MOST_CHARACTERS], announced=False)


def _classified(text: str, city: City, model: LinearModel) -> tuple[Duty | None, float]:
    shares = model.probabilities(model.decide([(text, 1.0)]))
    duty = city.duty_by_code.get(model.labels[int(shares.argmax())])
    return (duty, float(shares.max())) if duty is not None and duty.dispatched else (None, 0.0)


def _least(duty: Duty, main: Duty, *, announced: bool) -> float:
    if duty.level1 == main.level1 or duty.lead == main.lead:
        return ALIKE
    return ANNOUNCED if announced else ADDED
