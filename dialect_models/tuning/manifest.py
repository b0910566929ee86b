"""What a model is tuned on: stretches of recordings with what is said in them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import soundfile

_SIDES = ("left", "right")
_ENDINGS = (".flac", ".wav", ".mp3", ".ogg")


class ManifestError(Exception):
    """A manifest that cannot be read; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of one speaker on one channel (0 is left) of an audio file, and its text.

    ``start`` and ``end`` in seconds. ``recording`` keeps apart what must never be
    on both sides of a split into training and validation.
    """

    audio: Path
    recording: str
    channel: int
    speaker: str
    start: float
    end: float
    text: str
    dialect: str


def read_manifest(path: Path) -> tuple[Utterance, ...]:
    """Utterances of a JSON Lines file, one recording a line.

    A line is a call whose words a person has set right: ``id`` or ``audio``, ``dialect`` (a label, or as a transcript
    has it), and ``segments`` or ``turns`` with ``start``, ``end`` and ``text``. The side is that of ``channel``, of
    ``speaker`` (``left``, ``right``), or of ``role`` by ``channels`` (``{"left": "operator", "right": "citizen"}``). Or
    it is a clip: ``audio``, ``dialect`` and ``text``. ``audio`` is relative to the manifest; without it, the audio is
    every file named ``id`` in the folder of the manifest or one below (``stereo/ID.flac``, ``mono/ID.flac``). A line
    with ``"consent": false`` is left out.

    Raises :class:`ManifestError`.
    """
    return tuple(_read(path))


def _read(path: Path) -> Iterator[Utterance]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read ({error}).") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if _consented(data):
                for audio in _audio_files(path.parent, data):
                    yield from _utterances(audio, data)
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise ManifestError(f"{path}:{number}: not a line of a manifest ({error!r}).") from error


def _consented(data: Mapping[str, Any]) -> bool:
    consent = data.get("consent", True)
    if not isinstance(consent, bool):
        raise TypeError(f"consent is {consent!r}, not true or false")
    return consent


def _audio_files(folder: Path, data: Mapping[str, Any]) -> list[Path]:
    """The line's file, or every rendering of the recording."""
    if "audio" in data:
        found = [folder / data["audio"]]
    else:
        found = sorted(p for p in folder.rglob("*") if p.stem == data["id"] and p.suffix in _ENDINGS)
    if not found or not found[0].is_file():
        raise ManifestError(f"no audio of {data.get('audio') or data['id']} in {folder} or the folders in it.")
    return found


def _utterances(audio: Path, data: Mapping[str, Any]) -> Iterator[Utterance]:
    recording = str(data.get("recording") or data.get("id") or audio.stem)
    label = data["dialect"]["label"] if isinstance(data["dialect"], Mapping) else data["dialect"]
    about = soundfile.info(audio)
    turns = data.get("turns") or data.get("segments")
    if turns is None:
        turns = [{"start": 0.0, "end": about.duration, "text": data["text"], "channel": 0}]
    sides = data.get("channels")
    roles = {role: side for side, role in sides.items()} if isinstance(sides, Mapping) else {}
    for turn in turns:
        text, start, end = turn["text"], float(turn["start"]), float(turn["end"])
        if not isinstance(text, str):
            raise TypeError(f"text is {text!r}")
        if not start < end or start >= about.duration:
            raise ValueError(f"a turn from {start} to {end} s in {about.duration:.1f} s of audio")
        speaker = str(turn.get("role") or turn.get("speaker") or "")
        side = roles.get(speaker, turn.get("speaker"))
        channel = turn.get("channel", _SIDES.index(side) if side in _SIDES else 0)
        yield Utterance(audio, recording, min(int(channel), about.channels - 1), speaker, start, end, text, str(label))


def split_by_recording(
    utterances: tuple[Utterance, ...], held_out: frozenset[str]
) -> tuple[tuple[Utterance, ...], tuple[Utterance, ...]]:
    """Utterances to train on and those of the recordings that are held out.

    Raises :class:`ManifestError` where a recording that is to be held out is not there.
    """
    refuse_unknown(utterances, held_out)
    return (
        tuple(u for u in utterances if u.recording not in held_out),
        tuple(u for u in utterances if u.recording in held_out),
    )


def refuse_unknown(utterances: tuple[Utterance, ...], recordings: Iterable[str]) -> None:
    """Raise :class:`ManifestError` where one of the recordings is not among those of the utterances."""
    if unknown := set(recordings) - {u.recording for u in utterances}:
        raise ManifestError(f"the manifest has no recording {', '.join(sorted(unknown))}.")


def held_out_by_default(utterances: tuple[Utterance, ...]) -> frozenset[str]:
    """A tenth of the recordings, the same ones each time; none of fewer than two."""
    recordings = sorted({u.recording for u in utterances}, key=lambda name: sha256(name.encode()).digest())
    return frozenset(recordings[: max(1, len(recordings) // 10)] if len(recordings) > 1 else ())
