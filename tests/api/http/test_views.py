"""Who saw a ticket, a transcript or audio stands in the audit log."""

import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api import auditing
from api.auditing import View, ViewLog
from api.cli import app as command
from api.security.keys import ALL_SCOPES, KeyHolder, Scope
from api.settings import get_settings
from api.storage.models import utc_now

if TYPE_CHECKING:
    from conftest import Served

HOLDER = KeyHolder("key_1", "desk", ALL_SCOPES)


def seen(served: "Served", subject: str) -> Counter[str]:
    """What was seen of a call or recording, and how often."""
    with served.database.reading() as uow:
        entries = uow.access.audit_of(subject)
    assert all(entry.actor_kind == "api_key" and entry.detail is None for entry in entries)
    return Counter(entry.action for entry in entries)


@pytest.fixture
def call(served: "Served", everything: httpx.Client) -> dict[str, Any]:
    """A recording of a call with transcript and ticket, as it was answered."""
    sent: dict[str, Any] = everything.post("/v1/recordings", files={"file": ("a.wav", bytes(5000))}).json()
    served.finish_recording(sent["id"], "您好", "半夜还在施工")
    served.write_ticket(sent["call_id"])
    return sent


def test_each_way_of_seeing_is_noted(served: "Served", call: dict[str, Any]) -> None:
    recording, whole = call["links"]["self"], call["links"]["call"]
    paths = {
        whole: (call["call_id"], View.TICKET),
        "/v1/calls": (call["call_id"], View.TICKET),
        f"{whole}/ticket": (call["call_id"], View.TICKET),
        f"{whole}/transcript": (call["call_id"], View.TRANSCRIPT),
        f"{recording}/transcript": (call["id"], View.TRANSCRIPT),
        f"{recording}/audio": (call["id"], View.AUDIO),
    }
    expected: Counter[tuple[str, str]] = Counter()
    for path, viewed in paths.items():
        # A key of its own, or it would be the same view again.
        assert served.client(Scope.REVIEW).get(path).status_code == 200
        served.state.views.close()
        expected[viewed] += 1
        found = {(each, view): n for each in (call["id"], call["call_id"]) for view, n in seen(served, each).items()}
        assert found == expected, path


def test_following_a_call_shows_its_ticket(served: "Served", call: dict[str, Any]) -> None:
    with served.client(Scope.REVIEW).stream("GET", call["links"]["events"]) as response:
        next(line for line in response.iter_lines() if line == "event: ticket")
        served.wait_for(lambda: seen(served, call["call_id"])[View.TICKET] == 1)


def test_what_shows_nothing_is_not_noted(served: "Served", everything: httpx.Client, call: dict[str, Any]) -> None:
    waiting = everything.post("/v1/recordings", files={"file": ("b.wav", bytes(6000))}).json()
    everything.get(waiting["links"]["call"])
    everything.get(waiting["links"]["ticket"])
    everything.get(call["links"]["self"])
    everything.head(call["links"]["audio"])
    assert served.client(Scope.INTAKE).get(call["links"]["ticket"]).status_code == 403
    served.state.views.close()
    assert [seen(served, each) for each in (waiting["call_id"], waiting["id"], call["id"], call["call_id"])] == [{}] * 4


def test_seeing_the_same_again_within_a_minute_is_one_view(served: "Served", monkeypatch: pytest.MonkeyPatch) -> None:
    views = ViewLog(served.database)
    for _ in range(3):
        views.note(HOLDER, View.AUDIO, ["rec_1"])
        views.note(KeyHolder("key_2", "other", ALL_SCOPES), View.AUDIO, ["rec_1"])
    views.close()
    assert seen(served, "rec_1") == {View.AUDIO: 2}
    monkeypatch.setattr(auditing, "REPEATED_WITHIN", timedelta(0))
    began = utc_now()
    views.note(HOLDER, View.AUDIO, ["rec_1"])
    views.close()
    with served.database.reading() as uow:
        last = uow.access.audit_of("rec_1")[-1]
    assert (last.actor, last.action) == ("key_1", "view_audio")
    assert began <= last.at <= utc_now()


def test_a_crash_loses_a_second_at_most(served: "Served") -> None:
    views = ViewLog(served.database)
    views.note(HOLDER, View.TICKET, ["call_1"])
    began = time.monotonic()
    served.wait_for(lambda: seen(served, "call_1") == {View.TICKET: 1})
    # The rest is for a busy machine.
    assert time.monotonic() - began < 1 + 2


def test_views_wait_for_a_database_that_is_away(served: "Served", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "WRITE_EVERY", 0.05)
    with served.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_log RENAME TO away"))
    views = ViewLog(served.database)
    views.note(HOLDER, View.TICKET, ["call_1"])
    time.sleep(0.3)
    with served.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO audit_log"))
    served.wait_for(lambda: seen(served, "call_1") == {View.TICKET: 1})


def test_a_closed_log_tries_no_more(served: "Served", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "WRITE_EVERY", 0.05)
    with served.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_log RENAME TO away"))
    views, before = ViewLog(served.database), set(threading.enumerate())
    views.note(HOLDER, View.TICKET, ["call_1"])
    time.sleep(0.1)
    views.close()
    time.sleep(0.2)
    assert not [thread for thread in set(threading.enumerate()) - before if isinstance(thread, threading.Timer)]
    with served.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO audit_log"))


def test_the_command_shows_who_did_what(served: "Served", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    views = ViewLog(served.database)
    views.note(HOLDER, View.TRANSCRIPT, ["call_1"])
    views.close()
    with served.database.transaction() as uow:
        uow.access.audit("api_key", "key_9", "delete", "call_2")
        uow.access.audit("api_key", "key_1", "rerun", "call_1", {"from": "structure"})
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", served.state.settings.database)
    get_settings.cache_clear()
    try:
        shown = CliRunner().invoke(command, ["audit", "call_1"])
    finally:
        get_settings.cache_clear()
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.index("view_transcript") < shown.stdout.index("rerun")
    assert "api_key key_1" in shown.stdout
    assert "from=structure" in shown.stdout
    assert "key_9" not in shown.stdout


def test_alerts_history_drafts_and_releases_are_in_the_log_too(served: "Served") -> None:
    call = served.call("喂", "楼里起火了", disposition="emergency", lead=None, handover=["119"], mode="review")
    ticket = served.ticket_id(call)
    for path in ("/v1/alerts", f"/v1/tickets/{ticket}/history"):
        before = seen(served, call)[View.TICKET]
        assert served.client(Scope.REVIEW).get(path).status_code == 200
        served.state.views.close()
        assert seen(served, call)[View.TICKET] == before + 1, path
    li = served.person("li")
    li.post(f"/v1/tickets/{ticket}/claim")
    for title in ("起火", "楼里起火"):
        etag = li.get(f"/v1/tickets/{ticket}").headers["etag"]
        saved = li.put(f"/v1/tickets/{ticket}/draft", json={"fields": {"title": title}}, headers={"If-Match": etag})
        assert saved.status_code == 200
    li.delete(f"/v1/tickets/{ticket}/claim")
    served.state.views.close()
    with served.database.reading() as uow:
        actions = Counter(entry.action for entry in uow.access.audit_of(ticket))
    assert actions == {"claim": 1, "save_draft": 1, "release": 1}
