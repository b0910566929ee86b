"""What a model is tuned on: stretches of recordings with what is said in them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

_SIDES = ("left", "right")
_ENDINGS = (".flac", ".wav", ".mp3", ".ogg", ".m4a")


class ManifestError(Exception):
    """A manifest that cannot be read; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of one speaker on one channel (0 is left) of an audio file, and its text.

    ``start`` and ``end`` in seconds, ``end`` None for the end of the file. ``recording`` keeps apart what must never be
    on both sides of a split into training and validation.
    """

    audio: Path
    recording: str
    channel: int
    speaker: str
    start: float
    end: float | None
    text: str
    dialect: str


def read_manifest(path: Path) -> tuple[Utterance, ...]:
    """Utterances of a JSON Lines file, one recording a line.

    A line is a call whose words a person has set right: ``id`` or ``audio``, ``dialect``, and ``turns`` or ``segments``
    with ``start``, ``end``, ``text`` and ``role`` or ``channel``; ``channels`` says who speaks where
    (``{"left": "operator", "right": "citizen"}``). Or it is a clip: ``audio``, ``dialect`` and ``text``. ``audio`` is
    relative to the manifest; without it, the audio is a file named ``id`` in the folder of the manifest or one below.
    A line with ``"consent": false`` is left out.

    Raises :class:`ManifestError`.
    """
    return tuple(_read(path))


def _read(path: Path) -> Iterator[Utterance]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ManifestError(f"{path} cannot be read ({error.strerror}).") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if data.get("consent", True):
                for audio in _audio_files(path.parent, data):
                    yield from _utterances(audio, data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ManifestError(f"{path}:{number}: not a line of a manifest ({error!r}).") from error


def _audio_files(folder: Path, data: Mapping[str, Any]) -> list[Path]:
    """The line's file; or every rendering of the recording, such as ``stereo/ID.flac`` and ``mono/ID.flac``."""
    if "audio" in data:
        found = [folder / data["audio"]]
    else:
        found = sorted(p for p in folder.rglob(f"{data['id']}.*") if p.suffix in _ENDINGS)
    if not found or not found[0].is_file():
        raise ManifestError(f"no audio of {data.get('audio') or data['id']} in {folder} or the folders in it.")
    return found


def _utterances(audio: Path, data: Mapping[str, Any]) -> Iterator[Utterance]:
    recording, dialect = str(data.get("recording") or data.get("id") or audio.stem), str(data["dialect"])
    turns = data.get("turns") or data.get("segments")
    if turns is None:
        yield Utterance(audio, recording, 0, "", 0.0, None, data["text"], dialect)
        return
    sides = {role: _SIDES.index(side) for side, role in data.get("channels", {}).items()}
    for turn in turns:
        speaker = turn.get("role", "")
        channel = int(turn.get("channel", sides.get(speaker, 0)))
        yield Utterance(audio, recording, channel, speaker, turn["start"], turn["end"], turn["text"], dialect)


def split_by_recording(
    utterances: tuple[Utterance, ...], held_out: frozenset[str]
) -> tuple[tuple[Utterance, ...], tuple[Utterance, ...]]:
    """Utterances to train on and those of the recordings that are held out."""
    return (
        tuple(u for u in utterances if u.recording not in held_out),
        tuple(u for u in utterances if u.recording in held_out),
    )


def held_out_by_default(utterances: tuple[Utterance, ...]) -> frozenset[str]:
    """A tenth of the recordings, the same ones each time; none of fewer than two."""
    recordings = sorted({u.recording for u in utterances}, key=lambda name: sha256(name.encode()).digest())
    return frozenset(recordings[: max(1, len(recordings) // 10)] if len(recordings) > 1 else ())
