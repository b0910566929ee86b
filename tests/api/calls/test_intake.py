"""Intake: the same recording twice is one; recordings of one source and session are one call."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from api.calls.errors import IdempotencyConflictError
from api.calls.intake import Accepted, NewRecording, accept, audio_key
from api.calls.progress import RECORDING_STEPS
from api.representations import recording_of
from api.storage.models import new_id
from api.storage.repositories.calls import CallFilter
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue

MORNING = datetime(2026, 3, 12, 1, 41, tzinfo=UTC)


def _new(**given: object) -> NewRecording:
    identifier = new_id("rec")
    new = NewRecording(identifier, audio_key(identifier), "a.wav", 10, "a" * 64)
    return replace(new, **given)  # type: ignore[arg-type]


def _accept(database: Database, queue: WorkQueue, new: NewRecording, key: str | None = None) -> Accepted:
    with database.transaction() as uow:
        return accept(uow, queue, new, owner="key_1", idempotency_key=key)


def _enqueued(database: Database) -> list[str]:
    schema = "dbos." if database.engine.dialect.name == "postgresql" else ""
    with database.engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT workflow_uuid FROM {schema}workflow_status"))  # noqa: S608
        return sorted(row[0] for row in rows)


def test_a_recording_is_stored_and_its_work_enqueued(database: Database, queue: WorkQueue) -> None:
    accepted = _accept(database, queue, _new(custom={"ticket": "A-1"}, caller_number="13800001234"))
    assert accepted.created
    with database.reading() as uow:
        call = uow.calls.get_full(accepted.recording.call_id)
        assert call is not None
        assert call.state == "waiting"
        assert [recording.id for recording in call.recordings] == [accepted.recording.id]
        assert call.recordings[0].custom == {"ticket": "A-1"}
        shown = recording_of(call.recordings[0], uow.processing.steps([accepted.recording.id])).progress.steps
        assert {step.name: step.state for step in shown} == dict.fromkeys(RECORDING_STEPS, "waiting")
    assert _enqueued(database) == [f"{accepted.recording.id}-1"]


def test_work_is_enqueued_only_if_the_recording_is_stored(database: Database, queue: WorkQueue) -> None:
    with pytest.raises(RuntimeError), database.transaction() as uow:
        accept(uow, queue, _new())
        raise RuntimeError
    assert _enqueued(database) == []


def test_the_same_source_id_with_the_same_bytes_is_the_same_recording(database: Database, queue: WorkQueue) -> None:
    first = _accept(database, queue, _new(source_recording_id="R1"))
    again = _accept(database, queue, _new(source_recording_id="R1"))
    assert (again.created, again.recording.id) == (False, first.recording.id)
    others = [
        _new(source_recording_id="R1", sha256="b" * 64),
        _new(source_recording_id="R1", source="other"),
        _new(source_recording_id="R2"),
        _new(),
        _new(),
    ]
    assert all(_accept(database, queue, other).created for other in others)


def test_an_idempotency_key_gives_the_recording_back_and_refuses_another(database: Database, queue: WorkQueue) -> None:
    first = _accept(database, queue, _new(), key="k")
    assert _accept(database, queue, _new(), key="k").recording.id == first.recording.id
    with pytest.raises(IdempotencyConflictError):
        _accept(database, queue, _new(sha256="b" * 64), key="k")
    with database.transaction() as uow:
        assert accept(uow, queue, _new(), owner="key_2", idempotency_key="k").created


def test_recordings_of_one_session_join_one_call(database: Database, queue: WorkQueue) -> None:
    one = _accept(database, queue, _new(session_id="S", started_at=MORNING + timedelta(minutes=5)))
    two = _accept(database, queue, _new(session_id="S", started_at=MORNING, caller_number="1"))
    other = _accept(database, queue, _new(session_id="S", source="other"))
    alone = [_accept(database, queue, _new()) for _ in range(2)]
    assert one.recording.call_id == two.recording.call_id
    assert len({each.recording.call_id for each in (one, other, *alone)}) == 4
    with database.reading() as uow:
        call = uow.calls.get(one.recording.call_id)
        assert call is not None
        assert (call.started_at, call.caller_number) == (MORNING, "1")


def test_deliveries_at_the_same_moment_make_one_recording_and_one_call(database: Database, queue: WorkQueue) -> None:
    results: list[Accepted | BaseException] = []
    ready = threading.Barrier(6)

    def deliver(number: int) -> None:
        new = _new(session_id="S", source_recording_id=f"R{number % 2}")
        ready.wait()
        try:
            results.append(_accept(database, queue, new, key=f"k{number % 2}"))
        except BaseException as error:
            results.append(error)

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result for result in results if isinstance(result, BaseException)] == []
    accepted = [result for result in results if isinstance(result, Accepted)]
    assert sum(result.created for result in accepted) == 2
    with database.reading() as uow:
        calls = uow.calls.page(CallFilter(), 10, None).items
        assert [len(call.recordings) for call in calls] == [2]
