"""What is stored in the form in which it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.calls.joining import join, parts_of
from api.calls.progress import CALL_STEPS, RECORDING_STEPS
from api.privacy.masking import masked_fields, masked_json, masked_number, masked_segment, masked_text
from api.privacy.visibility import Visibility, tickets_of
from api.problems import TYPE_URI
from api.schemas.base import Failure, Links, Progress, Step, progress_of
from api.schemas.calls import Alert, Call, SubOrder, Ticket
from api.schemas.recordings import Recording
from api.schemas.transcripts import CallTranscript, Transcript
from api.storage import models

Steps = Mapping[str, Sequence[models.StepProgress]]
"""Rows of steps by the recording or call that they belong to."""


# What comes from the database is not validated once more where it is many small things: lists would take twice as long.


def recording_of(row: models.Recording, steps: Steps, *, unmasked: bool = True) -> Recording:
    """A recording."""
    address = f"/v1/recordings/{row.id}"
    columns = {name: getattr(row, name) for name in _RECORDING_COLUMNS}
    if not unmasked:
        columns |= {
            "caller_number": masked_number(row.caller_number),
            "filename": masked_text(row.filename),
            "custom": masked_json(row.custom, None),
        }
    return Recording.model_validate(
        {
            **columns,
            "recording_id": row.source_recording_id,
            "progress": recording_progress(row, steps),
            "error": failure_of(row.error),
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


def call_of(row: models.Call, steps: Steps, sees: Visibility) -> Call:
    """A call with its recordings, tickets and alerts, which must be loaded, as somebody sees it."""
    address = f"/v1/calls/{row.id}"
    unmasked = sees.unmasked(row.id, tickets_of(row))
    shown = row.id not in sees.hidden
    return Call(
        id=row.id,
        state=row.state,
        progress=call_progress(row, steps),
        source=row.source,
        session_id=row.session_id,
        started_at=row.started_at,
        caller_number=row.caller_number if unmasked else masked_number(row.caller_number),
        recordings=[recording_of(recording, steps, unmasked=unmasked) for recording in row.recordings],
        ticket=ticket_of(row.ticket, unmasked=unmasked) if row.ticket and shown else None,
        further_tickets=[ticket_of(each, unmasked=unmasked) for each in row.further_tickets] if shown else [],
        alerts=[alert_of(alert, unmasked=unmasked) for alert in row.alerts] if shown else [],
        error=failure_of(row.error),
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
    return progress_of_parts(row.id, row.recordings, steps)


def progress_of_parts(call_id: str, recordings: Sequence[Any], steps: Steps) -> Progress:
    """How far a call of these recordings is, of which only ``id`` and ``attempt`` are needed."""
    per_recording = [_recording_steps(recording, steps) for recording in recordings]
    together = [_joined(parts) for parts in zip(*per_recording, strict=True)]
    return progress_of(together + _in_order(CALL_STEPS, steps.get(call_id, ())))


def recording_progress(row: Any, steps: Steps) -> Progress:
    """How far a recording is, of which only ``id`` and ``attempt`` are needed."""
    return progress_of(_recording_steps(row, steps))


def ticket_of(row: models.Ticket, *, unmasked: bool) -> Ticket:
    """A ticket in its current version with the sub-orders of the current round; both must be loaded."""
    current = max(row.versions, key=lambda version: version.version)
    last_round = max((order.round for order in row.sub_orders), default=0)
    return Ticket.model_validate(
        {
            **(current.fields if unmasked else masked_fields(current.fields)),
            "id": row.id,
            "matter": row.matter,
            "masked": not unmasked,
            "number": row.number,
            "state": row.state,
            "version": current.version,
            "city_version": current.city_version,
            "needs_review": row.needs_review,
            "sub_orders": [SubOrder.model_validate(order) for order in row.sub_orders if order.round == last_round],
        }
    )


def alert_of(row: models.Alert, *, unmasked: bool) -> Alert:
    """An alert."""
    alert = Alert.model_validate(row)
    return alert if unmasked else alert.model_copy(update={"title": masked_text(row.title)})


def transcript_of(row: models.Transcript, surname: str | None, *, unmasked: bool) -> Transcript:
    """A recording's transcript; ``surname`` is what its call's ticket knows the caller by."""
    content = indexed(row.content)
    if not unmasked:
        content = _masked_transcript(content, surname)
    return Transcript.model_validate({**content, "recording_id": row.recording_id, "version": row.version})


def call_transcript_of(
    row: models.Call, transcripts: Mapping[str, models.Transcript], surname: str | None, *, unmasked: bool
) -> CallTranscript:
    """The transcripts of a call's recordings joined; those of recordings without one are left out."""
    parts = parts_of(row.recordings, {each: indexed(transcript.content) for each, transcript in transcripts.items()})
    joined = join(row.id, row.started_at, row.caller_number, row.session_id, parts)
    return CallTranscript.model_validate(joined if unmasked else _masked_transcript(joined, surname))


def indexed(content: Mapping[str, Any]) -> dict[str, Any]:
    """A transcript whose turns know their place in it."""
    turns = [{**segment, "index": index} for index, segment in enumerate(content.get("segments", ()))]
    return {**content, "segments": turns}


def surname_of(tickets: Iterable[models.Ticket]) -> str | None:
    """What a call's tickets, with their versions loaded, know the caller by."""
    for ticket in tickets:
        for version in sorted(ticket.versions, key=lambda each: -each.version):
            if surname := (version.fields.get("contact") or {}).get("surname"):
                return str(surname)
    return None


def _masked_transcript(content: Mapping[str, Any], surname: str | None) -> dict[str, Any]:
    return {
        **content,
        "caller_number": masked_number(content.get("caller_number")),
        "segments": [masked_segment(segment, surname) for segment in content["segments"]],
    }


def _recording_steps(row: Any, steps: Steps) -> list[Step]:
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


def failure_of(stored: Mapping[str, Any] | None) -> Failure | None:
    """Why processing failed, as it was stored."""
    if not stored:
        return None
    return Failure(
        type=TYPE_URI.format(type=stored["code"]),
        title=stored["reason"],
        detail=stored["remedy"],
        code=stored["code"],
        step=stored.get("step"),
    )
