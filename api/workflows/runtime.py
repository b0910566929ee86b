"""What the steps of one worker process work with, set once before its workflows start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog
import tenacity
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.audio_store import AudioStore
from api.cities.in_force import CityInForce
from api.settings import Settings
from api.storage.unit_of_work import Database, UnitOfWork
from api.transcription_options import transcription_options
from api.workflows.queue import WorkQueue
from api.workflows.transcribers import TranscriberPool

if TYPE_CHECKING:
    from tickets.city.model import City

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True)
class WorkerRuntime:
    """The parts of a worker."""

    settings: Settings
    database: Database
    audio: AudioStore
    queue: WorkQueue
    worker_id: str

    @property
    def city(self) -> "City":
        """The city in force now, with its models loaded.

        Raises:
            CityError: its folder or stored archive can't be used.
        """
        return _RETRY(self._cities.city, self.database)

    @cached_property
    def _cities(self) -> CityInForce:
        return CityInForce(self.settings, _prepare)

    @cached_property
    def transcribers(self) -> TranscriberPool:
        """The speech models, with the hot words of the city that is in force when they are first used."""
        return TranscriberPool(transcription_options(self.settings, self.city), self.settings.worker_concurrency)

    def work_folder(self, identifier: str) -> Path:
        """Where a recording's working files lie while its steps run."""
        return self.settings.data_dir.resolve() / "work" / identifier

    def change(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run ``work`` in a transaction; where the database is away, wait for it instead of losing a step's result."""

        def attempt() -> Result:
            with self.database.transaction() as uow:
                return work(uow)

        return _RETRY(attempt)


def _prepare(city: "City") -> None:
    from tickets.structuring import prepare  # noqa: PLC0415 — heavy

    prepare(city)


def database_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be had just now, so that the same may succeed later.

    PostgreSQL: the connection was cut or refused, the server shuts down, starts or is full, a deadlock was broken
    (class OperationalError of PEP 249). SQLite: another process has held the file for longer than the busy timeout.
    """
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if type(error.orig).__module__.startswith("sqlite3"):
        return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


_RETRY = tenacity.Retrying(
    retry=tenacity.retry_if_exception(database_away),
    wait=tenacity.wait_exponential(min=0.5, max=30),
    stop=tenacity.stop_after_delay(900),
    reraise=True,
)
_installed: list[WorkerRuntime] = []


def install(runtime: WorkerRuntime) -> None:
    """Set what this process's steps work with."""
    _installed[:] = [runtime]


def runtime() -> WorkerRuntime:
    """What this process's steps work with."""
    if not _installed:
        raise RuntimeError("steps run in a worker process; start one with `hotline worker`")
    return _installed[0]
