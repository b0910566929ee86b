"""Deletes recordings and calls for good. Audio goes after the transaction, by :func:`remove_dropped_audio`."""

from api.audio_store import AudioStore
from api.calls.errors import NotFoundError
from api.calls.intake import playable_key
from api.calls.progress import CALL_STEPS, NOTHING_TRANSCRIBED, fail_call
from api.storage.models import Recording
from api.storage.unit_of_work import Database, UnitOfWork
from api.workflows.queue import WorkQueue


def delete_call(uow: UnitOfWork, call_id: str) -> None:
    """Remove a call with recordings, transcripts, ticket, alerts and events. The audit log stays.

    Raises:
        NotFoundError: there is no such call.
    """
    call = uow.calls.get(call_id, lock=True)
    if call is None:
        raise NotFoundError("call", call_id)
    for recording in uow.recordings.of_call(call_id):
        _drop_audio(uow, recording)
    uow.session.expunge_all()
    uow.calls.delete(call_id)


def delete_recording(uow: UnitOfWork, queue: WorkQueue, recording_id: str) -> None:
    """Remove a recording with its transcript. The call's ticket is made anew from what is left, and the versions that
    machines wrote before go then; with the last transcript the ticket goes, with the last recording the call.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = uow.recordings.get(recording_id)
    call = uow.calls.get(recording.call_id, lock=True) if recording else None
    if recording is None or call is None:
        raise NotFoundError("recording", recording_id)
    others = [other for other in uow.recordings.of_call(call.id) if other.id != recording_id]
    if not others:
        delete_call(uow, call.id)
        return
    _drop(uow, recording)
    call.revision += 1
    left = any(other.state == "transcribed" for other in others)
    ticket = uow.tickets.of_call(call.id, lock=True)
    if ticket is not None and left:
        uow.tickets.outdate_versions(ticket.id)
    elif ticket is not None:
        uow.tickets.delete_of_call(call.id)
        uow.search.remove(call.id)
    if uow.recordings.under_way(call.id):
        return
    if not left:
        fail_call(call, NOTHING_TRANSCRIBED)
    else:
        call.state = "waiting"
        uow.processing.delete_steps(call.id, CALL_STEPS)
        queue.call(uow.session, call.id, call.revision)


def remove_dropped_audio(database: Database, audio: AudioStore) -> int:
    """Delete audio that committed transactions have dropped; how many objects. Repeats do no harm."""
    with database.reading() as uow:
        keys = uow.processing.dropped_audio()
    for key in keys:
        audio.delete(key)
        with database.transaction() as uow:
            uow.processing.audio_deleted(key)
    return len(keys)


def _drop_audio(uow: UnitOfWork, recording: Recording) -> None:
    uow.processing.drop_audio(recording.audio_key)
    uow.processing.drop_audio(playable_key(recording.id))


def _drop(uow: UnitOfWork, recording: Recording) -> None:
    _drop_audio(uow, recording)
    uow.processing.delete_steps(recording.id)
    uow.session.flush()
    uow.session.expunge(recording)
    uow.recordings.delete(recording.id)
