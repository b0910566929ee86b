import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner

from api.cli import app
from api.cli.transcribe import parse_channel_roles, read_facts

RUN = CliRunner()


def quiet(path: Path) -> Path:
    soundfile.write(path, np.zeros((16000, 2)), 8000)
    return path


def test_each_recording_is_a_line_and_a_bad_one_fails_by_name(tmp_path: Path) -> None:
    good, bad = quiet(tmp_path / "good.wav"), tmp_path / "bad.wav"
    bad.write_text("nothing to hear")
    facts = tmp_path / "calls.jsonl"
    facts.write_text('{"id": "good", "started_at": "2026-03-12T09:41:00+08:00", "session_id": 7}\n\n', "utf-8")
    out = tmp_path / "out.jsonl"
    result = RUN.invoke(app, ["transcribe", str(bad), str(good), "-o", str(out), "--calls", str(facts)])
    assert result.exit_code == 1
    assert "bad.wav" in result.stderr
    assert "1 of 2" in result.stderr
    (line,) = out.read_text("utf-8").splitlines()
    transcript = json.loads(line)
    assert transcript["id"] == "good"
    assert transcript["segments"] == []
    assert (transcript["started_at"], transcript["caller_number"], transcript["session_id"]) == (
        "2026-03-12T09:41:00+08:00",
        None,
        "7",
    )


def test_headerless_recordings_are_read_by_their_stated_form(tmp_path: Path) -> None:
    raw = tmp_path / "call.raw"
    raw.write_bytes(b"\xff" * 16000)
    result = RUN.invoke(app, ["transcribe", str(raw), "--raw", "ulaw", "--raw-channels", "2"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["duration"] == 1.0


def test_roles_are_checked() -> None:
    assert parse_channel_roles("operator, citizen") == ("operator", "citizen")
    for text in ("agent,citizen", "", "operator,citizen,both"):
        with pytest.raises(typer.BadParameter):
            parse_channel_roles(text)


@pytest.mark.parametrize("line", ["[]", "{}", "no json", '"text"'])
def test_facts_name_the_line_that_is_wrong(line: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"id": "a"}\n' + line + "\n", "utf-8")
    with pytest.raises(typer.BadParameter, match="line 2"):
        read_facts(path)


def test_a_dialect_that_is_none_is_refused(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["transcribe", str(quiet(tmp_path / "a.wav")), "--dialect", "klingon"])
    assert result.exit_code == 2
    assert "cantonese" in result.stderr


@pytest.mark.model
@pytest.mark.parametrize("command", ["transcribe", "process"])
def test_a_model_that_cannot_be_loaded_is_named_once(command: str) -> None:
    sample = Path(__file__).parents[3] / "asr/sample_calls/stereo-b-021.flac"
    result = RUN.invoke(app, [command, str(sample), "--model", "no-such-model"])
    assert result.exit_code == 1
    assert result.stderr.count("no-such-model cannot be loaded") == 1
    assert "Traceback" not in result.stderr
