"""Calls whose duty a person confirmed become wording of the city, so that the next training knows them.

A line holds the citizen's turns; what he answers to the questions for name and number is left out, and digits become
``#``. Each call becomes one line, once.
"""

import re
from collections.abc import Iterable, Sequence, Set
from pathlib import Path

from tickets.call import Call, without_control_characters
from tickets.city.loading import MOST_WORDING_CHARACTERS, WORDING_FOLDER
from tickets.city.model import City
from tickets.classification.features import masked
from tickets.classification.matter import CONTACT_QUESTION
from tickets.conversation import Conversation

FILE = "confirmed.txt"
FEWEST_CHARACTERS = 8


def wording_of(call: Call) -> str:
    """The citizen's words as one line of wording; empty where nothing is told."""
    conversation = Conversation(call)
    told = [
        re.sub(r"\s+", " ", without_control_characters(masked(conversation.text(turn)))).strip()
        for turn in conversation.citizen
        if not CONTACT_QUESTION.search(conversation.question(turn))
    ]
    line = " / ".join(part for part in told if len(part) >= FEWEST_CHARACTERS)
    return line[:MOST_WORDING_CHARACTERS]


def add_confirmed(city: City, folder: Path, calls: Iterable[tuple[Call, str]]) -> Sequence[str]:
    """Append calls with their confirmed codes to ``wording/confirmed.txt``; the codes of those that are new.

    Raises:
        ValueError: a code isn't in the duty list.
        OSError: the file can't be written.
    """
    known: Set[str] = {text for _, text in city.wording}
    fresh: dict[str, str] = {}
    for call, code in calls:
        if code not in city.duty_by_code:
            raise ValueError(f"call {call.id}: {code!r} is no code of duties.csv")
        line = wording_of(call)
        if line and line not in known:
            fresh.setdefault(line, code)
    if fresh:
        file = folder / WORDING_FOLDER / FILE
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{code}\t{line}\n" for line, code in fresh.items())
    return tuple(fresh.values())
