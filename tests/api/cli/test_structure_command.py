import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import get_settings

GOOD = {"id": "a", "turns": [{"role": "citizen", "text": "光明路的路灯不亮了，整条路都黑。"}], "gold": "never read"}
SEGMENTS = {
    "id": "b",
    "segments": [{"start": 0.0, "end": 2.0, "role": "citizen", "speaker": "S1", "text": "打错了。", "confidence": 0.9}],
}


def test_tickets_line_by_line_and_bad_lines_said(tmp_path: Path) -> None:
    calls, out = tmp_path / "calls.jsonl", tmp_path / "tickets.jsonl"
    lines = [json.dumps(GOOD, ensure_ascii=False), "{not json", json.dumps({"id": "c"}), "", json.dumps(SEGMENTS)]
    calls.write_text("\n".join(lines), encoding="utf-8")
    with calls.open("ab") as stream:
        stream.write(b'\n{"id": "d", "turns": [{"role": "citizen", "text": "\xff"}]}\n')
    result = CliRunner().invoke(app, ["structure", str(calls), "-o", str(out)])
    assert result.exit_code == 1
    tickets = {line["id"]: line["ticket"] for line in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert {"a", "b"} <= set(tickets)
    assert tickets["a"]["category"] == "UT09"
    assert tickets["b"]["disposition"] == "none"
    assert f"{calls}:2:" in result.stderr.replace("\n", "")
    assert f"{calls}:3:" in result.stderr.replace("\n", "")


def test_to_standard_output(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(json.dumps(GOOD, ensure_ascii=False) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["structure", str(calls)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == "a"


def test_a_wrong_city_or_file_is_named(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text("", encoding="utf-8")
    (tmp_path / "city").mkdir()
    result = CliRunner().invoke(app, ["structure", str(calls), "--city", str(tmp_path / "city")])
    assert result.exit_code == 1
    assert "departments.csv" in result.stderr.replace("\n", "")
    missing = CliRunner().invoke(app, ["structure", str(tmp_path / "absent.jsonl")])
    assert missing.exit_code == 1
    assert "absent.jsonl" in missing.stderr.replace("\n", "")


@pytest.fixture
def fresh_settings() -> Iterator[None]:
    """Settings read anew from the environment, before and after."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.usefixtures("fresh_settings")
def test_the_settings_city_and_wanted_precision_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(
        json.dumps(GOOD | {"turns": [{"role": "citizen", "text": "打错了，不好意思。"}]}) + "\n", encoding="utf-8"
    )
    monkeypatch.setenv("HOTLINE_AUTOMATIC_PRECISION", "1")
    result = CliRunner().invoke(app, ["structure", str(calls)])
    assert json.loads(result.stdout)["ticket"]["mode"] == "review"
    get_settings.cache_clear()
    monkeypatch.setenv("HOTLINE_AUTOMATIC_PRECISION", "0")
    result = CliRunner().invoke(app, ["structure", str(calls)])
    assert json.loads(result.stdout)["ticket"]["mode"] == "auto"
    get_settings.cache_clear()
    monkeypatch.setenv("HOTLINE_CITY_DIR", str(tmp_path / "nowhere"))
    result = CliRunner().invoke(app, ["structure", str(calls)])
    assert result.exit_code == 1
    assert "nowhere" in result.stderr.replace("\n", "")
