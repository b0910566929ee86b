"""Transcripts at the HTTP edge."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from api.schemas.base import Answer, CallId, RecordingId

Role = Literal["operator", "citizen", "other"]


class Word(Answer):
    """A word as recognised; times in seconds, confidence 0…1."""

    start: float
    end: float
    text: str
    confidence: float


class Corrected(Answer):
    """A person set a turn right."""

    by: str
    at: datetime


class Segment(Answer):
    """A turn or part of one."""

    start: float
    end: float
    role: Role
    speaker: str
    text: str
    confidence: float
    raw_text: str = ""
    words: list[Word] = Field(default_factory=list)
    index: int = Field(0, description="Place in its recording's transcript: what a correction names.")
    corrected: Corrected | None = Field(None, description="Who set it right last.")


class Dialect(Answer):
    """A dialect label with its probability."""

    label: str
    probability: float


class Transcript(Answer):
    """What was said on one recording, times in seconds from its start."""

    model_config = ConfigDict(extra="allow")

    id: str
    recording_id: RecordingId
    version: int = 1
    duration: float
    channels: int
    dialect: Dialect
    segments: list[Segment]
    started_at: datetime | str | None = None
    caller_number: str | None = None
    session_id: str | None = None
    role_confidence: float = 1.0
    models: dict[str, str] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)


class CallSegment(Segment):
    """A segment of a call; times count from the start of the call's first recording."""

    recording_id: RecordingId


class CallPart(Answer):
    """A recording's place in its call, in seconds from the start of the first."""

    recording_id: RecordingId
    offset: float
    duration: float


class CallTranscript(Answer):
    """What was said on all recordings of a call, in order of time."""

    model_config = ConfigDict(extra="allow")

    id: CallId
    duration: float
    channels: int
    started_at: datetime | None = None
    caller_number: str | None = None
    session_id: str | None = None
    dialect: Dialect
    segments: list[CallSegment]
    parts: list[CallPart]
    models: dict[str, str] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)
