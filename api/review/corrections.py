"""Keeps what persons set right in transcripts: as new versions, as a log, and through re-runs."""

from typing import Any

from api.calls.errors import NotFoundError
from api.calls.searching import index_call
from api.privacy.masking import hides_something
from api.privacy.visibility import tickets_of, visibility_of
from api.representations import surname_of
from api.review.claims import holds
from api.review.errors import ChangedError, ClaimLostError, MaskedError, Mistake
from api.review.turns import TurnChange, changed, reapplied
from api.security.keys import KeyHolder
from api.storage.clock import database_now
from api.storage.models import Correction, Transcript, utc_now
from api.storage.unit_of_work import UnitOfWork


class InvalidTurnError(Exception):
    """The turn can't be changed so."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.detail)
        self.mistake = mistake


def correct(uow: UnitOfWork, recording_id: str, holder: KeyHolder, seen_version: int, change: TurnChange) -> Transcript:
    """Change a turn of a recording's transcript.

    Raises:
        NotFoundError: there is no such recording, or it has no transcript.
        ClaimLostError: the operator has no ticket of its call.
        ChangedError: the transcript was changed since ``seen_version``.
        MaskedError: the turn holds names or numbers that he doesn't see.
        InvalidTurnError: there is no such turn or place in it.
    """
    call = uow.calls.full_of_recording(recording_id)
    if call is None:
        raise NotFoundError("recording", recording_id)
    uow.calls.get(call.id, lock=True)
    current = uow.recordings.transcript(recording_id)
    if current is None:
        raise NotFoundError("transcript of the recording", recording_id)
    now, tickets = database_now(uow.session), tickets_of(call)
    if not any(holds(ticket, holder.key_id, now) for ticket in tickets):
        raise ClaimLostError
    if current.version != seen_version:
        raise ChangedError
    before: list[dict[str, Any]] = current.content["segments"]
    touched = before[change.index : change.index + (2 if change.kind == "merge" else 1)]
    if not visibility_of(uow, holder, [call.id]).unmasked(call.id, tickets):
        surname = surname_of(tickets)
        if any(hides_something(segment["text"], surname) for segment in touched):
            raise MaskedError
    mark = {"by": holder.key_id, "at": utc_now().isoformat()}
    try:
        after = changed(before, change, mark)
    except ValueError as error:
        raise InvalidTurnError(Mistake("/segment" if change.kind != "split" else "/at", str(error))) from None
    stored = uow.recordings.add_transcript(
        recording_id, {**current.content, "segments": after}, created_by=holder.key_id
    )
    made = after[change.index : change.index + (2 if change.kind == "split" else 1)]
    uow.recordings.add_correction(
        Correction(
            call_id=call.id,
            recording_id=recording_id,
            target="transcript",
            version=stored.version,
            path=f"segments/{change.index}",
            before={"kind": change.kind, "turns": [_told(each) for each in touched]},
            after={"kind": change.kind, "turns": [_told(each) for each in made]},
            operator_id=holder.key_id,
        )
    )
    uow.access.audit(holder.kind, holder.key_id, f"correct_{change.kind}", recording_id, {"version": stored.version})
    index_call(uow, call.id)
    return stored


def keep_corrections(uow: UnitOfWork, recording_id: str) -> None:
    """Put what persons set right into a transcript that a machine has made anew."""
    fresh, corrected = uow.recordings.transcript(recording_id), uow.recordings.last_corrected(recording_id)
    if fresh is None or corrected is None or fresh.version <= corrected.version:
        return
    turns = [segment for segment in corrected.content["segments"] if segment.get("corrected")]
    if turns:
        content = {**fresh.content, "segments": reapplied(fresh.content["segments"], turns)}
        uow.recordings.add_transcript(recording_id, content, created_by=corrected.created_by)


def _told(segment: dict[str, Any]) -> dict[str, Any]:
    return {name: segment.get(name) for name in ("start", "end", "role", "text")}
