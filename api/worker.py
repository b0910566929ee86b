"""A worker process: runs the durable workflows, says that it lives, and adopts the calls of workers that died."""

import argparse
import fcntl
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import quote

import structlog
from dbos import DBOS, DBOSConfig

from api.audio_store import open_audio_store
from api.cities.versions import keep
from api.logging import configure_logging
from api.settings import Settings, get_settings
from api.storage.database import upgrade
from api.storage.models import Worker
from api.storage.unit_of_work import Database
from api.workflows import queue as queues
from api.workflows.housekeeping import keep_house, sweep
from api.workflows.runtime import WorkerRuntime, install

POLLING: Final = 0.5
"""Seconds between two looks at a queue."""
CALLS_AT_ONCE: Final = 2
DELIVERIES_AT_ONCE: Final = 8
HOUSEKEEPING: Final = 30.0
"""Seconds between two rounds of housekeeping."""
SWEEPING: Final = 6 * 3600.0
"""Seconds between two sweeps for leftovers."""

log = structlog.get_logger(__name__)


def main() -> None:
    """Entry point of a worker that `hotline serve` starts."""
    parser = argparse.ArgumentParser(description="A worker of Hotline Intake.")
    parser.add_argument("--parent", type=int, help="Process id of the server; the worker ends with it.")
    run(get_settings(), parent=parser.parse_args().parent)


def run(settings: Settings, parent: int | None = None) -> None:
    """Run a worker until SIGTERM or SIGINT, or until the process ``parent`` is gone.

    What is under way then goes on from its last finished step when a worker of this name starts again, or at once at
    another living worker.
    """
    configure_logging(settings)
    os.nice(settings.worker_nice)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    upgrade(settings.database)
    with _name(settings) as (worker_id, lock), structlog.contextvars.bound_contextvars(worker_id=worker_id):
        database = Database(settings.database)
        runtime = WorkerRuntime(
            settings,
            database,
            open_audio_store(settings),
            queues.WorkQueue(settings.database, settings.settle_time),
            worker_id,
        )
        install(runtime)
        _prepare_city(runtime)
        _claim(runtime, lock, stop)
        launch(settings, worker_id)
        log.info("worker started", pid=os.getpid())
        try:
            _watch(runtime, stop, parent)
        finally:
            DBOS.destroy()
            with database.transaction() as uow:
                uow.processing.stopped(worker_id)
            log.info("worker stopped")
            runtime.queue.close()
            database.close()
    # Native threads of the models would hold the interpreter; all that matters is stored.
    os._exit(0)


def _prepare_city(runtime: WorkerRuntime) -> None:
    """Load the city in force and keep it: the version that sent a ticket stays readable."""
    from tickets.errors import CityError  # noqa: PLC0415 — heavy

    try:
        city = runtime.city
        runtime.change(lambda uow: keep(uow, city))
    except CityError as error:
        log.error("the city in force (HOTLINE_CITY_DIR, hotline city activate) cannot be used", reason=str(error))
        raise SystemExit(1) from error


def launch(settings: Settings, worker_id: str) -> None:
    """Start the workflow engine; workflows that a worker of this name left go on."""
    # Registers the workflows.
    from api.workflows import calls, deliveries, recordings, transcriptions  # noqa: F401, PLC0415

    config: DBOSConfig = {
        "name": queues.APPLICATION,
        "system_database_url": settings.database,
        "executor_id": worker_id,
        "application_version": queues.APPLICATION_VERSION,
        "log_level": "WARNING",
    }
    DBOS(config=config)
    engine_log = logging.getLogger("dbos")
    engine_log.handlers.clear()
    engine_log.propagate = True
    DBOS.launch()
    for name, concurrency in (
        (queues.RECORDINGS_QUEUE, settings.worker_concurrency),
        (queues.CALLS_QUEUE, CALLS_AT_ONCE),
        (queues.DELIVERIES_QUEUE, DELIVERIES_AT_ONCE),
    ):
        DBOS.register_queue(
            name, worker_concurrency=concurrency, polling_interval_sec=POLLING, on_conflict="always_update"
        )


def beat(runtime: WorkerRuntime, *, started: bool = False) -> None:
    """Say that this worker lives."""
    with runtime.database.transaction(durable=False) as uow:
        uow.processing.beat(runtime.worker_id, socket.gethostname(), os.getpid(), started=started)


