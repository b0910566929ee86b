"""``hotline process``: how recordings become calls and lines; the command itself on a real recording."""

import json
from pathlib import Path
from typing import Any

import pytest
import soundfile
from typer.testing import CliRunner

from api.cli import app
from api.cli.process import calls_of, joined_transcript, line_of
from asr.pipeline import CallFacts
from asr.transcript import Segment, Transcript

SAMPLES = Path(__file__).parents[2] / "asr" / "sample_calls"


def _transcript(name: str, started_at: str | None, *segments: tuple[float, str]) -> Transcript:
    said = tuple(Segment(start, start + 1, "citizen", "S1", text, 0.9) for start, text in segments)
    return Transcript(name, 10.0, 1, said, started_at=started_at, caller_number="1", session_id="S")


def test_recordings_of_one_session_are_one_call() -> None:
    facts = {"a": CallFacts(session_id="S"), "b": CallFacts(), "c": CallFacts(session_id="S")}
    paths = [Path(f"{name}.wav") for name in "abcde"]
    assert [[path.stem for path in call] for call in calls_of(paths, facts)] == [["a", "c"], ["b"], ["d"], ["e"]]


def test_a_call_of_one_recording_keeps_its_transcript() -> None:
    transcript = _transcript("a", None, (1, "喂"))
    joined = joined_transcript([transcript])
    assert Transcript.from_json(joined) == transcript
    assert set(line_of([transcript], joined, {})) == {"id", "transcript", "ticket"}


def test_a_transfer_is_joined_under_the_first_recording() -> None:
    first = _transcript("a", "2026-03-12T09:41:00+08:00", (1, "一"))
    second = _transcript("b", "2026-03-12T09:42:00", (1, "二"))
    joined = joined_transcript([first, second])
    assert [(segment["start"], segment["text"]) for segment in joined["segments"]] == [(1, "一"), (61, "二")]
    assert joined["started_at"] == "2026-03-12T09:41:00+08:00"
    line = line_of([first, second], joined, {})
    assert (line["id"], line["recordings"]) == ("a", ["a", "b"])


@pytest.mark.model
def test_the_command_writes_what_it_can_and_says_what_it_cannot(tmp_path: Path) -> None:
    with soundfile.SoundFile(SAMPLES / "stereo-b-021.flac") as sample:
        soundfile.write(tmp_path / "short.wav", sample.read(8 * sample.samplerate), sample.samplerate)
    (tmp_path / "letter.wav").write_text("Dear hotline, " * 100)
    meta = {"id": "short", "started_at": "2026-03-12T09:41:00+08:00", "caller_number": "13800001234"}
    (tmp_path / "meta.jsonl").write_text(json.dumps(meta) + "\n")
    result = CliRunner().invoke(
        app,
        [
            "process",
            str(tmp_path / "letter.wav"),
            str(tmp_path / "short.wav"),
            "--calls",
            str(tmp_path / "meta.jsonl"),
            "-o",
            str(tmp_path / "out.jsonl"),
        ],
    )
    assert result.exit_code == 1
    assert "letter.wav" in result.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == ["short"]
    assert lines[0]["transcript"]["caller_number"] == "13800001234"
    assert lines[0]["ticket"]["mode"] in {"auto", "review"}
