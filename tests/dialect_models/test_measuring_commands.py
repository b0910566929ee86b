"""``hotline models evaluate`` and ``curve`` with real models on a little made speech."""

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["models", *map(str, words)])
    return done.exit_code, done.output


def spoken(folder: Path, texts: tuple[str, ...], voice: str = "yue", dialect: str = "cantonese") -> Path:
    """A manifest of texts and their recordings."""
    lines = []
    for number, text in enumerate(texts):
        name = f"{number}.wav"
        subprocess.run(
            ["espeak-ng", "-v", voice, "-p", str(40 + 9 * number), "-w", str(folder / name), text], check=True
        )
        lines.append({"id": str(number), "audio": name, "dialect": dialect, "text": text})
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_evaluate_says_error_speed_and_memory_and_draws_them(tmp_path: Path) -> None:
    data, out = spoken(tmp_path, ("我屋企冇水飲", "我哋村停咗電")), tmp_path / "found.json"
    code, output = run("evaluate", "whisper-base", "--base", "whisper-base-12345", "--data", data, "-o", out)
    assert code == 0, output
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [(row["dialect"], row["error"]) for row in found["figures"]] == [
        ("cantonese", "raw"),
        ("cantonese", "folded"),
    ]
    base, model = found["costs"]
    assert (base["model"], model["model"]) == ("whisper-base-12345", "whisper-base")
    for cost in (base, model):
        assert 0.01 < cost["cpu_per_second"] < 20
        assert 150 < cost["peak_mb"] < 6000
    assert "peak" in output
    assert "我屋企" not in out.read_text(encoding="utf-8")
    assert f"peak {model['peak_mb']:.0f} MB" in out.with_suffix(".svg").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_curve_is_measured_on_recordings_left_out_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    texts = ("我屋企冇水飲", "我哋村停咗電", "佢哋樓下成日漏水", "我阿媽屋企嘈到瞓唔着")
    data, out = spoken(tmp_path, texts), tmp_path / "curve"
    how = ("curve", "--data", data, "--dialect", "cantonese", "-o", out, "--shares", "0.5,1", "--folds", "2")
    asked = (*how, "--steps", "2", "--labels", "traditional", "--rank", "4", "--parts", "decoder")
    code, output = run(*asked)
    assert code == 0, output
    log = out / "cantonese" / "heard.jsonl"
    rows = [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()]
    assert [(row["run"], row["fold"]) for row in rows] == [("base", 0), ("0.5", 0), ("1", 0), ("0.5", 1), ("1", 1)]
    heard = [{error["recording"] for error in row["errors"]} for row in rows]
    assert heard[0] == {"0", "1", "2", "3"} == heard[1] | heard[3]
    assert heard[1] == heard[2] and not heard[1] & heard[3]
    assert "<svg" in (out / "curve.svg").read_text(encoding="utf-8")
    first = (out / "curve-cantonese.json").read_text(encoding="utf-8")
    assert not any(text[:3] in first for text in texts)

    # As a kill leaves it: the last model was not heard.
    log.write_text("\n".join(json.dumps(row) for row in rows[:-1]) + "\n", encoding="utf-8")
    assert run(*asked)[0] == 0
    again = [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()]
    assert [row["run"] for row in again] == [row["run"] for row in rows]
    code, output = run(*how, "--steps", "3", "--labels", "traditional")
    assert code == 1
    assert "other options" in " ".join(output.split())
