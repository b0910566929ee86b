"""What the forms share: text that every database keeps, times with a zone, links, problems."""

import math
import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

BEIJING: Final = ZoneInfo("Asia/Shanghai")
PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
MAX_CUSTOM_DEPTH: Final = 20
MAX_CUSTOM_BYTES: Final = 16 * 1024

Line = Annotated[str, StringConstraints(pattern=PRINTABLE, strip_whitespace=True)]
"""Text of one line; control characters, which PostgreSQL or logs would choke on, are refused."""

RecordingId = Annotated[str, StringConstraints(pattern="^rec_[0-9a-f]{32}$")]
CallId = Annotated[str, StringConstraints(pattern="^call_[0-9a-f]{32}$")]


class Answer(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(from_attributes=True)


class Demand(BaseModel):
    """Base of what is asked: unknown names are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid")


def _in_zone(value: datetime) -> datetime:
    if not MINYEAR < value.year < MAXYEAR:
        raise ValueError("a time at the very edge of the calendar has no moment in every zone")
    return (value if value.tzinfo else value.replace(tzinfo=BEIJING)).astimezone(UTC)


_BARE_NUMBER: Final = re.compile(r"\s*[-+]?[\d.]+(e[-+]?\d+)?\s*\Z", re.IGNORECASE)


def _from_text(value: object) -> object:
    # Pydantic would read a bare number as seconds since 1970; a recorder's 20260312 must not become 1970-08-23.
    if isinstance(value, bool | int | float) or (isinstance(value, str) and _BARE_NUMBER.match(value)):
        raise ValueError("a time must be ISO 8601 text such as 2026-03-12T09:41:00+08:00")
    return value


Moment = Annotated[datetime, BeforeValidator(_from_text), AfterValidator(_in_zone)]
"""A time in ISO 8601, brought to UTC. Without an offset it is Beijing time, the one time of the country."""


def storable(value: Any, depth: int = 0) -> Any:
    """Check JSON that is kept as it is; raises ``ValueError`` for what PostgreSQL's JSON cannot hold."""
    if depth > MAX_CUSTOM_DEPTH:
        raise ValueError(f"nested deeper than {MAX_CUSTOM_DEPTH} levels")
    match value:
        case str() if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("text with a NUL character or half a surrogate pair cannot be kept")
        case float() if not math.isfinite(value):
            raise ValueError("NaN and infinity are not JSON")
        case dict():
            for key, item in value.items():
                storable(key, depth + 1)
                storable(item, depth + 1)
        case list():
            for item in value:
                storable(item, depth + 1)
    return value


class Links(Answer):
    """Addresses of a thing and what belongs to it, relative to this server."""

    self: str = Field(examples=["/v1/recordings/rec_0192b1c2d3e4f5061728394a5b6c7d8e"])
    call: str | None = None
    recordings: list[str] | None = None
    transcript: str | None = None
    ticket: str | None = None
    audio: str | None = None
    events: str | None = None


class Failure(Answer):
    """Why processing failed, in the form of a problem (RFC 9457): ``title`` says what, ``detail`` what to do."""

    type: str = Field(examples=["urn:hotline:problem:not_audio"])
    title: str = Field(examples=["The file holds no audio."])
    detail: str = Field(examples=["Check what the recording system exports."])
    code: str = Field(description="Stable and machine-readable.", examples=["not_audio"])
    step: str | None = Field(None, description="The step that failed.", examples=["decode"])


class Step(Answer):
    """A step of processing."""

    name: str = Field(examples=["transcribe"])
    state: str = Field(description="waiting, running, done or failed", examples=["running"])
    fraction: float = Field(0.0, ge=0, le=1)
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Progress(Answer):
    """How far processing is: the step under way or failed, and the fraction of all that is done."""

    step: str | None = Field(None, examples=["transcribe"])
    fraction: float = Field(ge=0, le=1, examples=[0.6])
    steps: list[Step]


class PageQuery(Demand):
    """Which page of a list is wanted."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


Item = TypeVar("Item", bound=BaseModel)


class Page(Answer, Generic[Item]):
    """Some items, newest first. ``next_cursor`` asks for the next; null at the end."""

    items: list[Item]
    next_cursor: str | None = Field(None, description="Pass as cursor to get the next page.")


def progress_of(steps: list[Step]) -> Progress:
    """Sum up steps in their order: each counts alike."""
    current = next((step.name for step in steps if step.state in {"running", "failed"}), None)
    if current is None:
        current = next((step.name for step in steps if step.state != "done"), None)
    done = sum(1.0 if step.state == "done" else step.fraction for step in steps)
    return Progress.model_construct(step=current, fraction=round(done / len(steps), 4) if steps else 0.0, steps=steps)
