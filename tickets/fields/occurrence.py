"""When it happened: the latest concrete occurrence that the caller dates, else the dated start."""

from datetime import date, datetime

from tickets.conversation import Conversation
from tickets.evidence import Found, cite
from tickets.fields.occurrence_clues import ASKS_WHEN, Said, about_calls, ruled_out, weight_of
from tickets.language.dates import moments, part_of_day

MOST_TURNS = 400
MOST_SAID = 60
"""Moments of a call that are weighed; the rest of a call that names more is left."""
LEAST_WEIGHT, CLOSE = 0.9, 1.0


def read_occurrence(conversation: Conversation) -> Found[str | None]:
    """``YYYY-MM-DDTHH:MM`` or ``YYYY-MM-DD`` of the matter, None where the caller dates no occurrence."""
    called_at = conversation.call.started_at
    if called_at is None:
        return Found(None)
    called_at = called_at.replace(tzinfo=None)
    every = [said for said in _said(conversation, called_at) if not ruled_out(conversation, said, called_at)]
    weighed = [(weight_of(conversation, said, every, called_at), said) for said in every[:MOST_SAID]]
    best = max((weight for weight, _ in weighed), default=0.0)
    close = [(weight, said) for weight, said in weighed if weight >= max(LEAST_WEIGHT, best - CLOSE)]
    if not close:
        return Found(None)

    def order(item: tuple[float, Said]) -> tuple[date, bool, float, int]:
        # Of equally good ones the latest; a time of day beats the bare day it belongs to
        weight, said = item
        return said.moment.day, said.moment.clock is not None, weight, -said.turn

    weight, said = max(close, key=order)
    words = cite(conversation.call, said.turn, said.moment.start, said.moment.end)
    return Found(said.moment.iso(), (words,), min(0.9, weight / 4))


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
