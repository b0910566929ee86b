import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.calls.ticketing import write_ticket
from api.cli import app
from api.settings import get_settings
from api.storage.models import Call
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue
from tickets.call import Call as SpokenCall
from tickets.city import load_city
from tickets.explanation.explain import explain
from tickets.structuring import structure

LAMPS: dict[str, Any] = {
    "id": "lamps",
    "turns": [{"role": "citizen", "text": "望江区光明路的路灯不亮了，整条街黑乎乎的，路灯坏了好几天。"}],
}


@pytest.fixture
def settled(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    get_settings.cache_clear()
    yield database_url
    get_settings.cache_clear()


def test_a_line_of_a_file_in_chinese_and_as_json(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(json.dumps({"id": "other", "turns": []}) + "\n" + json.dumps(LAMPS), encoding="utf-8")
    shown = CliRunner().invoke(app, ["explain", "lamps", "--calls", str(calls)])
    assert shown.exit_code == 0, shown.output
    for words in ("候选 1：UT09", "候选 3", "法定依据", "支持的话", "路灯", "把握须达到", "依据的话"):
        assert words in shown.stdout
    made = json.loads(CliRunner().invoke(app, ["explain", "lamps", "--calls", str(calls), "--json"]).stdout)
    assert made["duties"][0]["code"] == "UT09"
    absent = CliRunner().invoke(app, ["explain", "nobody", "--calls", str(calls)])
    assert absent.exit_code == 1
    assert "has no call nobody" in absent.stderr.replace("\n", "")


def test_a_call_of_the_database_is_explained_as_the_worker_did(settled: str) -> None:
    city, spoken = load_city(), SpokenCall.from_json(LAMPS)
    ticket = structure(spoken, city)
    made = explain(spoken, city, ticket).to_json()
    database, queue = Database(settled), WorkQueue(settled, timedelta(0))
    with database.transaction() as uow:
        call = uow.calls.add(Call(source="s", revision=1))
        write_ticket(uow, queue, call, ticket.to_json(), city.version, deliver_alerts=False, explanation=made)
        old = uow.calls.add(Call(source="s", revision=1))
        write_ticket(uow, queue, old, ticket.to_json(), city.version, deliver_alerts=False)
    queue.close()
    shown = CliRunner().invoke(app, ["explain", call.id, "--json"])
    assert json.loads(shown.stdout) == json.loads(json.dumps(made))
    with database.reading() as uow:
        assert [entry.action for entry in uow.access.audit_of(call.id)] == ["view_ticket"]
    database.close()
    assert "候选 1：UT09" in CliRunner().invoke(app, ["explain", call.id]).stdout
    for name, words in ((old.id, "has no explanation"), ("call_none", "no ticket")):
        refused = CliRunner().invoke(app, ["explain", name])
        assert refused.exit_code == 1
        assert words in refused.stderr.replace("\n", "")
