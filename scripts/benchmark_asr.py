#!/usr/bin/env python3
# ruff: noqa: PLC0415 — each system imports its own libraries, in a process of its own
"""Measures speech recognition on recorded calls with a reference: this product, plain faster-whisper, and whisperx.

    benchmark_asr.py CALLS --scorer SCORER [--systems NAME…] [--ids ID…] [--models DIR] [--folds FOLDS] [--out TABLE]

CALLS holds ``stereo/*`` and ``mono/*`` (the same calls, left operator, right citizen) and ``reference.jsonl``.
SCORER is a program that takes REFERENCE.jsonl PREDICTED.jsonl --json. Every system runs in a fresh process of its own,
on the same files, with one thread; CPU time is user and system time of that process and its children, start and loading
of models included, over the seconds of audio. whisperx gets an environment of its own under var/. ``tuned-stereo`` and
``tuned-mono`` hear every call with a model that was tuned without it: FOLDS is a JSON file, ``{"FOLDER": ["ID"…]…}``.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import soundfile
import soxr

RATE = 16000
PROMPT = "以下是普通话的句子，使用简体中文。"
ROOT = Path(__file__).resolve().parent.parent
WHISPERX = ROOT / "var" / "benchmark-whisperx"
SHIM = ROOT / "dialect_models"
WHISPERX_PINS = "torch==2.13.0\ntorchaudio==2.11.0\n"

Line = dict[str, Any]


def audio_of(path: Path) -> Iterator[Any]:
    """The channels of a recording, each as float32 samples at 16 kHz."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    for channel in samples.T:
        yield soxr.resample(channel, rate, RATE).astype("float32")


def whisper(models: Path) -> Any:
    """Plain faster-whisper with the same weights as the product."""
    from faster_whisper import WhisperModel

    return WhisperModel(str(models / "whisper-base"), device="cpu", compute_type="int8", cpu_threads=1)


def sequential(path: Path, model: Any) -> Line:
    """Mono, window after window, as ``WhisperModel.transcribe`` does by default with beam 5."""
    (audio,) = audio_of(path)
    segments, _ = model.transcribe(audio, language="zh", beam_size=5)
    return {"text": "".join(s.text for s in segments)}


def batched(path: Path, model: Any) -> Line:
    """Mono, batched by voice activity."""
    from faster_whisper import BatchedInferencePipeline

    (audio,) = audio_of(path)
    segments, _ = BatchedInferencePipeline(model).transcribe(audio, language="zh", beam_size=5, batch_size=8)
    return {"text": "".join(s.text for s in segments)}


def channels(path: Path, model: Any) -> Line:
    """Each channel batched by voice activity, with a prompt in simplified Chinese; no turns but the chunks."""
    from faster_whisper import BatchedInferencePipeline

    lines = []
    for role, audio in zip(("operator", "citizen"), audio_of(path), strict=True):
        segments, _ = BatchedInferencePipeline(model).transcribe(
            audio, language="zh", beam_size=5, batch_size=8, initial_prompt=PROMPT
        )
        lines += [{"role": role, "start": s.start, "end": s.end, "text": s.text} for s in segments]
    return {"segments": sorted(lines, key=lambda line: line["start"])}


def turns(path: Path, model: Any) -> Line:
    """Each channel by its voice-active turns, one clip a turn."""
    from faster_whisper import BatchedInferencePipeline
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    lines = []
    for role, audio in zip(("operator", "citizen"), audio_of(path), strict=True):
        options = VadOptions(min_silence_duration_ms=500, speech_pad_ms=100, max_speech_duration_s=29)
        clips = [{"start": s["start"] / RATE, "end": s["end"] / RATE} for s in get_speech_timestamps(audio, options)]
        if clips:
            segments, _ = BatchedInferencePipeline(model).transcribe(
                audio, language="zh", beam_size=5, batch_size=8, initial_prompt=PROMPT, clip_timestamps=clips
            )
            lines += [{"role": role, "start": s.start, "end": s.end, "text": s.text} for s in segments]
    return {"segments": sorted(lines, key=lambda line: line["start"])}


PLAIN: dict[str, tuple[str, str, Callable[[Path, Any], Line]]] = {
    "sequential": ("mono", "faster-whisper, mono, sequential", sequential),
    "batched": ("mono", "faster-whisper, mono, batched", batched),
    "channels": ("stereo", "faster-whisper, per channel, batched, prompt", channels),
    "turns": ("stereo", "faster-whisper, per channel, voice-activity turns, prompt", turns),
}
OWN = {
    "stereo": ("stereo", "Hotline Intake, stereo, whisper-base"),
    "mono": ("mono", "Hotline Intake, mono, whisper-base"),
    "tuned-stereo": ("stereo", "Hotline Intake, stereo, tuned on the other calls"),
    "tuned-mono": ("mono", "Hotline Intake, mono, tuned on the other calls"),
}
UNTUNED = "whisper-base"
WHISPERX_SCRIPT = """
import collections, json, sys
from pathlib import Path
models, out, shim, *files = sys.argv[1:]
# torchaudio for CUDA beside torch for the CPU; and what pyannote.audio 3 still asks of torchaudio though it is gone.
sys.path.insert(0, shim)
import torchaudio_shim
torchaudio = torchaudio_shim.import_torchaudio()
fields = "sample_rate num_frames num_channels bits_per_sample encoding"
torchaudio.AudioMetaData = collections.namedtuple("AudioMetaData", fields)
torchaudio.list_audio_backends = lambda: ["soundfile"]
import whisperx
model = whisperx.load_model(
    str(Path(models) / "whisper-base"), "cpu", compute_type="int8", language="zh", vad_method="pyannote", threads=1
)
with open(out, "w", encoding="utf-8") as stream:
    for file in files:
        result = model.transcribe(whisperx.load_audio(file), batch_size=8)
        text = "".join(segment["text"] for segment in result["segments"])
        stream.write(json.dumps({"id": Path(file).stem, "text": text}, ensure_ascii=False) + "\\n")
"""


