"""Who lives: by the database's clock, so that a machine with a wrong one is neither dead nor kills others."""

from datetime import timedelta

import pytest

from api.calls.intake import NewRecording, accept, audio_key
from api.calls.progress import MAX_STARTS, Beginning, begin_step
from api.calls.transcriptions import submit_transcription
from api.storage.models import new_id, utc_now
from api.storage.repositories import processing
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue
from api.workflows.transcriptions import begin_transcription
from tests.api.conftest import all_workers

SILENCE = timedelta(seconds=30)


@pytest.mark.database
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("wrong", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_clock_that_goes_wrong_makes_nobody_dead(
    database: Database, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    with database.transaction() as uow:
        uow.processing.beat("right", "host-1", 1, started=True)
    monkeypatch.setattr(processing, "utc_now", lambda: utc_now() + wrong)
    with database.transaction() as uow:
        uow.processing.beat("wrong", "host-2", 1, started=True)
        assert uow.processing.orphaned(SILENCE) == []
        assert uow.statistics.live_workers(SILENCE) == 2


def test_who_is_silent_or_stopped_is_adopted_once(database: Database) -> None:
    with database.transaction() as uow:
        for name in ("living", "silent", "stopped"):
            uow.processing.beat(name, "host", 1, started=True)
        uow.processing.stopped("stopped")
        silent = next(worker for worker in all_workers(uow) if worker.id == "silent")
        silent.seen_at -= timedelta(minutes=1)
    with database.transaction() as uow:
        orphaned = [worker.id for worker in uow.processing.orphaned(SILENCE)]
        assert sorted(orphaned) == ["silent", "stopped"]
        uow.processing.adopted(orphaned, "living", SILENCE)
        assert uow.processing.orphaned(SILENCE) == []
        assert uow.statistics.live_workers(SILENCE) == 1


def test_a_step_that_an_orderly_stop_breaks_off_does_not_count(database: Database, queue: WorkQueue) -> None:
    identifier = new_id("rec")
    with database.transaction() as uow:
        new = NewRecording(identifier, audio_key(identifier), "a.wav", 1, "0" * 64)
        call_id = accept(uow, queue, new).recording.call_id

    def begin() -> Beginning:
        with database.transaction() as uow:
            return begin_step(uow, identifier, call_id, "transcribe", attempt=1, worker_id="w")

    for _ in range(MAX_STARTS + 1):
        assert begin().go
        with database.transaction() as uow:
            uow.processing.stopped("w")
    for _ in range(MAX_STARTS):
        assert begin().go
    assert begin().problem is not None


def test_a_transcription_that_an_orderly_stop_breaks_off_does_not_count(database: Database, queue: WorkQueue) -> None:
    identifier = new_id("trn")
    with database.transaction() as uow:
        submit_transcription(uow, queue, identifier, audio_key="transcriptions/a", filename="a", options={})

    def starts(*, stopped: str) -> int:
        with database.transaction() as uow:
            assert begin_transcription(uow, identifier, "w") is not None
            uow.processing.stopped(stopped)
        with database.reading() as uow:
            stored = uow.processing.transcription(identifier)
            assert stored is not None
            return stored.starts

    assert [starts(stopped="w") for _ in range(MAX_STARTS + 1)] == [0] * (MAX_STARTS + 1)
    assert [starts(stopped="another") for _ in range(2)] == [1, 2]
