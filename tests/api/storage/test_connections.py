"""Connections: errors without citizens' words, and no endless wait for a server that does not answer."""

import socket
import time

import pytest
import sqlalchemy as sa

from api.storage.database import create_engine
from api.storage.models import Call, Ticket, TicketVersion
from api.storage.unit_of_work import Database

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
