"""Engines, and bringing the schema up to date on SQLite and PostgreSQL."""

import sqlite3
import time
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext, make_url

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x12345
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""
CONNECT_SECONDS = 5
"""How long PostgreSQL may take to accept a connection, unless the URL says ``connect_timeout``."""
WAIT_SECONDS: Final = 30
"""How long a transaction waits for SQLite's other writers."""
LOOK_SECONDS: Final = 0.001
"""How often a transaction that waits looks whether SQLite's write lock is free."""
CHECKPOINT_PAGES: Final = 1000
"""Pages of SQLite's log after which a commit moves them into the database, as SQLite itself sets it."""


def create_engine(url: str, *, pool_size: int = 10, checkpoint_pages: int = CHECKPOINT_PAGES) -> Engine:
    """An engine for a SQLAlchemy URL (``sqlite:///…``, ``postgresql+psycopg://…``).

    SQLite runs in WAL mode with a busy timeout and foreign keys; the commit after ``checkpoint_pages`` pages takes
    longer. A transaction takes SQLite's write lock at its start (``BEGIN IMMEDIATE``) unless its connection has the
    execution option ``read_only``: a reader that turns writer halfway would fail with "database is locked" whatever the
    timeout (https://www.sqlite.org/lang_transaction.html).

    With the execution option ``durable`` False, a commit does not wait for the disk: after a power loss it may never
    have been, and nothing else is lost or torn (https://www.sqlite.org/pragma.html#pragma_synchronous,
    https://www.postgresql.org/docs/current/wal-async-commit.html).

    Errors hold no values of rows: they reach logs and the workflow engine's tables, where no citizen's words belong.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            parsed, connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS}, hide_parameters=True
        )
        event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, checkpoint_pages))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        if "connect_timeout" not in parsed.query:
            parsed = parsed.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
        engine = sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        event.listen(engine, "handle_error", _hide_rows)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    raise ValueError(
        f"HOTLINE_DATABASE_URL names {parsed.get_backend_name()!r}; use sqlite:///… or postgresql+psycopg://…"
    )


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the product's tables and the workflow engine's to the newest form; safe to call from many processes."""
    from dbos import DBOS  # noqa: PLC0415 — heavy, and only needed here

    engine = create_engine(url, pool_size=2)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                # A table is changed by making it anew; its rows' dependants must outlive that. Only possible outside a
                # transaction (https://www.sqlite.org/lang_altertable.html#otheralter).
                _driver(connection).execute("PRAGMA foreign_keys=OFF")
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
                connection.commit()
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            with connection.begin():
                command.upgrade(config, revision)
                if engine.dialect.name == "sqlite":
                    _refuse_orphans(connection)
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
                connection.commit()
    finally:
        engine.dispose()
    DBOS.migrate(url)


def _refuse_orphans(connection: sa.Connection) -> None:
    if _driver(connection).execute("PRAGMA foreign_key_check").fetchone():
        raise RuntimeError("the migration would leave rows without what they belong to; nothing was changed")


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _hide_rows(context: ExceptionContext) -> None:
    # PostgreSQL repeats the row, key or JSON that it refuses in the detail and context of its messages.
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if primary and context.sqlalchemy_exception is not None:
        context.original_exception.args = (primary,)
        context.sqlalchemy_exception.args = (f"({type(context.original_exception).__name__}) {primary}",)


def _begin_postgresql(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("durable", True):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


def _prepare_sqlite(connection: Any, checkpoint_pages: int) -> None:
    # The driver's own transaction control begins too late and commits before DDL; _begin_sqlite does it instead.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={1000 * WAIT_SECONDS}",
        f"wal_autocheckpoint={checkpoint_pages}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA synchronous={'FULL' if options.get('durable', True) else 'NORMAL'}")
    if not _take_write_lock(driver):
        # Once more, so that SQLAlchemy sees the error.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_write_lock(driver: sqlite3.Connection) -> bool:
    """Begin a transaction that writes; False where another one is still writing after :data:`WAIT_SECONDS`.

    SQLite's own waiting looks ten times a second after a while, so that a request would sleep on long after a worker
    has written, and come after others that began later.
    """
    until = time.monotonic() + WAIT_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    return False
            time.sleep(LOOK_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout={1000 * WAIT_SECONDS}")
