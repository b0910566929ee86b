import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

SAMPLE = Path(__file__).parents[3] / "tickets" / "sample_city"
KEPT = ("UT09", "UT08", "CG01", "NV01", "EN01", "PM01", "EM01", "EM02")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    (folder / "wording").mkdir(parents=True)
    for name in ("departments.csv", "places.csv"):
        shutil.copy(SAMPLE / name, folder / name)
    lines = (SAMPLE / "duties.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.split(",", 1)[0] in KEPT]
    (folder / "duties.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    for code in KEPT:
        shutil.copy(SAMPLE / "wording" / f"{code}.txt", folder / "wording" / f"{code}.txt")
    return folder


def test_trains_reports_and_refuses_to_replace_what_did_better(city: Path) -> None:
    first = CliRunner().invoke(app, ["train", str(city), "--json"])
    assert first.exit_code == 0, first.stderr
    report = json.loads(first.stdout)
    assert report["calibrated"]
    assert report["figures"]["utterance_top1"] > 0.6
    assert report["by_duty"]["UT09"]["calls"] > 0
    manifest = (city / "models" / "models.json").read_bytes()
    again = CliRunner().invoke(app, ["train", str(city), "--json"])
    assert again.exit_code == 0
    assert (city / "models" / "models.json").read_bytes() == manifest
    for code in ("UT08", "CG01", "NV01", "EN01"):
        wording = city / "wording" / f"{code}.txt"
        wrong = (city / "wording" / "UT09.txt").read_text(encoding="utf-8") if code == "UT08" else ""
        lines = wording.read_text(encoding="utf-8").splitlines()[:8]
        wording.write_text("\n".join(lines) + "\n" + wrong, encoding="utf-8")
    worse = CliRunner().invoke(app, ["train", str(city)])
    assert worse.exit_code == 1
    assert "--force" in worse.stderr.replace("\n", " ")
    assert "Most confused" in worse.stdout
    assert (city / "models" / "models.json").read_bytes() == manifest
    forced = CliRunner().invoke(app, ["train", str(city), "--force"])
    assert forced.exit_code == 0
    assert (city / "models" / "models.json").read_bytes() != manifest


def test_starts_from_the_duty_list_and_learns_confirmed_calls(city: Path, tmp_path: Path) -> None:
    shutil.rmtree(city / "wording")
    bare = CliRunner().invoke(app, ["train", str(city)])
    assert bare.exit_code == 0
    assert "waits for an operator" in bare.stdout.replace("\n", " ")
    calls = tmp_path / "calls.jsonl"
    calls.write_text("", encoding="utf-8")
    structured = CliRunner().invoke(app, ["structure", str(calls), "--city", str(city)])
    assert "hotline train" in structured.stderr.replace("\n", " ")
    turns = [{"role": "citizen", "text": "巷子口那盏灯坏了小半年了，没人修。"}]
    confirmed = tmp_path / "confirmed.jsonl"
    confirmed.write_text(
        json.dumps({"id": "a", "turns": turns, "gold": {"category": "UT09"}}, ensure_ascii=False), encoding="utf-8"
    )
    learnt = CliRunner().invoke(app, ["train", str(city), "--confirmed", str(confirmed)])
    assert learnt.exit_code == 0
    assert "1 of 1 calls" in learnt.stderr
    assert "巷子口那盏灯坏了小半年了，没人修。" in (city / "confirmed" / "calls.jsonl").read_text(encoding="utf-8")


def test_wording_that_repeats_given_calls_stops_it(city: Path, tmp_path: Path) -> None:
    line = (city / "wording" / "EN01.txt").read_text(encoding="utf-8").splitlines()[2]
    calls = tmp_path / "calls.jsonl"
    calls.write_text(
        json.dumps({"id": "dev-9", "turns": [{"role": "citizen", "text": line}]}, ensure_ascii=False), encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["train", str(city), "--leaks", str(calls)])
    assert result.exit_code == 1
    assert "dev-9" in result.stderr
    assert not (city / "models").exists()
