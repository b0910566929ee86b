"""Nothing of a recording outlives it: working files, passing copies, transcriptions that nobody fetched."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.audio_store import open_audio_store
from api.calls.deletion import delete_call
from api.calls.intake import NewRecording, accept, audio_key, playable_key
from api.calls.progress import MAX_STARTS, begin_step
from api.calls.transcriptions import submit_transcription
from api.settings import Settings
from api.storage.models import Recording, new_id, utc_now
from api.storage.unit_of_work import Database
from api.workflows import recordings
from api.workflows.housekeeping import keep_house, sweep
from api.workflows.queue import WorkQueue
from api.workflows.runtime import WorkerRuntime, install

DAYS = timedelta(days=1)


@pytest.fixture
def worker(database: Database, queue: WorkQueue, tmp_path: Path) -> WorkerRuntime:
    """A worker's parts, without its process."""
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=database.url)
    worker = WorkerRuntime(settings, database, open_audio_store(settings), queue, "w")
    install(worker)
    return worker


@pytest.fixture
def received(worker: WorkerRuntime) -> Callable[[], Recording]:
    """Takes a recording in whose working file lies here."""

    def received() -> Recording:
        identifier = new_id("rec")
        new = NewRecording(identifier, audio_key(identifier), "a.wav", 1, "0" * 64)
        with worker.database.transaction() as uow:
            recording = accept(uow, worker.queue, new).recording
        folder = worker.work_folder(identifier)
        folder.mkdir(parents=True)
        recordings.working_file(folder).write_bytes(b"what was said")
        return recording

    return received


def _age(path: Path, age: timedelta) -> None:
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))


def test_a_step_of_a_deleted_recording_leaves_no_audio(
    worker: WorkerRuntime, received: Callable[[], Recording]
) -> None:
    recording = received()
    with worker.database.transaction() as uow:
        delete_call(uow, recording.call_id)
    assert recordings.transcribe(recording.id, 1) == "stopped"
    assert not worker.work_folder(recording.id).exists()


def test_a_step_that_may_not_begin_again_leaves_no_audio(
    worker: WorkerRuntime, received: Callable[[], Recording]
) -> None:
    recording = received()
    with worker.database.transaction() as uow:
        for _ in range(MAX_STARTS):
            begin_step(uow, recording.id, recording.call_id, "diarize", attempt=1, worker_id="w")
    assert recordings.diarize(recording.id, 1) == "stopped"
    assert not worker.work_folder(recording.id).exists()


def test_a_superseded_step_leaves_the_audio_to_the_newer_attempt(
    worker: WorkerRuntime, received: Callable[[], Recording]
) -> None:
    recording = received()
    with worker.database.transaction() as uow:
        stored = uow.recordings.get(recording.id)
        assert stored is not None
        stored.attempt = 2
    assert recordings.transcribe(recording.id, 1) == "stopped"
    assert worker.work_folder(recording.id).exists()


def test_working_files_are_swept_unless_their_recording_is_under_way(
    worker: WorkerRuntime, received: Callable[[], Recording]
) -> None:
    under_way, elsewhere_ended, deleted, fresh = (received() for _ in range(4))
    with worker.database.transaction() as uow:
        delete_call(uow, deleted.call_id)
        delete_call(uow, fresh.call_id)
        stored = uow.recordings.get(elsewhere_ended.id)
        assert stored is not None
        stored.state = "transcribed"
    for each in (under_way, elsewhere_ended, deleted):
        _age(worker.work_folder(each.id), 2 * DAYS)
    sweep(worker)
    assert worker.work_folder(under_way.id).exists()
    assert worker.work_folder(fresh.id).exists()
    assert not worker.work_folder(elsewhere_ended.id).exists()
    assert not worker.work_folder(deleted.id).exists()


def test_passing_copies_of_a_killed_api_are_swept(worker: WorkerRuntime) -> None:
    incoming = worker.settings.data_dir / "incoming"
    old, new = incoming / "play-old", incoming / "play-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "source").write_bytes(b"what was said")
    _age(old, 2 * DAYS)
    sweep(worker)
    assert [path.name for path in incoming.iterdir()] == ["play-new"]


def test_audio_of_transcriptions_that_were_never_enqueued_is_swept(worker: WorkerRuntime, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"audio")
    keys = {name: f"transcriptions/{new_id('trn')}/original" for name in ("killed", "new", "enqueued")}
    for key in keys.values():
        worker.audio.put(key, tmp_path / "a")
    with worker.database.transaction() as uow:
        submit_transcription(
            uow,
            worker.queue,
            keys["enqueued"].split("/")[1],
            audio_key=keys["enqueued"],
            filename="a",
            options={},
        )
    for name in ("killed", "enqueued"):
        _age(tmp_path / "audio" / keys[name], 2 * DAYS)
    sweep(worker)
    assert sorted(worker.audio.keys()) == sorted([keys["new"], keys["enqueued"]])


def test_audio_that_was_stored_but_never_accepted_is_swept(
    worker: WorkerRuntime, received: Callable[[], Recording], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"audio")
    keys = {"accepted": received().audio_key, **{name: audio_key(new_id("rec")) for name in ("killed", "lately")}}
    keys["played"] = playable_key(keys["killed"].split("/")[1])
    for name, key in keys.items():
        worker.audio.put(key, tmp_path / "a")
        _age(tmp_path / "audio" / key, (29 if name == "lately" else 31) * DAYS)
    sweep(worker)
    assert sorted(worker.audio.keys()) == sorted([keys["accepted"], keys["lately"]])


def test_a_transcription_is_kept_while_it_runs_and_dropped_when_nobody_fetches_it(
    worker: WorkerRuntime, tmp_path: Path
) -> None:
    def submitted(created: timedelta, finished: timedelta | None) -> str:
        identifier = new_id("trn")
        with worker.database.transaction() as uow:
            stored = submit_transcription(
                uow, worker.queue, identifier, audio_key=f"transcriptions/{identifier}/o", filename="a", options={}
            )
            stored.created_at = utc_now() - created
            stored.finished_at = utc_now() - finished if finished is not None else None
        return identifier

    hour = timedelta(hours=1)
    slow, just_ready = submitted(5 * hour, None), submitted(5 * hour, 0.1 * hour)
    unfetched, lost = submitted(5 * hour, 2 * hour), submitted(30 * hour, None)
    keep_house(worker)
    with worker.database.reading() as uow:
        left = {each for each in (slow, just_ready, unfetched, lost) if uow.processing.transcription(each)}
    assert left == {slow, just_ready}


def test_the_engine_forgets_work_that_ended_long_ago(worker: WorkerRuntime, received: Callable[[], Recording]) -> None:
    long_ago, lately, waiting = (received() for _ in range(3))
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("workflow_uuid", "status", "completed_at")]
    schema = None if worker.database.engine.dialect.name == "sqlite" else "dbos"
    table = sa.table("workflow_status", *columns, schema=schema)
    with worker.database.engine.begin() as connection:
        for recording, age in ((long_ago, 8 * DAYS), (lately, DAYS)):
            changed = connection.execute(
                sa.update(table)
                .where(table.c.workflow_uuid == f"{recording.id}-1")
                .values(status="SUCCESS", completed_at=int((utc_now() - age).timestamp() * 1000))
            )
            assert changed.rowcount == 1
    sweep(worker)
    with worker.database.engine.connect() as connection:
        left = set(connection.scalars(sa.select(table.c.workflow_uuid)))
    assert left == {f"{lately.id}-1", f"{waiting.id}-1"}
