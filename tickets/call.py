"""The call that a ticket is written from: who said what, in order. Read from reference calls and transcripts alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, cast

from tickets.errors import CallError

Role = Literal["operator", "citizen", "other"]
ROLES: tuple[Role, ...] = ("operator", "citizen", "other")
CHINA_STANDARD_TIME = timezone(timedelta(hours=8))
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Turn:
    """One party's words. ``confidence`` 0…1 is the recogniser's, None for a reference call."""

    role: Role
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """All turns of a call, in order; ``turns[i]`` is what evidence with ``turn == i`` cites.

    ``started_at`` is None where the recorder gave no time: relative dates then stay unread.
    ``caller_number`` holds digits only.
    """

    id: str
    turns: tuple[Turn, ...]
    started_at: datetime | None = None
    caller_number: str | None = None
    dialect: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Call":
        """Read a reference call (``turns``) or a transcript (``segments``); ``gold`` is never looked at.

        Raises:
            CallError: neither list is there, or a value has a wrong type.
        """
        if not isinstance(data, Mapping):
            raise CallError("a call must be a JSON object")
        key = "turns" if "turns" in data else "segments"
        items = data.get(key)
        if not isinstance(items, list):
            raise CallError("a call needs a list 'turns' (reference call) or 'segments' (transcript)")
        return cls(
            id=str(data.get("id", "")),
            turns=tuple(_turn(item, f"{key}[{index}]") for index, item in enumerate(items)),
            started_at=_moment(data.get("started_at")),
            caller_number=_digits(data.get("caller_number")),
            dialect=_dialect(data.get("dialect")),
        )


def _turn(item: object, where: str) -> Turn:
    if not isinstance(item, Mapping) or not isinstance(item.get("text"), str):
        raise CallError(f"{where} needs a string 'text'")
    role = item.get("role")
    if role not in ROLES:
        raise CallError(f"{where}.role is {role!r}, must be one of {', '.join(ROLES)}")
    confidence = item.get("confidence")
    if confidence is not None and (isinstance(confidence, bool) or not isinstance(confidence, int | float)):
        raise CallError(f"{where}.confidence must be a number")
    return Turn(cast(Role, role), item["text"], None if confidence is None else float(confidence))


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise CallError(f"started_at is {value!r}, must be an ISO 8601 time") from error
    if moment.tzinfo is None:
        return moment.replace(tzinfo=CHINA_STANDARD_TIME)
    try:
        return moment.astimezone(CHINA_STANDARD_TIME)
    except OverflowError as error:
        raise CallError(f"started_at is {value!r}, out of the calendar's range") from error


def _digits(value: object) -> str | None:
    digits = re.sub(r"[^0-9]", "", str(value)) if value is not None else ""
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits or None


def _dialect(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("label")
    return value if isinstance(value, str) else None


def without_control_characters(text: str) -> str:
    """The text with control characters and lone surrogates dropped, fit for a database or a page."""
    return _CONTROL.sub("", text)