def _claim(runtime: WorkerRuntime, lock: TextIO, stop: threading.Event) -> None:
    """Beat for the first time, once it is sure that no other living worker has this name.

    Two of one name would each take the other's running calls for its own leftovers. The lock tells them apart within a
    data folder; beyond it, one that still beats has the name.

    Raises:
        SystemExit: another worker has the name.
    """
    silence, mine = runtime.settings.worker_dead_after, lock.read()
    first: Worker | None = None
    while not stop.is_set():
        with runtime.database.reading() as uow:
            worker = uow.processing.beating(runtime.worker_id, silence)
        if worker is None or f"{worker.host} {worker.pid}" == mine:
            break
        first = first or worker
        if worker.seen_at != first.seen_at:
            log.error(
                "another living worker has this name; set HOTLINE_WORKER_ID to another one",
                other_host=worker.host,
                other_pid=worker.pid,
            )
            raise SystemExit(1)
        stop.wait(0.2)
    lock.seek(0)
    lock.truncate()
    lock.write(f"{socket.gethostname()} {os.getpid()}")
    lock.flush()
    beat(runtime, started=True)


def adopt_orphans(runtime: WorkerRuntime) -> list[str]:
    """Take over what workers that stopped or fell silent left; whose it was.

    Two workers that adopt the same one at once do no harm: the engine moves each workflow away from the dead once.
    """
    silence = runtime.settings.worker_dead_after
    with runtime.database.reading() as uow:
        orphaned = [each.id for each in uow.processing.orphaned(silence) if each.id != runtime.worker_id]
    if orphaned:
        # DBOS has no public name for it; its own admin server calls this.
        DBOS._recover_pending_workflows(orphaned)
        with runtime.database.transaction() as uow:
            uow.processing.adopted(orphaned, runtime.worker_id, silence)
        log.warning("adopted the calls of other workers", workers=orphaned)
    return orphaned


def _watch(runtime: WorkerRuntime, stop: threading.Event, parent: int | None) -> None:
    # Apart from the heartbeat: an audio store that cannot be reached must not let a living worker look dead.
    threading.Thread(target=_keep_house, args=(runtime, stop), name="housekeeping", daemon=True).start()
    next_beat = may_adopt = 0.0
    while not stop.wait(0.5):
        if parent is not None and os.getppid() != parent:
            log.warning("the server is gone, so this worker ends")
            return
        now = time.monotonic()
        if now < next_beat:
            continue
        next_beat = now + runtime.settings.heartbeat.total_seconds()
        try:
            beat(runtime)
            if now >= may_adopt:
                adopt_orphans(runtime)
        except Exception:
            # A database that is away for a while must not end the worker. Nor does it make the others dead: when it is
            # back, they get the time to say that they live.
            may_adopt = time.monotonic() + runtime.settings.worker_dead_after.total_seconds()
            log.exception("heartbeat failed")


def _keep_house(runtime: WorkerRuntime, stop: threading.Event) -> None:
    next_sweep = 0.0
    while not stop.is_set():
        try:
            keep_house(runtime)
            if time.monotonic() >= next_sweep:
                next_sweep = time.monotonic() + SWEEPING
                sweep(runtime)
        except Exception:
            log.exception("housekeeping failed")
        stop.wait(HOUSEKEEPING)


@contextmanager
def _name(settings: Settings) -> Iterator[tuple[str, TextIO]]:
    """A name that is this process's alone in its data folder and the same after a restart, with the lock that says so:
    the name that is set, else the first that is free. The lock's file holds host and process id of its last holder.

    Raises:
        SystemExit: another process holds the name that is set.
    """
    folder = settings.data_dir / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    if settings.worker_id:
        name = settings.worker_id
        lock = _try_lock(folder / f"id-{quote(name, safe='')}.lock")
        if lock is None:
            log.error("another worker runs under this HOTLINE_WORKER_ID; give each its own", worker_id=name)
            raise SystemExit(1)
    else:
        number, lock = 0, None
        while lock is None:
            number += 1
            lock = _try_lock(folder / f"{number}.lock")
        name = f"{socket.gethostname()}-{number}"
    with lock:
        yield name, lock


def _try_lock(path: Path) -> TextIO | None:
    file = path.open("a+")
    file.seek(0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


if __name__ == "__main__":
    main()
