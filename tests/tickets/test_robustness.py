"""No transcript stops the product or holds it up: a sample in every run, ten thousand behind ``long``."""

import json
import time

import pytest

from tests.tickets.hostile_transcripts import KINDS, hostile_call
from tickets.call import Call
from tickets.city import load_city
from tickets.conversation import MOST_CHARACTERS, Conversation
from tickets.explanation.explain import explain
from tickets.structuring import prepare, structure

CITY = load_city()
PLACES = [place.name for place in CITY.places]
SAMPLE, ALL = range(208), range(10_000)
LONGEST = 10.0
"""Seconds of CPU for one transcript on a busy core; the longest holds hours of talk."""


def check(number: int) -> tuple[float, str]:
    """Structure and explain one transcript, as workers do; its CPU time and name."""
    call = Call.from_json(hostile_call(number, PLACES))
    before = time.process_time()
    ticket = structure(call, CITY)
    explain(call, CITY, ticket)
    seconds = time.process_time() - before
    assert 0 <= ticket.confidence <= 1
    assert len(ticket.title) <= 30
    assert len(ticket.summary) < 200
    assert len(ticket.candidates) >= 3
    assert ticket.lead is None or ticket.lead.level != "grassroots" or ticket.category in GRASSROOTS
    for items in ticket.evidence.values():
        for item in items:
            assert item.words in call.turns[item.turn].text
    json.dumps(ticket.to_json(), ensure_ascii=False).encode("utf-8", "replace")
    return seconds, call.id


GRASSROOTS = {duty.code for duty in CITY.duties if duty.grassroots_role == "lead"}


def check_all(numbers: range) -> tuple[float, str]:
    prepare(CITY)
    worst = max(check(number) for number in numbers)
    print(f"worst of {len(numbers)}: {worst[0]:.2f} s ({worst[1]})")  # noqa: T201 -- shown with -s
    return worst


def test_readers_get_text_that_can_be_encoded_and_places_stay() -> None:
    for number in range(9, 9 + 5 * len(KINDS), len(KINDS)):
        call = Call.from_json(hostile_call(number, PLACES))
        conversation = Conversation(call)
        for index, turn in enumerate(call.turns):
            text = conversation.text(index)
            text.encode()
            assert len(text) == min(len(turn.text), MOST_CHARACTERS)
            assert all(b in {a, "\ufffd"} for a, b in zip(turn.text, text, strict=False))


def test_a_sample_of_hostile_transcripts() -> None:
    assert len(SAMPLE) > 10 * len(KINDS)
    assert check_all(SAMPLE)[0] < LONGEST


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_ten_thousand_hostile_transcripts() -> None:
    assert check_all(ALL)[0] < LONGEST
