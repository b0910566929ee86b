"""A model is tuned, judged by recordings that it never saw, installed where it passed, and hears a caller: for real.

Speech is made by espeak-ng, whose Cantonese Whisper hardly understands: a minute of it teaches much. No caller's words
are needed, and what it proves is the way from recordings to a model in use, not how well a dialect is heard.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from typer.testing import CliRunner

from api.cli import app
from api.settings import get_settings
from asr.options import RecognitionOptions, TranscriptionOptions
from asr.pipeline import Transcriber
from dialect_models.card import CARD_FILE, load_card
from dialect_models.evaluation.character_error import raw_errors
from dialect_models.tuning.run_record import read_record
from dialect_models.tuning.training import ADAPTER, LOG

pytestmark = [
    pytest.mark.model,
    # Some 75 CPU seconds, which a busy machine stretches.
    pytest.mark.timeout(1200),
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]

WHO = ("我屋企", "我哋村", "佢哋樓下", "我阿媽屋企")
WHAT = ("冇水飲", "停咗電", "成日漏水", "嘈到瞓唔着", "啲垃圾冇人執", "盞燈唔着")
SAID = tuple(who + what for what in WHAT for who in WHO)
UNSEEN = SAID[1::3] + SAID[2::12]
MANDARIN = tuple(
    who + what for what in ("没有水喝", "停电了", "一直漏水") for who in ("我家", "我们村", "他们楼下", "小区里")
)
REPLAYED = 8
"""Mandarin clips mixed into tuning; the gate measures on the others."""

PROMPT = "以下係廣東話嘅對話。"


def speak(voice: str, text: str, path: Path, number: int) -> None:
    """The text by espeak-ng, each number in another pitch and pace."""
    pace, pitch = 135 + 7 * (number % 5), 35 + 8 * (number % 6)
    subprocess.run(["espeak-ng", "-v", voice, "-s", str(pace), "-p", str(pitch), "-w", str(path), text], check=True)


@pytest.fixture
def manifests(tmp_path: Path) -> tuple[Path, Path]:
    """All recordings, and the Mandarin ones that are replayed."""
    lines = []
    for label, voice, texts in (("cantonese", "yue", SAID), ("mandarin", "cmn", MANDARIN)):
        for number, text in enumerate(texts):
            name = f"{label}-{number}"
            speak(voice, text, tmp_path / f"{name}.wav", number)
            lines.append({"id": name, "audio": f"{name}.wav", "dialect": label, "text": text})
    everything, replay = tmp_path / "recordings.jsonl", tmp_path / "replay.jsonl"
    everything.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    mandarin = [json.dumps(line, ensure_ascii=False) for line in lines if line["dialect"] == "mandarin"]
    replay.write_text("\n".join(mandarin[:REPLAYED]), encoding="utf-8")
    return everything, replay


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of models with what is fetched, and no dialect's model or classifier."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("whisper-base", "whisper-base-12345", "segmentation-3.0", "campplus-zh-en", "libime-zh-cn"):
        (folder / name).symlink_to(get_settings().models_path.resolve() / name)
    monkeypatch.setenv("HOTLINE_MODELS_DIR", str(folder))
    get_settings.cache_clear()
    yield folder
    monkeypatch.undo()
    get_settings.cache_clear()


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["models", *map(str, words)])
    return done.exit_code, done.output


def call(folder: Path, operator: Path, citizen: Path) -> Path:
    """A stereo call at 8 kHz: the operator speaks, then the citizen."""
    sides = []
    for path in (operator, citizen):
        audio, rate = soundfile.read(path, dtype="float32")
        sides.append(soxr.resample(audio, rate, 8000))
    left, right = sides
    audio = np.zeros((len(left) + len(right) + 8000, 2), np.float32)
    audio[: len(left), 0] = left
    audio[len(left) + 4000 : len(left) + 4000 + len(right), 1] = right
    path = folder / "call.wav"
    soundfile.write(path, audio, 8000)
    return path


def test_from_recordings_to_a_model_in_use(tmp_path: Path, manifests: tuple[Path, Path], models: Path) -> None:
    everything, replay = manifests
    unseen = {f"cantonese-{SAID.index(text)}" for text in UNSEEN}
    assert len(unseen) >= 9
    out, report = tmp_path / "our-yue", tmp_path / "gate.html"
    code, output = run(
        "tune", "--data", everything, "--dialect", "cantonese", "--base", "whisper-base-12345", "-o", out,
        "--labels", "traditional", "--prompt", PROMPT, "--replay", replay, "--replay-share", "0.2",
        "--hold-out", "cantonese-0", "--hold-out", "cantonese-15",
        *(word for name in sorted(unseen) for word in ("--leave-out", name)),
        "--telephone", "0.5", "--epochs", "4", "--rank", "8", "--learning-rate", "1e-3", "--validate-every", "20",
        "--parts", "decoder", "--strength", "auto",
    )  # fmt: skip
    assert code == 0, output
    record = read_record(out)
    assert not unseen & set(record.recordings)
    assert f"mandarin-{REPLAYED - 1}" in record.recordings
    held_out = [row["validation"] for row in map(json.loads, (out / LOG).read_text().splitlines()) if row["validation"]]
    assert held_out[-1] < held_out[0]
    assert load_card(out / CARD_FILE, "our-yue").decoding.prompt == PROMPT

    gate = ("gate", out, "--dialect", "cantonese", "--data", everything, "--report", report, "--cross-validate-router")
    code, output = run(*gate, "--install", "our-yue", "--licence", "that of the test")
    found = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
    page = report.read_text(encoding="utf-8")
    assert found["figures"]["16 kHz 原文"]["recordings"] == len(unseen)
    assert found["figures"]["普通话 telephone"]["recordings"] == len(MANDARIN) - REPLAYED
    for rule in found["rules"]:
        assert rule["rule"] in page
    assert set(found["invented"]) == {"silence", "line noise", "ring tone", "hold music"}
    kept = {rule["rule"]: rule["kept"] for rule in found["rules"]}
    assert kept["16 kHz 字错率下降，95% 区间不含零"], found["rules"]
    assert kept["静音、噪声、音乐、回铃音上没有更多臆造文字"], found["rules"]
    # What the rules say is what is done, and said.
    assert found["passed"] is all(kept.values())
    assert code == (0 if found["passed"] else 1), output
    assert ("通过，可以安装" in page) is found["passed"]
    assert (models / "our-yue" / CARD_FILE).is_file() is found["passed"]

    # The citizen is heard by the model that passed, the operator by the general one.
    number = SAID.index(UNSEEN[0])
    recording = call(tmp_path, tmp_path / "mandarin-9.wav", tmp_path / f"cantonese-{number}.wav")
    named = {} if found["passed"] else {"cantonese": str(out)}
    options = RecognitionOptions(dialect="cantonese", dialect_models=named)
    transcript = Transcriber(TranscriptionOptions(models, recognition=options)).transcribe_recording(
        recording, channel_roles=("operator", "citizen")
    )
    general = RecognitionOptions(dialect="mandarin")
    before = Transcriber(TranscriptionOptions(models, recognition=general)).transcribe_recording(
        recording, channel_roles=("operator", "citizen")
    )

    def citizen(of: object) -> str:
        return "".join(segment.text for segment in of.segments if segment.role == "citizen")  # type: ignore[attr-defined]

    assert raw_errors(UNSEEN[0], citizen(transcript)).edits < raw_errors(UNSEEN[0], citizen(before)).edits
    assert (out / ADAPTER).is_file()
