"""Joins the transcripts of a call's recordings into one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.storage.models import Call, Recording
    from api.storage.unit_of_work import UnitOfWork

SINGLE_PARTY = (["operator"], ["citizen"])


@dataclass(frozen=True, slots=True)
class Part:
    """A recording of a call with its transcript in the fixed JSON form.

    ``order`` is the source's own order of parts (``"1"``, ``"2"``…) where it gives one; ``channel_roles`` names the
    parties on its channels where the source knows them.
    """

    recording_id: str
    transcript: Mapping[str, Any]
    started_at: datetime | None = None
    order: str | None = None
    channel_roles: Sequence[str] | None = None

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(self.transcript["duration"])


def parts_of(recordings: Sequence["Recording"], contents: Mapping[str, Mapping[str, Any]]) -> list[Part]:
    """The parts of a call by its ``recordings`` and the transcripts that hold, by recording; others are left out.

    A recording whose re-run is under way or failed keeps its place with the transcript that it has from before.
    """
    return [
        Part(recording.id, contents[recording.id], recording.started_at, recording.part, recording.channel_roles)
        for recording in recordings
        if recording.id in contents
    ]


def joined_transcript(uow: "UnitOfWork", call: "Call") -> dict[str, Any]:
    """One transcript over all recordings of a call that have one, as the API shows it."""
    recordings = uow.recordings.of_call(call.id)
    transcripts = uow.recordings.transcripts([recording.id for recording in recordings])
    parts = parts_of(recordings, {each: transcript.content for each, transcript in transcripts.items()})
    return join(call.id, call.started_at, call.caller_number, call.session_id, parts)


def join(
    call_id: str, started_at: datetime | None, caller_number: str | None, session_id: str | None, parts: Sequence[Part]
) -> dict[str, Any]:
    """One transcript of a call, times in seconds from the start of its first recording.

    Parts begin where their start times say; without these a file of the other party alone begins with the first, any
    other (a transfer) after all before it have ended. Segments are merged by time, each with its ``recording_id``.
    """
    ordered = sorted(parts, key=_rank)
    offsets = place(ordered)
    segments = [
        _shifted(segment, offset, part.recording_id)
        for part, offset in zip(ordered, offsets, strict=True)
        for segment in part.transcript["segments"]
    ]
    longest = max(ordered, key=lambda part: part.duration, default=None)
    return {
        "id": call_id,
        "duration": max((offset + part.duration for part, offset in zip(ordered, offsets, strict=True)), default=0.0),
        "channels": max((int(part.transcript["channels"]) for part in ordered), default=0),
        "started_at": started_at.isoformat() if started_at else None,
        "caller_number": caller_number,
        "session_id": session_id,
        "dialect": dict(longest.transcript["dialect"]) if longest else {"label": "unknown", "probability": 0.0},
        "segments": sorted(segments, key=lambda segment: (segment["start"], segment["end"])),
        "models": dict(longest.transcript.get("models", {})) if longest else {},
        "parts": [
            {"recording_id": part.recording_id, "offset": offset, "duration": part.duration}
            for part, offset in zip(ordered, offsets, strict=True)
        ],
        "warnings": [warning for part in ordered for warning in part.transcript.get("warnings", ())],
    }


def place(parts: Sequence[Part]) -> list[float]:
    """Where each part begins, in seconds from the first one's start; ``parts`` in their order."""
    offsets: list[float] = []
    for index, part in enumerate(parts):
        first = parts[0]
        if index == 0:
            offsets.append(0.0)
        elif part.started_at and first.started_at:
            offsets.append(max(0.0, (part.started_at - first.started_at).total_seconds()))
        elif _other_party(part, first):
            offsets.append(0.0)
        else:
            ended = zip(offsets, parts, strict=False)
            offsets.append(max(offset + before.duration for offset, before in ended))
    return offsets


def _rank(part: Part) -> tuple[bool, float, tuple[int, str], str]:
    # Parts with a time come first and in its order: the others can only be placed after them.
    moment = part.started_at.timestamp() if part.started_at else 0.0
    order = part.order or ""
    return part.started_at is None, moment, (int(order) if order.isdecimal() else 0, order), part.recording_id


def _other_party(part: Part, first: Part) -> bool:
    one, two = list(part.channel_roles or ()), list(first.channel_roles or ())
    return one in SINGLE_PARTY and two in SINGLE_PARTY and one != two


def _shifted(segment: Mapping[str, Any], offset: float, recording_id: str) -> dict[str, Any]:
    return {
        **segment,
        "start": segment["start"] + offset,
        "end": segment["end"] + offset,
        "words": [
            {**word, "start": word["start"] + offset, "end": word["end"] + offset} for word in segment.get("words", ())
        ],
        "recording_id": recording_id,
    }
