"""Roles from what the recogniser really writes, errors and all."""

from pathlib import Path

import pytest
import soundfile

from asr.options import TranscriptionOptions
from asr.pipeline import Transcriber

SAMPLES = Path(__file__).parents[2] / "asr" / "sample_calls"
SECONDS = 26


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    import os

    data_dir = Path(os.environ.get("HOTLINE_DATA_DIR", Path(__file__).parents[2] / "var"))
    return Transcriber(TranscriptionOptions(Path(os.environ.get("HOTLINE_MODELS_DIR", data_dir / "models"))))


def head_of(name: str, folder: Path, swapped: bool) -> Path:
    audio, rate = soundfile.read(SAMPLES / f"{name}.flac", dtype="float32", always_2d=True)
    path = folder / f"{name}.wav"
    soundfile.write(path, audio[: SECONDS * rate, :: -1 if swapped else 1], rate)
    return path


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "swapped", "operator"),
    [("stereo-b-021", False, "left"), ("stereo-b-021", True, "right"), ("mono-a-031", False, "S1")],
)
def test_the_operator_is_found(
    transcriber: Transcriber, tmp_path: Path, name: str, swapped: bool, operator: str
) -> None:
    transcript = transcriber.transcribe_recording(head_of(name, tmp_path, swapped))
    assert {s.speaker for s in transcript.segments if s.role == "operator"} == {operator}
    assert {s.role for s in transcript.segments} == {"operator", "citizen"}
    assert transcript.role_confidence > 0.6
