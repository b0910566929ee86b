"""Recordings at the HTTP edge."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from api.schemas.base import (
    MAX_CUSTOM_BYTES,
    Answer,
    CallId,
    Demand,
    Failure,
    Line,
    Links,
    Moment,
    PageQuery,
    Progress,
    RecordingId,
    storable,
)
from asr.options import ChannelRole

RecordingState = Literal["received", "decoding", "diarizing", "transcribing", "transcribed", "failed"]
RecordingStep = Literal["decode", "diarize", "transcribe"]
HttpAddress = Annotated[
    str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s]+$")
]
Number = Annotated[Line, StringConstraints(max_length=40)]


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",")] if value.strip() else None


def _parse(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else {}
    except ValueError as error:
        raise ValueError("custom must be a JSON object") from error


def _blank(value: object) -> object:
    # Empty form fields mean that nothing is known.
    return None if isinstance(value, str) and not value.strip() else value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(storable(value), ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_CUSTOM_BYTES:
        raise ValueError(f"custom fields may have {MAX_CUSTOM_BYTES} bytes in all")
    return value


class RecordingMetadata(Demand):
    """What the recording system knows about a recording. Everything may be left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "dependentRequired": {"raw_rate": ["raw_encoding"], "raw_channels": ["raw_encoding"]},
            "examples": [
                {
                    "source": "recorder-1",
                    "recording_id": "20260312-0001",
                    "session_id": "s-7781",
                    "started_at": "2026-03-12T09:41:00+08:00",
                    "caller_number": "13800001234",
                    "direction": "inbound",
                    "channel_roles": ["operator", "citizen"],
                    "custom": {"queue": "general"},
                }
            ],
        },
    )

    source: Annotated[Line, StringConstraints(min_length=1, max_length=100)] = Field(
        "default", description="Name of the recording system."
    )
    recording_id: Annotated[Line, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="The recording's id in the recording system; makes deliveries idempotent with its sha256."
    )
    session_id: Annotated[Line, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="Recordings of one source with one session id make one call."
    )
    started_at: Moment | None = Field(
        None, description="When the recording began, ISO 8601; Beijing time where it has no offset."
    )
    caller_number: Number | None = None
    operator_number: Number | None = None
    direction: Literal["inbound", "outbound"] | None = None
    channel_roles: Annotated[list[ChannelRole], BeforeValidator(_split), Field(min_length=1, max_length=2)] | None = (
        Field(None, description="Who speaks on each channel, left first; a list, or text such as operator,citizen.")
    )
    part: Annotated[Line, StringConstraints(max_length=40)] | None = Field(
        None, description="Order of this recording within its call."
    )
    raw_encoding: Literal["alaw", "ulaw"] | None = Field(None, description="Of headerless G.711 audio.")
    raw_rate: Annotated[int, Field(ge=4000, le=48000)] | None = Field(
        None, description="Samples a second of headerless audio; 8000 when unset."
    )
    raw_channels: Annotated[int, Field(ge=1, le=2)] | None = Field(
        None, description="Channels of headerless audio; 1 when unset."
    )
    custom: Annotated[dict[str, Any], BeforeValidator(_parse), AfterValidator(_small)] = Field(
        default_factory=dict, description="Anything of your own, echoed back; at most 16 KiB."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if _blank(value) is not None}

    @model_validator(mode="after")
    def _raw_together(self) -> "RecordingMetadata":
        if self.raw_encoding is None and (self.raw_rate is not None or self.raw_channels is not None):
            raise ValueError("raw_rate and raw_channels need raw_encoding (alaw or ulaw)")
        return self


class RecordingByUrl(RecordingMetadata):
    """A recording to be fetched from ``url``."""

    model_config = ConfigDict(
        json_schema_extra={
            "dependentRequired": {"raw_rate": ["raw_encoding"], "raw_channels": ["raw_encoding"]},
            "examples": [
                {"url": "https://recorder.example/r/1.wav?sig=…", "source": "recorder-1", "session_id": "s-7781"}
            ],
        },
    )

    url: HttpAddress = Field(
        description="http or https; fetched at once.", examples=["https://recorder.example/r/1.wav?sig=…"]
    )
    filename: Annotated[Line, StringConstraints(max_length=255)] | None = Field(
        None, description="Name of the file; the last part of the URL when unset."
    )


class Recording(Answer):
    """A recording and how far it is."""

    id: RecordingId
    call_id: CallId
    state: RecordingState
    progress: Progress
    source: str
    recording_id: str | None = Field(description="The id that the recording system gave.")
    session_id: str | None
    part: str | None
    started_at: datetime | None
    caller_number: str | None
    operator_number: str | None
    direction: Literal["inbound", "outbound"] | None
    channel_roles: list[ChannelRole] | None
    custom: dict[str, Any]
    filename: str
    bytes: int
    sha256: str
    duration: float | None = Field(description="Seconds; known once the recording is decoded.")
    channels: int | None
    error: Failure | None
    created_at: datetime
    links: Links


class RecordingProgress(Answer):
    """What an event ``progress`` says of a recording."""

    recording_id: RecordingId
    call_id: CallId
    state: RecordingState
    progress: Progress
    duration: float | None


class RecordingRerun(Demand):
    """From which step a recording is done again."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_step: RecordingStep = Field("decode", alias="from")


class RecordingQuery(PageQuery):
    """What a list of recordings is narrowed by."""

    state: RecordingState | None = None
    source: Annotated[Line, StringConstraints(max_length=100)] | None = None
    session_id: Annotated[Line, StringConstraints(max_length=200)] | None = None
    cursor: RecordingId | None = Field(None, description="next_cursor of the page before.")
