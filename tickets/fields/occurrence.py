"""When it happened: the latest concrete occurrence that the caller dates, else the dated start.

The days and hours that a call names are weighed by rules (``occurrence_clues.py``), whose weight is but one signal of a
choice that is learned (``occurrence_choice.py``).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from tickets.conversation import Conversation
from tickets.evidence import Found, cite
from tickets.fields.logit import Ranker
from tickets.fields.occurrence_choice import Dated, describe, packaged_choice
from tickets.fields.occurrence_clues import ASKS_WHEN, WEIGHTS, Said, about_calls, clues_of, no_event, ruled_out
from tickets.language.dates import moments, part_of_day

MOST_TURNS = 400
MOST_SAID = 60
"""Moments of a call that are weighed; the rest of a call that names more is left."""


def read_occurrence(conversation: Conversation, choice: Ranker | None = None) -> Found[str | None]:
    """``YYYY-MM-DDTHH:MM`` or ``YYYY-MM-DD`` of the matter, None where the caller dates no occurrence.

    Args:
        conversation: the call.
        choice: what was learned of choosing; the packaged one when None.
    """
    called_at = conversation.call.started_at
    if called_at is None:
        return Found(None)
    called_at = called_at.replace(tzinfo=None)
    candidates = dated(conversation, called_at)
    if not candidates:
        return Found(None)
    shares = (choice or packaged_choice()).shares(describe(conversation, called_at, candidates))
    best = int(shares.argmax())
    if best == len(candidates):
        return Found(None, (), float(shares[best]))
    said = candidates[best].sayings[0][0]
    words = cite(conversation.call, said.turn, said.moment.start, said.moment.end)
    return Found(candidates[best].iso, (words,), float(shares[best]))


def dated(conversation: Conversation, called_at: datetime) -> Sequence[Dated]:
    """The days and moments that a call names and that may be meant, earliest first; ``called_at`` is local time."""
    every = [said for said in _said(conversation, called_at) if not ruled_out(conversation, said, called_at)]
    sayings: dict[str, list[tuple[Said, Sequence[str], float]]] = defaultdict(list)
    for said in every[:MOST_SAID]:
        clues = clues_of(conversation, said, every, called_at)
        if not no_event(conversation, said, clues):
            sayings[said.moment.iso()].append((said, clues, sum(WEIGHTS[clue] for clue in clues)))
    return [Dated(iso, sorted(sayings[iso], key=lambda saying: -saying[2])) for iso in sorted(sayings)]


def _said(conversation: Conversation, called_at: datetime) -> list[Said]:
    every: list[Said] = []
    context: date | None = None
    part = ""
    for turn in range(min(len(conversation.call.turns), MOST_TURNS)):
        text = conversation.text(turn)
        operator = conversation.role(turn) == "operator"
        found = moments(text, called_at, context, part)
        every += [Said(turn, moment) for moment in found]
        named = [
            moment
            for moment in found
            if moment.named_day and moment.day <= called_at.date() and not about_calls(conversation, Said(turn, moment))
        ]
        # A question when it was names the day that the answer's hour is of (昨晚几点停的？八点零五)
        if named and (not operator or ASKS_WHEN.search(text)):
            context = named[-1].day
        part = part_of_day(text) or part
    return every
