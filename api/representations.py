"""What is stored in the form in which it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.calls.joining import join, parts_of
from api.calls.progress import CALL_STEPS, RECORDING_STEPS
from api.problems import TYPE_URI
from api.schemas.base import Failure, Links, Progress, Step, progress_of
from api.schemas.calls import Alert, Call, SubOrder, Ticket
from api.schemas.recordings import Recording
from api.schemas.transcripts import CallTranscript, Transcript
from api.storage import models

Steps = Mapping[str, Sequence[models.StepProgress]]
"""Rows of steps by the recording or call that they belong to."""


# What comes from the database is not validated once more where it is many small things: lists would take twice as long.


def recording_of(row: models.Recording, steps: Steps) -> Recording:
    """A recording."""
    address = f"/v1/recordings/{row.id}"
    return Recording.model_validate(
        {
            **{name: getattr(row, name) for name in _RECORDING_COLUMNS},
            "recording_id": row.source_recording_id,
            "progress": progress_of(_recording_steps(row, steps)),
            "error": _failure(row.error),
            "links": Links.model_construct(
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
        links=Links.model_construct(
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
    """The transcripts of a call's recordings joined; those of recordings without one are left out."""
    parts = parts_of(row.recordings, transcripts)
    return CallTranscript.model_validate(join(row.id, row.started_at, row.caller_number, row.session_id, parts))


def _recording_steps(row: models.Recording, steps: Steps) -> list[Step]:
    return _in_order(RECORDING_STEPS, [step for step in steps.get(row.id, ()) if step.attempt == row.attempt])


def _in_order(names: Sequence[str], rows: Iterable[models.StepProgress]) -> list[Step]:
    found: dict[str, Step] = {
        row.name: Step.model_construct(
            name=row.name,
            state=row.state,
            fraction=row.fraction,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )
        for row in rows
    }
    return [found.get(name) or Step.model_construct(name=name, state="waiting") for name in names]


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
    return Step.model_construct(
        name=parts[0].name,
        state=state,
        fraction=sum(fractions) / len(fractions),
        started_at=min((part.started_at for part in parts if part.started_at), default=None),
        finished_at=max(ended) if len(ended) == len(parts) else None,
    )


def _failure(stored: Mapping[str, Any] | None) -> Failure | None:
    if not stored:
        return None
    return Failure(
        type=TYPE_URI.format(type=stored["code"]),
        title=stored["reason"],
        detail=stored["remedy"],
        code=stored["code"],
        step=stored.get("step"),
    )
