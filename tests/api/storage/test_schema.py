"""The schema: migrations give what the models say, times keep their moment, deletion takes all but the audit log."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from api.calls.searching import index_call
from api.storage.database import create_engine, upgrade
from api.storage.models import Alert, Base, Call, Recording, Ticket, TicketVersion, UtcDateTime
from api.storage.repositories.calls import CallFilter
from api.storage.unit_of_work import Database, UnitOfWork

BEIJING = timezone(timedelta(hours=8))


def test_migrations_give_what_the_models_say(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        ours = [change for change in compare_metadata(context, Base.metadata) if not _of_the_workflow_engine(change)]
    database.close()
    assert ours == []


def _of_the_workflow_engine(change: object) -> bool:
    # SQLite has no schemas: the engine's tables lie beside ours, unknown to our models.
    item = change[1] if isinstance(change, tuple) else None
    table = item if isinstance(item, sa.Table) else getattr(item, "table", None)
    return (
        isinstance(change, tuple)
        and change[0].startswith("remove_")
        and (table is not None and table.name not in Base.metadata.tables)
    )


def test_migrating_again_changes_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.transaction() as uow:
        uow.calls.add(Call(source="s"))
    upgrade(empty_database_url)
    with database.reading() as uow:
        assert len(uow.calls.page(_any(), 10, None).items) == 1
    database.close()


def test_many_processes_may_migrate_at_once(empty_database_url: str) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            upgrade(empty_database_url)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1901, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_time_keeps_its_moment_whatever_its_zone(moment: datetime) -> None:
    stored = UtcDateTime().process_bind_param(moment, sqlite.dialect())
    back = UtcDateTime().process_result_value(stored, sqlite.dialect())
    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.utcoffset() == timedelta(0)


def test_times_come_back_aware_from_the_database(database: Database) -> None:
    moment = datetime(2026, 3, 12, 9, 41, tzinfo=BEIJING)
    with database.transaction() as uow:
        call = uow.calls.add(Call(source="s", started_at=moment))
    with database.reading() as uow:
        stored = uow.calls.get(call.id)
        assert stored is not None
        assert stored.started_at == moment
        assert stored.started_at.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"), database.transaction() as uow:
        uow.calls.add(Call(source="s", started_at=datetime(2026, 3, 12)))  # noqa: DTZ001


def test_an_exception_rolls_everything_back(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as uow:
        uow.calls.add(Call(source="s"))
        raise RuntimeError
    with database.reading() as uow:
        assert uow.calls.page(_any(), 10, None).items == []


def test_one_ticket_and_one_alert_a_call_whatever_code_does(database: Database) -> None:
    with database.transaction() as uow:
        call = uow.calls.add(Call(source="s"))
        _ticket(uow, call, "1")
        uow.tickets.add_alert(Alert(call_id=call.id, ticket_version=1, services=["119"], title="t"))
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as uow:
        _ticket(uow, call, "2")
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as uow:
        uow.tickets.add_alert(Alert(call_id=call.id, ticket_version=1, services=["120"], title="t"))


def test_a_recording_without_call_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as uow:
        uow.recordings.add(_recording("call_none", "a"))


def test_readers_see_no_unfinished_change_and_never_wait(database: Database) -> None:
    with database.transaction() as writing:
        writing.calls.add(Call(source="s"))
        with database.reading() as uow:
            assert uow.calls.page(_any(), 10, None).items == []


def test_ticket_numbers_of_a_day_have_no_gap_and_no_twin(database: Database) -> None:
    day = datetime(2026, 3, 12, tzinfo=UTC).date()
    numbers: list[str] = []

    def take() -> None:
        for _ in range(10):
            with database.transaction() as uow:
                numbers.append(uow.tickets.next_number(day))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"20260312{n:06d}" for n in range(1, 41)]


def test_pages_follow_each_other_without_gap(database: Database) -> None:
    with database.transaction() as uow:
        ids = [uow.calls.add(Call(source="s")).id for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    with database.reading() as uow:
        while True:
            page = uow.calls.page(_any(), 3, cursor)
            seen += [call.row.id for call in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == sorted(ids, reverse=True)


def test_calls_are_found_by_what_their_tickets_say(database: Database) -> None:
    with database.transaction() as uow:
        found = uow.calls.add(Call(source="s", caller_number="13800001234"))
        _ticket(uow, found, "20260312000001", search_text="路灯不亮 100%_坏", mode="auto")
        other = uow.calls.add(Call(source="s"))
        _ticket(uow, other, "20260312000002", search_text="噪音扰民", mode="review", disposition="answer")
        for call in (found, other):
            index_call(uow, call.id)
    with database.reading() as uow:
        for text in ("路灯", "100%_", "20260312000001", "13800001234", found.id):
            assert [call.row.id for call in uow.calls.page(_any(text=text), 10, None).items] == [found.id], text
        assert uow.calls.page(_any(text="%"), 10, None).items[0].row.id == found.id
        assert len(uow.calls.page(_any(text="%"), 10, None).items) == 1
        assert [call.row.id for call in uow.calls.page(_any(mode="review"), 10, None).items] == [other.id]
        assert [call.row.id for call in uow.calls.page(_any(disposition="answer"), 10, None).items] == [other.id]


def test_an_unknown_database_is_refused_with_the_setting_named() -> None:
    with pytest.raises(ValueError, match="HOTLINE_DATABASE_URL"):
        create_engine("mysql://localhost/x")


def _any(**narrowed: str) -> CallFilter:
    return CallFilter(**narrowed)


def _recording(call_id: str, key: str) -> Recording:
    return Recording(call_id=call_id, source="s", filename="a.wav", audio_key=key, bytes=1, sha256="0" * 64)


def _ticket(
    uow: UnitOfWork,
    call: Call,
    number: str,
    *,
    search_text: str = "",
    mode: str = "auto",
    disposition: str = "dispatch",
) -> Ticket:
    ticket = uow.tickets.add(
        Ticket(call_id=call.id, number=number, disposition=disposition, mode=mode, search_text=search_text)
    )
    uow.tickets.add_version(TicketVersion(ticket_id=ticket.id, version=1, cause="c", fields={}))
    return ticket


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commit_on_sqlite_outlasts_a_power_loss(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_older_tickets_outlast_the_migration_and_take_their_place_in_the_queue(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0005")
    engine = create_engine(empty_database_url)
    stored = {
        "now": datetime(2026, 3, 12, tzinfo=UTC),
        "fields": '{"title": "路灯不亮", "appeal_type": "求助", "flags": ["minor", "elderly"]}',
    }
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO calls (id, source, state, revision, created_at, updated_at) "
            "VALUES ('call_1', 'pbx', 'ticketed', 1, :now, :now)",
            "INSERT INTO tickets (id, call_id, number, state, version, needs_review, disposition, mode, urgency, "
            "confidence, search_text, return_count, redispatch_count, created_at, updated_at) "
            "VALUES ('tic_1', 'call_1', '20260312000001', '待审核', 1, false, 'dispatch', 'review', "
            "'urgent', 0.5, '路灯不亮', 0, 0, :now, :now)",
            "INSERT INTO ticket_versions (ticket_id, version, cause, fields, created_at) "
            "VALUES ('tic_1', 1, 'revision:1', :fields, :now)",
        ):
            known = {name: value for name, value in stored.items() if f":{name}" in statement}
            connection.execute(sa.text(statement), known)
    engine.dispose()
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.reading() as uow:
        ticket = uow.tickets.of_call("call_1")
        assert ticket is not None
        assert (ticket.title, ticket.appeal_type, ticket.flags) == ("路灯不亮", "求助", "|minor|elderly|")
        assert (ticket.source, ticket.queue_rank, ticket.waiting_since) == ("pbx", 10.5, ticket.created_at)
        assert uow.tickets.version("tic_1", 1) is not None
        assert uow.search.unindexed(10) == ["call_1"]
    database.close()
