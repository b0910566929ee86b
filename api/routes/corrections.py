"""Corrections of what a recording's transcript says."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.privacy.masking import masked_json
from api.privacy.visibility import tickets_of, visibility_of
from api.problems import (
    BadRequest,
    ChangedMeanwhile,
    ClaimLost,
    Forbidden,
    IdentityMasked,
    NotFound,
    Unauthenticated,
    Unprocessable,
    pointer_error,
    responses,
)
from api.representations import surname_of, transcript_of
from api.review.corrections import InvalidTurnError, correct
from api.review.errors import ChangedError
from api.review.presenting import person_of
from api.review.turns import TurnChange
from api.schemas.base import RecordingId
from api.schemas.corrections import CorrectedTranscript, LoggedCorrection, TurnCorrection
from api.security.access import Reviewer, ReviewingPerson
from api.state import State

router = APIRouter(
    prefix="/v1/recordings/{recording_id}/corrections", tags=["review"], responses=responses(Unauthenticated, Forbidden)
)

Id = Annotated[RecordingId, Path(description="The recording's id.")]


@router.post(
    "",
    operation_id="correctTurn",
    summary="Set a turn right",
    responses=responses(BadRequest, NotFound, ClaimLost, ChangedMeanwhile, IdentityMasked, Unprocessable),
)
def post_correction(
    recording_id: Id, demand: TurnCorrection, state: State, holder: ReviewingPerson
) -> CorrectedTranscript:
    """Needs a claim on a ticket of the call. Kept when the recording is done again; the ticket is made again by
    `POST /v1/calls/{call_id}/rerun`."""
    wanted = demand.root
    change = TurnChange(
        wanted.kind,
        wanted.segment,
        getattr(wanted, "text", None),
        getattr(wanted, "role", None),
        getattr(wanted, "at", None),
    )
    try:
        with state.database.transaction() as uow:
            stored = correct(uow, recording_id, holder, wanted.transcript_version, change)
            call = uow.calls.full_of_recording(recording_id)
            tickets = tickets_of(call) if call else []
            unmasked = call is not None and visibility_of(uow, holder, [call.id]).unmasked(call.id, tickets)
            shown = transcript_of(stored, surname_of(tickets), unmasked=unmasked)
            return CorrectedTranscript(transcript_version=stored.version, segments=shown.segments)
    except ChangedError as error:
        with state.database.reading() as uow:
            current = uow.recordings.transcript(recording_id)
        raise ChangedMeanwhile(str(error), current_version=current.version if current else None) from None
    except InvalidTurnError as error:
        raise Unprocessable(str(error), errors=[pointer_error(error.mistake.pointer, str(error))]) from None


@router.get(
    "",
    operation_id="listCorrections",
    summary="Who set what right",
    responses=responses(NotFound, Unprocessable),
)
def list_corrections(recording_id: Id, state: State, holder: Reviewer) -> list[LoggedCorrection]:
    """Oldest first."""
    with state.database.reading() as uow:
        call = uow.calls.full_of_recording(recording_id)
        if call is None:
            raise NotFound("There is no such recording.")
        tickets = tickets_of(call)
        unmasked = visibility_of(uow, holder, [call.id]).unmasked(call.id, tickets)
        surname = surname_of(tickets)
        return [
            LoggedCorrection(
                id=row.id,
                at=row.created_at,
                by=person_of(uow, row.operator_id) if row.operator_id else None,
                kind=str((row.after or {}).get("kind", row.target)),
                before=row.before if unmasked else masked_json(row.before, surname),
                after=row.after if unmasked else masked_json(row.after, surname),
            )
            for row in uow.recordings.corrections(recording_id)
        ]