def work(system: str, models: Path, out: Path, files: list[Path]) -> None:
    """Transcribe files with a plain system in this process."""
    _, _, transcribe = PLAIN[system]
    model = whisper(models)
    with out.open("w", encoding="utf-8") as stream:
        for file in files:
            line = {"id": file.stem, **transcribe(file, model)}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def whisperx_environment() -> Path:
    """Python of an environment with whisperx, made when missing.

    Raises:
        RuntimeError: It cannot be installed; the message is pip's last line.
    """
    python = WHISPERX / "bin" / "python"
    if not (WHISPERX / "complete").exists():
        venv.create(WHISPERX, with_pip=True, clear=True)
        pins = WHISPERX / "constraints.txt"
        pins.write_text(WHISPERX_PINS)
        command = [python, "-m", "pip", "install", "--quiet", "-c", pins, "whisperx"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise RuntimeError("; ".join(errors) or "pip failed")
        (WHISPERX / "complete").touch()
    return python


def command_of(system: str, models: Path, out: Path, files: list[Path], model: str) -> list[str]:
    """The command that transcribes files with a system in a fresh process."""
    names = [str(file) for file in files]
    if system in OWN:
        hotline = str(Path(sys.executable).with_name("hotline"))
        return [hotline, "transcribe", *names, "-o", str(out), "--model", model]
    if system == "whisperx":
        return [str(whisperx_environment()), "-c", WHISPERX_SCRIPT, str(models), str(out), str(SHIM), *names]
    return [sys.executable, __file__, "--work", system, str(models), str(out), *names]


def cpu_of_children() -> float:
    """Seconds of user and system time of all ended child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def covers_once(args: argparse.Namespace) -> bool:
    """Whether the folds name every recording of the calls once."""
    folds = json.loads(args.folds.read_text("utf-8")) if args.folds else {}
    lines = (args.calls / "reference.jsonl").read_text("utf-8").splitlines()
    return sorted(name for ids in folds.values() for name in ids) == sorted(json.loads(line)["id"] for line in lines)


def measure(system: str, args: argparse.Namespace, folder: Path) -> str:
    """Run one system and give its row of the table."""
    kind, label = ("mono", "whisperx, mono") if system == "whisperx" else (OWN | PLAIN)[system][:2]
    references = [json.loads(line) for line in (args.calls / "reference.jsonl").read_text("utf-8").splitlines()]
    references = [r for r in references if not args.ids or r["id"] in args.ids]
    files = [next((args.calls / kind).glob(f"{r['id']}.*")) for r in references]
    reference, out = folder / "reference.jsonl", folder / f"{system}.jsonl"
    reference.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in references), "utf-8")
    folds = json.loads(args.folds.read_text("utf-8")) if args.folds else {}
    runs = folds.items() if system.startswith("tuned") else [(UNTUNED, [r["id"] for r in references])]
    runs = [(model, ids) for model, ids in runs if any(file.stem in ids for file in files)]
    parts = [folder / f"{system}-{number}.jsonl" for number in range(len(runs))]
    try:
        commands = [
            command_of(system, args.models, part, [file for file in files if file.stem in ids], model)
            for part, (model, ids) in zip(parts, runs, strict=True)
        ]
    except RuntimeError as error:
        return f"| {label} | not measured: {error} |||||||"
    before = cpu_of_children()
    # whisperx's own voice activity checkpoint, out of its package, is older than torch's weights-only format.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            return f"| {label} | failed: {(done.stderr.strip().splitlines() or ['?'])[-1]} |||||||"
    cpu = (cpu_of_children() - before) / sum(r["duration"] for r in references)
    out.write_bytes(b"".join(part.read_bytes() for part in parts))
    scored = subprocess.run(
        [sys.executable, args.scorer, reference, out, "--json"], capture_output=True, text=True, check=True
    )
    figures = json.loads(scored.stdout)
    has_turns = "segments" in json.loads(out.read_text("utf-8").splitlines()[0])

    def percent(name: str) -> str:
        return f"{100 * figures[name]:.1f} %" if has_turns or name == "cer_all" else "—"

    starts = (
        [f"{figures['turn_start_median_s']:.2f} s", f"{figures['turn_start_p90_s']:.2f} s"] if has_turns else ["—", "—"]
    )
    cells = [label, percent("cer_all"), percent("cer_by_role"), percent("role_der"), *starts, f"{cpu:.3f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure the systems asked for and print a table."""
    if sys.argv[1:2] == ["--work"]:
        system, models, out, *files = sys.argv[2:]
        work(system, Path(models), Path(out), [Path(file) for file in files])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*OWN, *PLAIN, "whisperx"]
    parser.add_argument("calls", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    default = [name for name in names if not name.startswith("tuned")]
    parser.add_argument("--systems", nargs="+", choices=names, default=default)
    parser.add_argument("--ids", nargs="+", help="recordings to measure; all when left out")
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--folds", type=Path, help="tuned models and the recordings that each was tuned without")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if any(name.startswith("tuned") for name in args.systems) and not covers_once(args):
        parser.error("tuned-stereo and tuned-mono need --folds that name every recording exactly once")
    table = [
        "| system | CER | CER by role | role DER | turn starts, median | p90 | CPU-s a second of audio |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(table), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for system in args.systems:
            table.append(measure(system, args, Path(folder)))
            print(table[-1], flush=True)
    if args.out:
        args.out.write_text("\n".join(table) + "\n", "utf-8")


if __name__ == "__main__":
    main()
