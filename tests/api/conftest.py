"""Databases for tests: each test gets its own, on SQLite and on PostgreSQL."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from api.storage.database import upgrade
from api.storage.models import OutboxEvent, Worker
from api.storage.unit_of_work import Database, UnitOfWork
from api.workflows.queue import WorkQueue

POSTGRES_URL = os.environ.get("HOTLINE_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.database)]


class DatabaseTemplates:
    """Databases with the newest schema, made once and copied for each test."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._made: dict[str, str] = {}

    def of(self, backend: str) -> str:
        """SQLite: the file. PostgreSQL: the name of the database."""
        if backend not in self._made:
            if backend == "sqlite":
                upgrade(f"sqlite:///{self._folder / 'template.sqlite'}")
                self._made[backend] = str(self._folder / "template.sqlite")
            else:
                url = self._stack.enter_context(postgres_database())
                upgrade(url)
                self._made[backend] = str(make_url(url).database)
        return self._made[backend]


@contextmanager
def postgres_database(template: str = "template1") -> Iterator[str]:
    """A database of its own on the test server, dropped at the end."""
    server = make_url(POSTGRES_URL)
    name = f"hotline_test_{uuid.uuid4().hex}"
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseTemplates]:
    """Migrated databases to copy."""
    with ExitStack() as stack:
        yield DatabaseTemplates(tmp_path_factory.mktemp("templates"), stack)


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hotline.sqlite'}"
    else:
        with postgres_database() as url:
            yield url


@pytest.fixture(params=BACKENDS)
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, database_templates: DatabaseTemplates
) -> Iterator[str]:
    """A database of the test's own with the newest schema."""
    template = database_templates.of(request.param)
    if request.param == "sqlite":
        shutil.copy(template, tmp_path / "hotline.sqlite")
        yield f"sqlite:///{tmp_path / 'hotline.sqlite'}"
    else:
        with postgres_database(template) as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The open database of the test."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def queue(database: Database) -> Iterator[WorkQueue]:
    """The work queue of the database, without settle time."""
    queue = WorkQueue(database.url, timedelta(0))
    yield queue
    queue.close()


def told_of(uow: UnitOfWork, call_id: str) -> list[str]:
    """The kinds of all events of a call, in order."""
    query = sa.select(OutboxEvent.kind).where(OutboxEvent.call_id == call_id).order_by(OutboxEvent.sequence)
    return list(uow.session.scalars(query))


def all_workers(uow: UnitOfWork) -> list[Worker]:
    """All workers that were ever seen."""
    return list(uow.session.scalars(sa.select(Worker).order_by(Worker.id)))
