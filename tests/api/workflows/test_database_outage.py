"""A database that is away for a while: work waits for it and nothing that was done is lost."""

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from api import worker
from api.audio_store import open_audio_store
from api.calls.intake import NewRecording, accept, audio_key
from api.calls.progress import begin_step
from api.settings import Settings
from api.storage.models import Recording, new_id
from api.storage.unit_of_work import Database, UnitOfWork
from api.workflows import progress_writer
from api.workflows.progress_writer import ProgressWriter, SupersededError
from api.workflows.queue import WorkQueue
from api.workflows.runtime import WorkerRuntime, database_away


class Line:
    """A TCP line to a server that can be cut: while it is, new connections are refused."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]

    def restore(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)


def _running(database: Database, queue: WorkQueue) -> Recording:
    identifier = new_id("rec")
    new = NewRecording(identifier, audio_key(identifier), "a.wav", 1, "0" * 64)
    with database.transaction() as uow:
        recording = accept(uow, queue, new).recording
        begin_step(uow, identifier, recording.call_id, "decode", attempt=1, worker_id="w")
        return recording


def _worker(database: Database, queue: WorkQueue, folder: Path) -> WorkerRuntime:
    settings = Settings(_env_file=None, data_dir=folder, database_url=database.url)
    return WorkerRuntime(settings, database, open_audio_store(settings), queue, "w")


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    """A line to the PostgreSQL server of the test."""
    url = make_url(database.url)
    line = Line(url.host or "127.0.0.1", url.port or 5432)
    line.restore()
    yield line
    line.cut()


@pytest.fixture
def far_database(database: Database, line: Line) -> Iterator[Database]:
    """The test's database at the end of the line."""
    far = Database(make_url(database.url).set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False))
    yield far
    far.close()


@pytest.mark.database
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_waits_for_a_server_that_is_down(
    far_database: Database, line: Line, queue: WorkQueue, tmp_path: Path
) -> None:
    recording = _running(far_database, queue)
    runtime = _worker(far_database, queue, tmp_path)
    line.cut()
    threading.Timer(1.5, line.restore).start()

    def change(uow: UnitOfWork) -> str | None:
        found = uow.recordings.get(recording.id)
        return found.id if found else None

    began = time.monotonic()
    assert runtime.change(change) == recording.id
    assert time.monotonic() - began > 1.4


@pytest.mark.database
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_progress_that_cannot_be_written_does_not_end_the_step(
    far_database: Database, line: Line, queue: WorkQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_writer, "INTERVAL", 0.0)
    recording = _running(far_database, queue)
    write = ProgressWriter(far_database, recording.id, "decode", 1)
    write(0.25)
    line.cut()
    write(0.5)
    line.restore()
    write(0.75)
    with far_database.reading() as uow:
        step = uow.processing.step(recording.id, "decode")
    assert step is not None
    assert step.fraction == 0.75
    with far_database.transaction() as uow:
        uow.processing.delete_steps(recording.id)
    with pytest.raises(SupersededError):
        write(1.0)


@pytest.mark.database
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_after_an_outage_the_others_get_time_to_say_that_they_live(
    far_database: Database, line: Line, queue: WorkQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adoptions: list[float] = []
    monkeypatch.setattr(worker, "adopt_orphans", lambda _: adoptions.append(time.monotonic()))
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=far_database.url,
        heartbeat=timedelta(seconds=0.5),
        worker_dead_after=timedelta(seconds=2),
    )
    runtime = WorkerRuntime(settings, far_database, open_audio_store(settings), queue, "w")
    stop = threading.Event()
    watching = threading.Thread(target=worker._watch, args=(runtime, stop, None))
    watching.start()
    try:
        _wait(lambda: bool(adoptions))
        line.cut()
        time.sleep(2)
        before = len(adoptions)
        line.restore()
        restored = time.monotonic()
        _wait(lambda: len(adoptions) > before)
        assert adoptions[before] - restored > 0.9
    finally:
        stop.set()
        watching.join()


def _wait(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_change_waits_for_a_locked_sqlite_file(database: Database, queue: WorkQueue, tmp_path: Path) -> None:
    recording = _running(database, queue)
    runtime = _worker(database, queue, tmp_path)
    holder = sqlite3.connect(str(make_url(database.url).database), isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(1.0, holder.rollback).start()

    def change(uow: UnitOfWork) -> None:
        uow.processing.delete_steps(recording.id)

    # As if the file had been locked for longer than the busy timeout.
    with database.engine.connect().execution_options(read_only=True) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    runtime.change(change)
    holder.close()


def test_other_errors_are_not_waited_for(database: Database, queue: WorkQueue, tmp_path: Path) -> None:
    runtime = _worker(database, queue, tmp_path)
    began = time.monotonic()
    with pytest.raises(Exception, match="no_such_table"):
        runtime.change(lambda uow: uow.session.connection().exec_driver_sql("SELECT * FROM no_such_table"))
    assert time.monotonic() - began < 5
    assert database_away(ConnectionError()) is False
