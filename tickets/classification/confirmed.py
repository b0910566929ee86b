"""Calls whose ticket a person confirmed: whole, in the city's folder, so that the next training knows them.

``confirmed/*.jsonl`` holds a reference call a line: turns, and in ``gold`` the ticket fields that were confirmed, of
which the category is needed. From a call with its answer every model of a city learns more than from an utterance: the
classifier what the matter sounds like between greetings and questions, the alarm what is none, the calibration how
often the machine is right on calls that really came.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tickets.call import Call, without_control_characters
from tickets.city.loading import CONFIRMED_FOLDER, MOST_WORDING_CHARACTERS
from tickets.city.model import NO_MATTER, City
from tickets.classification.features import masked
from tickets.classification.matter import CONTACT_QUESTION
from tickets.conversation import Conversation
from tickets.errors import CallError, CityError

FILE = "calls.jsonl"
FEWEST_CHARACTERS = 8
_NOT_KEPT = frozenset({"contact", "title", "summary"})
_LONG_NUMBER = re.compile(r"(?:[0-9零〇一二三四五六七八九幺拐洞两][-—，、 ]?){7,}")


@dataclass(frozen=True)
class ConfirmedCall:
    """A call with the fields of its ticket that a person confirmed."""

    call: Call
    code: str
    """The category; :data:`NO_MATTER` where the call had none."""
    ticket: Mapping[str, Any]

    @cached_property
    def conversation(self) -> Conversation:
        """The call, ready to be read."""
        return Conversation(self.call)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """What the citizen told, a turn each: answers to the questions for name and number are left out."""
        told = (
            re.sub(r"\s+", " ", without_control_characters(masked(self.conversation.text(turn)))).strip()
            for turn in self.conversation.citizen
            if not CONTACT_QUESTION.search(self.conversation.question(turn))
        )
        return tuple(text for text in told if len(text) >= FEWEST_CHARACTERS)

    @property
    def wording(self) -> str:
        """What the citizen told, in one line; empty where nothing was."""
        return " / ".join(self.told)[:MOST_WORDING_CHARACTERS]


def confirmed_calls(city: City) -> tuple[ConfirmedCall, ...]:
    """The confirmed calls of a city's folder; none where it has no folder.

    Raises:
        CityError: a line is no call, or its category isn't in the duty list.
    """
    return tuple(
        confirmed
        for file in _files(city)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
        for confirmed in [_read(city, file, number, line)]
    )


def confirmed_version(city: City) -> bytes:
    """A digest of the confirmed calls of a city's folder; empty where there are none."""
    digests = [hashlib.sha256(file.read_bytes()).digest() for file in _files(city)]
    return b"".join(digests)


def add_confirmed(city: City, lines: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Append calls with their confirmed fields (``gold`` or ``ticket``) to the city's folder.

    Gives the codes of those that are new. Numbers of seven digits and more and the caller's surname are masked, his
    number and the contact fields are not kept.

    Raises:
        ValueError: the city has no folder, or a category isn't in the duty list.
        CallError: a line is no call.
        OSError: the file can't be written.
    """
    if city.folder is None:
        raise ValueError("this city was not read from a folder")
    known = {_words(confirmed.call) for confirmed in confirmed_calls(city)}
    fresh: list[tuple[str, str]] = []
    for data in lines:
        ticket = data.get("gold") or data.get("ticket") or {}
        call = Call.from_json(data)
        if not ticket.get("category") and ticket.get("disposition") != "none":
            continue
        code = _code(city, ticket, f"call {call.id}")
        hide = _hider((ticket.get("contact") or {}).get("surname"))
        kept = {
            "id": call.id,
            "started_at": call.started_at.isoformat() if call.started_at else None,
            "turns": [{"role": turn.role, "text": hide(turn.text)} for turn in call.turns],
            "gold": {name: value for name, value in ticket.items() if name not in _NOT_KEPT},
        }
        words = _words(Call.from_json(kept))
        if words not in known:
            known.add(words)
            fresh.append((code, json.dumps(kept, ensure_ascii=False)))
    if fresh:
        file = city.folder / CONFIRMED_FOLDER / FILE
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for _, line in fresh)
    return tuple(code for code, _ in fresh)


def _files(city: City) -> Iterator[Path]:
    return iter(sorted((city.folder / CONFIRMED_FOLDER).glob("*.jsonl")) if city.folder else ())


def _read(city: City, file: Path, number: int, line: str) -> ConfirmedCall:
    try:
        data = json.loads(line)
        call = Call.from_json(data)
        ticket = data.get("gold") or {}
        return ConfirmedCall(call, _code(city, ticket, "gold"), ticket)
    except (ValueError, CallError) as error:
        raise CityError(file, number, str(error)) from error


def _code(city: City, ticket: Mapping[str, Any], where: str) -> str:
    code = ticket.get("category") or NO_MATTER
    if code != NO_MATTER and code not in city.duty_by_code:
        raise ValueError(f"{where}: {code!r} is no code of duties.csv")
    return str(code)


def _hider(surname: str | None) -> Callable[[str], str]:
    name = re.compile(rf"(?<=姓){re.escape(surname)}|{re.escape(surname)}(?=先生|女士|小姐|姓)") if surname else None
    return lambda text: _LONG_NUMBER.sub("#", name.sub("某", text) if name else text)


def _words(call: Call) -> str:
    return hashlib.sha256("\n".join(turn.text for turn in call.turns).encode()).hexdigest()
