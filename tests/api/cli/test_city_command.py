"""``hotline city`` end to end on a database of its own: check, diff, activate, rollback, versions."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.calls.ticketing import write_ticket
from api.cli import app
from api.settings import get_settings
from api.storage.models import Call, Recording
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue
from tests.api.cities.conftest import small_city
from tickets.call import Call as SpokenCall
from tickets.city import load_city
from tickets.structuring import structure

SAID = "望江区光明路的路灯不亮了，整条街黑乎乎的，路灯坏了好几天。"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small cities' models are trained to, once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """A small city, in force by the settings."""
    return small_city(tmp_path / "settled")


@pytest.fixture
def run(
    tmp_path: Path, database_url: str, cache: Path, settled: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOTLINE_CITY_DIR", str(settled))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    get_settings.cache_clear()
    yield lambda *arguments, **more: CliRunner().invoke(app, ["city", *map(str, arguments)], **more)
    get_settings.cache_clear()


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The same city where the transport bureau leads street lamps."""
    return small_city(tmp_path / "changed", "交通运输局")


@pytest.fixture
def ticketed(run: Run, database_url: str, settled: Path) -> str:
    """A call in the database with its transcript and the ticket of the settled city."""
    content: dict[str, Any] = {
        "duration": 4.0,
        "channels": 1,
        "dialect": {"label": "mandarin", "probability": 0.9},
        "segments": [{"start": 0.0, "end": 4.0, "role": "citizen", "text": SAID, "words": []}],
    }
    city = load_city(settled)
    fields = structure(SpokenCall.from_json(content), city).to_json()
    database, queue = Database(database_url), WorkQueue(database_url, timedelta(0))
    with database.transaction() as uow:
        call = uow.calls.add(Call(source="s", revision=1))
        recording = uow.recordings.add(
            Recording(call_id=call.id, source="s", filename="a.wav", audio_key="a", bytes=1, sha256="0" * 64)
        )
        uow.recordings.add_transcript(recording.id, content, attempt=1)
        write_ticket(uow, queue, call, fields, city.version, deliver_alerts=False)
    queue.close()
    database.close()
    return call.id


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_check_says_every_error_with_file_and_line(run: Run, changed: Path) -> None:
    good = run("check", changed)
    assert good.exit_code == 0, good.output
    assert load_city(changed).version in good.stdout
    line = len((changed / "duties.csv").read_text(encoding="utf-8").splitlines()) + 1
    with (changed / "duties.csv").open("a", encoding="utf-8") as stream:
        stream.write("ZZ1,a,b,没有局,,city,none,,\nZZ2,a,b,,,planet,none,,\n")
    bad = run("check", changed)
    assert bad.exit_code == 1
    assert f"duties.csv:{line}: department '没有局'" in bad.stdout
    assert f"duties.csv:{line + 1}: level 'planet' unknown" in bad.stdout
    found = json.loads(run("check", changed, "--json").stdout)
    assert [error["line"] for error in found["errors"]] == [line, line + 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_diff_says_what_would_go_elsewhere_from_where_to_where(
    run: Run, settled: Path, changed: Path, ticketed: str, tmp_path: Path
) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(json.dumps({"id": "filed", "turns": [{"role": "citizen", "text": SAID}]}), encoding="utf-8")
    found = json.loads(run("diff", settled, changed, "--calls", calls, "--json").stdout)
    assert [(change["name"], change["values"]) for change in found["changes"]] == [
        ("UT09", [["lead", "城市管理局", "交通运输局"]])
    ]
    assert found["effect"]["compared"] == found["effect"]["moved"] == 2
    assert [item["call_id"] for item in found["moved"]] == [ticketed, "filed"]
    assert found["moved"][0]["before"]["lead"] == ["望江区", "城市管理局"]
    assert found["moved"][0]["after"]["lead"] == ["望江区", "交通运输局"]
    shown = run("diff", settled, changed).stdout
    assert "lead: 城市管理局 → 交通运输局" in shown
    assert "Of 1 calls 1 would now go elsewhere" in shown
    none = json.loads(run("diff", settled, settled, "--tickets", 0, "--json").stdout)
    assert none["changes"] == []
    assert none["effect"]["compared"] == 0


def test_activate_keeps_a_copy_and_rollback_returns(run: Run, settled: Path, changed: Path, ticketed: str) -> None:
    version, before = load_city(changed).version, load_city(settled).version
    refused = run("activate", changed, input="n\n")
    assert refused.exit_code == 1
    assert json.loads(run("versions", "--json").stdout) == []
    done = run("activate", changed, "--yes")
    assert done.exit_code == 0, done.output
    assert "1 would now go elsewhere" in done.stdout
    assert "aren't calibrated" in done.stdout
    assert f"version {version} is in force" in done.stdout
    shutil.rmtree(changed)
    listed = {row["version"]: row for row in json.loads(run("versions", "--json").stdout)}
    assert listed[version]["in_force"]
    assert (listed[before]["in_force"], listed[before]["tickets"]) == (False, 1)
    assert "lead: 城市管理局 → 交通运输局" in run("diff", before, version, "--tickets", 0).stdout
    audited = CliRunner().invoke(app, ["audit", version]).stdout
    assert "city_activate" in audited
    assert "moved=1" in audited
    assert f"version {before} is in force" in run("rollback").stdout
    again = run("rollback")
    assert again.exit_code == 1
    assert "No version was in force before" in again.stderr
    assert "in force already" in run("activate", before, "--yes").stdout
    assert f"version {version} is in force" in run("activate", version, "--yes").stdout


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_folder_or_version_changes_nothing(run: Run, changed: Path) -> None:
    (changed / "places.csv").unlink()
    for named, words in ((changed, "places.csv: file missing"), ("0" * 16, "neither a folder nor a version")):
        refused = run("activate", named, "--yes")
        assert refused.exit_code == 1
        assert words in refused.stderr.replace("\n", "")
    assert json.loads(run("versions", "--json").stdout) == []
