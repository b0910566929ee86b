"""What is stored in the form in which it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.schemas.base import Failure, Links, Progress, Step, progress_of
from api.schemas.calls import Alert, Call, SubOrder, Ticket
from api.schemas.recordings import Recording
from api.schemas.transcripts import CallSegment, CallTranscript, Dialect, Transcript
from api.storage import models

RECORDING_STEPS: Final = ("decode", "diarize", "transcribe")
CALL_STEPS: Final = ("structure", "dispatch")

Steps = Mapping[str, Sequence[models.StepProgress]]
"""Rows of steps by the recording or call that they belong to."""


def recording_of(row: models.Recording, steps: Steps) -> Recording:
    """A recording."""
    address = f"/v1/recordings/{row.id}"
    return Recording.model_validate(
        {
            **{name: getattr(row, name) for name in _RECORDING_COLUMNS},
            "recording_id": row.source_recording_id,
            "progress": progress_of(_recording_steps(row, steps)),
            "error": _failure(row.error),
            "links": Links(
                self=address,
                call=f"/v1/calls/{row.call_id}",
                transcript=f"{address}/transcript",
                audio=f"{address}/audio",
                ticket=f"/v1/calls/{row.call_id}/ticket",
                events=f"/v1/calls/{row.call_id}/events",
            ),
        }
    )


_RECORDING_COLUMNS: Final = tuple(
    name for name in Recording.model_fields if name not in {"recording_id", "progress", "error", "links"}
)


def call_of(row: models.Call, steps: Steps) -> Call:
    """A call with its recordings, ticket and alerts, which must be loaded."""
    address = f"/v1/calls/{row.id}"
    return Call(
        id=row.id,
        state=row.state,
        progress=call_progress(row, steps),
        source=row.source,
        session_id=row.session_id,
        started_at=row.started_at,
        caller_number=row.caller_number,
        recordings=[recording_of(recording, steps) for recording in row.recordings],
        ticket=ticket_of(row.ticket) if row.ticket else None,
        alerts=[alert_of(alert) for alert in row.alerts],
        error=_failure(row.error),
        created_at=row.created_at,
        updated_at=row.updated_at,
        links=Links(
            self=address,
            recordings=[f"/v1/recordings/{recording.id}" for recording in row.recordings],
            transcript=f"{address}/transcript",
            ticket=f"{address}/ticket",
            events=f"{address}/events",
        ),
    )


def call_progress(row: models.Call, steps: Steps) -> Progress:
    """How far a call is: each step of its recordings taken together, then its own."""
    per_recording = [_recording_steps(recording, steps) for recording in row.recordings]
    together = [_joined(parts) for parts in zip(*per_recording, strict=True)]
    return progress_of(together + _in_order(CALL_STEPS, steps.get(row.id, ())))


def ticket_of(row: models.Ticket) -> Ticket:
    """A ticket in its current version with the sub-orders of the current round; both must be loaded."""
    current = max(row.versions, key=lambda version: version.version)
    last_round = max((order.round for order in row.sub_orders), default=0)
    return Ticket.model_validate(
        {
            **current.fields,
            "number": row.number,
            "state": row.state,
            "version": current.version,
            "city_version": current.city_version,
            "needs_review": row.needs_review,
            "sub_orders": [SubOrder.model_validate(order) for order in row.sub_orders if order.round == last_round],
        }
    )


def alert_of(row: models.Alert) -> Alert:
    """An alert."""
    return Alert.model_validate(row)


def transcript_of(recording_id: str, content: Mapping[str, Any]) -> Transcript:
    """A recording's transcript."""
    return Transcript.model_validate({**content, "recording_id": recording_id})


def call_transcript_of(row: models.Call, transcripts: Mapping[str, Mapping[str, Any]]) -> CallTranscript:
    """The transcripts of a call's recordings joined, each offset by when its recording began.

    Where the recordings' starts are not all known, they follow one another in the order of their parts.
    """
    ordered = [recording for recording in in_order_of_parts(row.recordings) if recording.id in transcripts]
    timed = [recording.started_at for recording in ordered if recording.started_at is not None]
    by_clock = bool(ordered) and len(timed) == len(ordered)
    segments: list[CallSegment] = []
    position = end = 0.0
    for recording in ordered:
        content = transcripts[recording.id]
        if by_clock and recording.started_at is not None:
            position = (recording.started_at - min(timed)).total_seconds()
        for segment in content["segments"]:
            segments.append(CallSegment.model_validate(_moved(segment, position) | {"recording_id": recording.id}))
        position += float(content["duration"])
        end = max(end, position)
    longest = max((transcripts[item.id] for item in ordered), key=lambda item: item["duration"], default=None)
    return CallTranscript(
        id=row.id,
        duration=end,
        dialect=Dialect.model_validate(longest["dialect"] if longest else {"label": "unknown", "probability": 0.0}),
        segments=sorted(segments, key=lambda segment: (segment.start, segment.end)),
        recordings=[recording.id for recording in ordered],
        warnings=[warning for item in ordered for warning in transcripts[item.id].get("warnings", ())],
    )


def in_order_of_parts(recordings: Iterable[models.Recording]) -> list[models.Recording]:
    """Recordings of a call by part (numbers by value), start, arrival."""

    def place(recording: models.Recording) -> tuple[bool, bool, int, str, float, str]:
        part = recording.part or ""
        number = int(part) if part.isascii() and part.isdigit() else 0
        started = recording.started_at.timestamp() if recording.started_at else 0.0
        return (not part, not part.isdigit(), number, part, started, recording.id)

    return sorted(recordings, key=place)


def _moved(segment: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    def move(item: Mapping[str, Any]) -> dict[str, Any]:
        return {**item, "start": item["start"] + seconds, "end": item["end"] + seconds}

    return move(segment) | {"words": [move(word) for word in segment.get("words", ())]}


def _recording_steps(row: models.Recording, steps: Steps) -> list[Step]:
    return _in_order(RECORDING_STEPS, [step for step in steps.get(row.id, ()) if step.attempt == row.attempt])


def _in_order(names: Sequence[str], rows: Iterable[models.StepProgress]) -> list[Step]:
    found = {row.name: Step.model_validate(row) for row in rows}
    return [found.get(name) or Step(name=name, state="waiting") for name in names]


def _joined(parts: Sequence[Step]) -> Step:
    states = {part.state for part in parts}
    if "failed" in states:
        state = "failed"
    elif len(states) == 1:
        state = states.pop()
    else:
        state = "running"
    fractions = [1.0 if part.state == "done" else part.fraction for part in parts]
    ended = [part.finished_at for part in parts if part.finished_at]
    return Step(
        name=parts[0].name,
        state=state,
        fraction=sum(fractions) / len(fractions),
        started_at=min((part.started_at for part in parts if part.started_at), default=None),
        finished_at=max(ended) if len(ended) == len(parts) else None,
    )


def _failure(stored: Mapping[str, Any] | None) -> Failure | None:
    return Failure.model_validate(stored) if stored else None
