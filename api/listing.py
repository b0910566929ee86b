"""Calls in the form in which lists answer them: what a list shows, and no more."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from api.privacy.masking import masked_number, masked_text
from api.privacy.visibility import Visibility
from api.representations import Steps, failure_of, progress_of_parts, recording_progress
from api.schemas.base import Links, Progress
from api.schemas.calls import Handler, ListedCall, ListedRecording, ListedTicket
from api.storage.repositories.calls import CallListing

_DONE: Final = Progress.model_construct(step=None, fraction=1.0, steps=[])

# What comes from the database is not validated once more: lists would take twice as long.


def followed(calls: Sequence[CallListing]) -> list[str]:
    """Whose steps a list shows: calls with work left, or that failed, and their recordings."""
    return [
        each for call in calls if not _is_done(call) for each in (call.row.id, *(part.id for part in call.recordings))
    ]


def listed_call_of(call: CallListing, steps: Steps, sees: Visibility) -> ListedCall:
    """A call as somebody sees it in a list."""
    row, address = call.row, f"/v1/calls/{call.row.id}"
    unmasked = sees.unmasked(row.id, [*([_Matter(row)] if row.ticket_id else []), *call.further])
    done = _is_done(call)
    return ListedCall.model_construct(
        id=row.id,
        state=row.state,
        progress=_DONE if done else progress_of_parts(row.id, call.recordings, steps),
        source=row.source,
        session_id=row.session_id,
        started_at=row.started_at,
        caller_number=row.caller_number if unmasked else masked_number(row.caller_number),
        recordings=[
            ListedRecording.model_construct(
                id=part.id,
                state=part.state,
                filename=part.filename if unmasked else masked_text(part.filename),
                duration=part.duration,
                error=failure_of(part.error),
                progress=_DONE if done else recording_progress(part, steps),
            )
            for part in call.recordings
        ],
        ticket=_ticket_of(row, unmasked=unmasked) if row.ticket_id and row.id not in sees.hidden else None,
        error=failure_of(row.error),
        created_at=row.created_at,
        updated_at=row.updated_at,
        links=Links.model_construct(
            self=address,
            recordings=[f"/v1/recordings/{part.id}" for part in call.recordings],
            transcript=f"{address}/transcript",
            ticket=f"{address}/ticket",
            events=f"{address}/events",
        ),
    )


class _Matter:
    """What of a ticket decides who sees whom it is about."""

    def __init__(self, row: Row[Any]) -> None:
        self.flags: str = row.ticket_flags
        self.appeal_type: str | None = row.ticket_appeal_type


def _ticket_of(row: Row[Any], *, unmasked: bool) -> ListedTicket:
    return ListedTicket.model_construct(
        id=row.ticket_id,
        masked=not unmasked,
        number=row.ticket_number,
        state=row.ticket_state,
        needs_review=row.ticket_needs_review,
        appeal_type=row.ticket_appeal_type,
        category=row.ticket_category,
        disposition=row.ticket_disposition,
        lead=Handler.model_construct(**row.ticket_lead) if row.ticket_lead else None,
        handover=row.ticket_handover or [],
        urgency=row.ticket_urgency,
        flags=[flag for flag in row.ticket_flags.split("|") if flag],
        title=row.ticket_title if unmasked else masked_text(row.ticket_title, row.ticket_surname),
        mode=row.ticket_mode,
        confidence=row.ticket_confidence,
        district=row.ticket_district,
    )


def _is_done(call: CallListing) -> bool:
    return call.row.state == "ticketed" and all(part.state == "transcribed" for part in call.recordings)
