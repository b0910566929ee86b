"""``hotline models identify-train`` on real encoder states, and what a call's transcript says afterwards.

No dialect speech may be kept here. Speech played backwards stands in for one: no phonetics of it is Mandarin's.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

import asr
from api.cli import app
from api.settings import get_settings
from asr.options import RecognitionOptions, TranscriptionOptions
from asr.pipeline import Transcriber
from dialect_models.identification.classifier import classifier_path

pytestmark = pytest.mark.model

SAMPLES = Path(asr.__file__).parent / "sample_calls"
SECONDS = 3
RECORDINGS = 10


def _pieces(name: str) -> list[np.ndarray]:
    """Stretches of the citizen's channel with speech in them."""
    audio, rate = soundfile.read(SAMPLES / name)
    count = SECONDS * rate
    stretches = [audio[first : first + count, 1] for first in range(0, len(audio) - count, count)]
    return sorted(stretches, key=lambda s: -float(np.square(s).mean()))[:RECORDINGS]


def _manifest(folder: Path) -> Path:
    lines = []
    for number, piece in enumerate(_pieces("stereo-b-010.flac")):
        for label, samples in (("mandarin", piece), ("wu", piece[::-1])):
            soundfile.write(folder / f"{label}-{number}.wav", samples, 8000)
            lines.append({"audio": f"{label}-{number}.wav", "dialect": label, "text": "", "recording": str(number)})
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_a_classifier_is_made_stored_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for folder in get_settings().models_path.resolve().iterdir():
        if folder.name != classifier_path(models).parent.name:
            (models / folder.name).symlink_to(folder)
    monkeypatch.setenv("HOTLINE_MODELS_DIR", str(models))
    get_settings.cache_clear()
    try:
        done = CliRunner().invoke(app, ["models", "identify-train", "--data", str(_manifest(tmp_path))])
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert done.exit_code == 0, done.output
    assert classifier_path(models).is_file()

    audio, rate = soundfile.read(SAMPLES / "stereo-b-021.flac")  # another voice than that trained on
    audio = audio[: 30 * rate]
    plain, backwards = tmp_path / "plain.wav", tmp_path / "backwards.wav"
    soundfile.write(plain, audio, rate)
    soundfile.write(backwards, np.stack([audio[:, 0], audio[::-1, 1]], axis=1), rate)
    transcriber = Transcriber(TranscriptionOptions(models, recognition=RecognitionOptions()))
    roles = ("operator", "citizen")
    heard = {p.stem: transcriber.transcribe_recording(p, channel_roles=roles).dialect for p in (plain, backwards)}
    assert heard["plain"].label == "mandarin"
    assert heard["plain"].probability >= 0.8
    assert heard["backwards"].label == "wu"


def test_too_few_recordings_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", np.zeros(16000), 8000)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps({"audio": "one.wav", "dialect": "wu", "text": ""}), encoding="utf-8")
    done = CliRunner().invoke(app, ["models", "identify-train", "--data", str(manifest)])
    assert done.exit_code == 1
    assert "two dialects" in done.output
