"""Connections: errors without citizens' words, who waits how long for a server, the disk or another writer."""

import socket
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

import api.storage.database as database_module
from api.storage.database import create_engine
from api.storage.models import Call, Ticket, TicketVersion
from api.storage.unit_of_work import Database
from api.workflows.runtime import database_away

WORDS = "我家住在幸福家园三号楼"


def test_a_failed_insert_does_not_repeat_what_was_said(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="mode") as failed, database.transaction() as uow:
        call = uow.calls.add(Call(source="s"))
        uow.tickets.add(Ticket(call_id=call.id, number="1", disposition="dispatch", mode=sa.null(), search_text=WORDS))
    assert WORDS not in str(failed.value)
    assert WORDS not in repr(failed.value.orig)


def test_words_that_the_database_cannot_hold_stay_out_of_its_error(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps NUL characters")
    with pytest.raises(sa.exc.DataError) as failed, database.transaction() as uow:
        call = uow.calls.add(Call(source="s"))
        ticket = uow.tickets.add(Ticket(call_id=call.id, number="1", disposition="dispatch", mode="auto"))
        uow.tickets.add_version(
            TicketVersion(ticket_id=ticket.id, version=1, cause="c", fields={"title": WORDS + "\0"})
        )
    assert WORDS not in str(failed.value)
    assert WORDS not in repr(failed.value.orig)


def test_a_postgresql_that_accepts_but_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = create_engine(f"postgresql://user@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2")
        assert engine.dialect.create_connect_args(engine.url)[1]["connect_timeout"] == "2"
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError), engine.connect():
            pass
        assert time.monotonic() - began < 10


def test_postgresql_has_a_limit_for_connecting() -> None:
    engine = create_engine("postgresql://user@127.0.0.1:1/x")
    options = engine.dialect.create_connect_args(engine.url)[1]
    assert 0 < int(options["connect_timeout"]) <= 10


def test_a_transaction_begins_as_soon_as_the_writer_before_it_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    holder, waiter = create_engine(url), create_engine(url)
    began_after: list[float] = []

    def wait(ready: threading.Event) -> None:
        with waiter.connect() as connection:
            ready.set()
            with connection.begin():
                began_after.append(time.monotonic())

    # SQLite itself would look 328 ms after it began to wait, and 100 ms later again.
    for held in (0.335, 0.34, 0.345):
        ready = threading.Event()
        with holder.connect() as connection, connection.begin():
            thread = threading.Thread(target=wait, args=(ready,))
            thread.start()
            ready.wait()
            time.sleep(held)
            released = time.monotonic()
        thread.join()
        began_after[-1] -= released
    assert min(began_after) < 0.05
    holder.dispose()
    waiter.dispose()


def test_a_transaction_that_never_gets_to_write_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "WAIT_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    holder, waiter = create_engine(url), create_engine(url)
    with (
        holder.begin(),
        waiter.connect() as connection,
        pytest.raises(sa.exc.OperationalError, match="locked") as refused,
        connection.begin(),
    ):
        pass
    assert database_away(refused.value)
    with waiter.begin():
        pass
    holder.dispose()
    waiter.dispose()


def test_only_what_is_soon_written_again_does_not_wait_for_the_disk(database: Database) -> None:
    sqlite = database.engine.dialect.name == "sqlite"
    asked = sa.text("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit")
    waits, does_not = (2, 1) if sqlite else ("on", "off")
    for _ in range(2):
        with database.transaction() as uow:
            assert uow.session.scalar(asked) == waits
        with database.transaction(durable=False) as uow:
            assert uow.session.scalar(asked) == does_not
