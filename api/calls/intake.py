"""Takes recordings in: the same one twice is one, those of one source and session are one call."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.calls.errors import IdempotencyConflictError
from api.calls.progress import CALL_STEPS
from api.storage.models import Call, IdempotencyKey, Recording
from api.storage.models.intake import Direction
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue


@dataclass(frozen=True, slots=True)
class NewRecording:
    """A recording whose audio is stored under ``audio_key``, with what its source says of it.

    ``id`` is the identifier that its audio was stored under. ``raw_format`` holds encoding, sample_rate and channels of
    headerless G.711. ``fingerprint`` tells requests with one ``Idempotency-Key`` apart (sha256 in hex); made of the
    source's id and the bytes when unset.
    """

    id: str
    audio_key: str
    filename: str
    bytes: int
    sha256: str
    source: str = "default"
    source_recording_id: str | None = None
    session_id: str | None = None
    part: str | None = None
    started_at: datetime | None = None
    caller_number: str | None = None
    operator_number: str | None = None
    direction: Direction | None = None
    channel_roles: Sequence[str] | None = None
    raw_format: Mapping[str, Any] | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    media_type: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The recording that now stands for what was sent; ``created`` is False where it was there before.

    Its audio is then under another key than the one just stored, which the caller removes.
    """

    recording: Recording
    created: bool


def audio_key(recording_id: str) -> str:
    """Where a recording's audio is stored. The sender's file name stays out of it."""
    return f"recordings/{recording_id}/original"


def playable_key(recording_id: str) -> str:
    """Where the form of a recording that every browser plays is stored, once somebody has listened."""
    return f"recordings/{recording_id}/play.flac"


def answered_before(uow: UnitOfWork, owner: str, idempotency_key: str, fingerprint: str) -> Recording | None:
    """The recording that the same request of the same key holder was answered with, where there was one.

    Raises:
        IdempotencyConflictError: the Idempotency-Key stands for another request.
    """
    answered = uow.access.idempotency(owner, idempotency_key)
    if answered is None:
        return None
    if answered.fingerprint != fingerprint:
        raise IdempotencyConflictError(idempotency_key)
    return uow.recordings.get(answered.recording_id)


def accept(
    uow: UnitOfWork, queue: WorkQueue, new: NewRecording, *, owner: str = "", idempotency_key: str | None = None
) -> Accepted:
    """Store a recording, join it to its call and enqueue its work, all in this transaction.

    ``owner`` is the id of the API key that sent it last; an ``Idempotency-Key`` counts for that key alone.

    Raises:
        IdempotencyConflictError: the key stands for a recording with other bytes.
    """
    uow.lock(*_locks(new, owner, idempotency_key))
    known = _known(uow, new, owner, idempotency_key)
    if known is not None:
        # The same sender with a new key: it must be able to watch what it is answered with.
        known.owner = owner
        _remember(uow, new, known, owner, idempotency_key)
        return Accepted(known, created=False)
    call = _call_for(uow, new)
    recording = uow.recordings.add(
        Recording(
            id=new.id,
            call_id=call.id,
            owner=owner,
            source=new.source,
            source_recording_id=new.source_recording_id,
            session_id=new.session_id,
            part=new.part,
            started_at=new.started_at,
            caller_number=new.caller_number,
            operator_number=new.operator_number,
            direction=new.direction,
            channel_roles=list(new.channel_roles) if new.channel_roles else None,
            raw_format=dict(new.raw_format) if new.raw_format else None,
            custom=dict(new.custom),
            filename=new.filename,
            media_type=new.media_type,
            audio_key=new.audio_key,
            bytes=new.bytes,
            sha256=new.sha256,
        )
    )
    _remember(uow, new, recording, owner, idempotency_key)
    queue.recording(uow.session, recording.id, recording.attempt)
    return Accepted(recording, created=True)


def _locks(new: NewRecording, owner: str, idempotency_key: str | None) -> list[str]:
    names = []
    if new.session_id:
        names.append(f"session:{new.source}:{new.session_id}")
    if new.source_recording_id:
        names.append(f"recording:{new.source}:{new.source_recording_id}")
    if idempotency_key:
        names.append(f"idempotency:{owner}:{idempotency_key}")
    return names


def _known(uow: UnitOfWork, new: NewRecording, owner: str, idempotency_key: str | None) -> Recording | None:
    if idempotency_key:
        answered = answered_before(uow, owner, idempotency_key, _fingerprint(new))
        if answered is not None:
            return answered
    if new.source_recording_id:
        return uow.recordings.same(new.source, new.source_recording_id, new.sha256)
    return None


def _remember(
    uow: UnitOfWork, new: NewRecording, recording: Recording, owner: str, idempotency_key: str | None
) -> None:
    if idempotency_key and uow.access.idempotency(owner, idempotency_key) is None:
        uow.access.add_idempotency(
            IdempotencyKey(owner=owner, key=idempotency_key, fingerprint=_fingerprint(new), recording_id=recording.id)
        )


def _fingerprint(new: NewRecording) -> str:
    if new.fingerprint:
        return new.fingerprint
    return hashlib.sha256(f"{new.source}\0{new.source_recording_id or ''}\0{new.sha256}".encode()).hexdigest()


def _call_of_session(uow: UnitOfWork, source: str, session_id: str) -> Call | None:
    """The call of a session, or the one that an operator has joined its recordings to."""
    call = uow.calls.of_session(source, session_id)
    if call is not None:
        return call
    earlier = uow.recordings.of_session(source, session_id)
    return uow.calls.get(earlier.call_id, lock=True) if earlier else None


def _call_for(uow: UnitOfWork, new: NewRecording) -> Call:
    call = _call_of_session(uow, new.source, new.session_id) if new.session_id else None
    if call is None:
        return uow.calls.add(
            Call(
                source=new.source,
                session_id=new.session_id,
                started_at=new.started_at,
                caller_number=new.caller_number,
                revision=1,
            )
        )
    # A ticket under way for what was known before must not go out any more.
    call.revision += 1
    uow.processing.delete_steps(call.id, CALL_STEPS)
    call.state = "waiting"
    call.error = None
    if new.started_at and (call.started_at is None or new.started_at < call.started_at):
        call.started_at = new.started_at
    call.caller_number = call.caller_number or new.caller_number
    return call
