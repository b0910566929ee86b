"""Calls in the states that tests start from, made by the product's own services."""

from collections.abc import Callable
from typing import Any

import pytest

from api.calls.dispatching import dispatch
from api.calls.intake import NewRecording, accept, audio_key
from api.calls.progress import conclude_recording
from api.calls.ticketing import write_ticket
from api.storage.models import Recording, new_id
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue


@pytest.fixture
def receive(database: Database, queue: WorkQueue) -> Callable[..., Recording]:
    """Takes a recording in."""

    def receive(session_id: str | None = None) -> Recording:
        identifier = new_id("rec")
        with database.transaction() as uow:
            new = NewRecording(identifier, audio_key(identifier), "a.wav", 1, "0" * 64, session_id=session_id)
            return accept(uow, queue, new).recording

    return receive


@pytest.fixture
def transcribe(database: Database, queue: WorkQueue) -> Callable[[Recording], None]:
    """Ends a recording's work with a transcript, as the last step does."""

    def transcribe(recording: Recording) -> None:
        with database.transaction() as uow:
            stored = uow.recordings.get(recording.id)
            assert stored is not None
            uow.recordings.add_transcript(stored.id, {"segments": []}, attempt=stored.attempt)
            for step in ("decode", "diarize"):
                uow.recordings.save_result(stored.id, step, stored.attempt, {})  # type: ignore[arg-type]
            stored.state = "transcribed"
            conclude_recording(uow, queue, stored)

    return transcribe


@pytest.fixture
def write(database: Database, queue: WorkQueue) -> Callable[..., None]:
    """Writes and dispatches the ticket of a new revision, as the call's steps do."""

    def write(call_id: str, fields: dict[str, Any], *, new_revision: bool = True, send: bool = True) -> None:
        with database.transaction() as uow:
            call = uow.calls.get(call_id, lock=True)
            assert call is not None
            call.revision += new_revision
            ticket = write_ticket(uow, queue, call, fields, "v1", deliver_alerts=True)
            if send:
                dispatch(uow, ticket)

    return write
