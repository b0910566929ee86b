"""Engines, and bringing the schema up to date on SQLite and PostgreSQL."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext, make_url
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x12345
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""
CONNECT_SECONDS = 5
"""How long PostgreSQL may take to accept a connection, unless the URL says ``connect_timeout``."""


def create_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for a SQLAlchemy URL (``sqlite:///…``, ``postgresql+psycopg://…``).

    SQLite runs in WAL mode with a busy timeout and foreign keys. A transaction takes SQLite's write lock at its start
    (``BEGIN IMMEDIATE``) unless its connection has the execution option ``read_only``: a reader that turns writer
    halfway would fail with "database is locked" whatever the timeout (https://www.sqlite.org/lang_transaction.html).

    Errors hold no values of rows: they reach logs and the workflow engine's tables, where no citizen's words belong.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            parsed, connect_args={"check_same_thread": False, "timeout": 30}, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
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
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
                connection.commit()
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            with connection.begin():
                command.upgrade(config, revision)
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
                connection.commit()
    finally:
        engine.dispose()
    DBOS.migrate(url)


def _hide_rows(context: ExceptionContext) -> None:
    # PostgreSQL repeats the row, key or JSON that it refuses in the detail and context of its messages.
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if primary and context.sqlalchemy_exception is not None:
        context.original_exception.args = (primary,)
        context.sqlalchemy_exception.args = (f"({type(context.original_exception).__name__}) {primary}",)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # The driver's own transaction control begins too late and commits before DDL; _begin_sqlite does it instead.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
