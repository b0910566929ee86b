"""Kaldi data folders: ``wav.scp``, ``text``, optionally ``segments``, ``utt2spk`` and KeSpeech's ``utt2subdialect``."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import soundfile

from dialect_models.labels import UNKNOWN
from dialect_models.tuning.manifest import ManifestError, Utterance

SUBDIALECTS = {
    "mandarin": "mandarin",
    "beijing": "mandarin",
    "southwestern": "sichuan",
    "northeastern": "northeast",
    "zhongyuan": "zhongyuan",
    "ji-lu": "zhongyuan",
    "jiao-liao": "zhongyuan",
    "jiang-huai": "jianghuai",
    "lan-yin": UNKNOWN,
}
"""KeSpeech's subdialects (Tang et al. 2021) as our labels; where none is near, nothing is claimed."""


def read_kaldi(folder: Path, dialect: str | None = None) -> tuple[Utterance, ...]:
    """Utterances of a data folder. Paths in ``wav.scp`` are relative to it, or else to the corpus above it.

    Speakers are kept whole: the recording of an utterance is its speaker where ``utt2spk`` says who it is. ``dialect``
    labels what ``utt2subdialect`` does not. Raises :class:`ManifestError` naming file and line.
    """
    return tuple(_read(folder, dialect))


def _read(folder: Path, dialect: str | None) -> Iterator[Utterance]:
    audio = {name: _audio(folder, name, value) for name, value in _table(folder / "wav.scp").items()}
    texts, speakers = _table(folder / "text"), _optional(folder / "utt2spk")
    labels, segments = _optional(folder / "utt2subdialect"), _optional(folder / "segments")
    for name, text in texts.items():
        if segments:
            if name not in segments:
                raise ManifestError(f"{folder / 'segments'}: no segment for {name}, which has a text.")
            recording, start, end = _segment(folder, name, segments[name])
        else:
            recording, start, end = name, 0.0, None
        if recording not in audio:
            raise ManifestError(f"{folder / 'wav.scp'}: no audio for {recording}.")
        path = audio[recording]
        try:
            about = soundfile.info(path)
        except (RuntimeError, OSError) as error:
            raise ManifestError(f"{folder / 'wav.scp'}: {path} cannot be read ({error}).") from error
        speaker = speakers.get(name, "")
        yield Utterance(
            path,
            speaker or recording,
            0,
            speaker,
            start,
            min(end, about.duration) if end else about.duration,
            text,
            _label(folder, name, labels, dialect),
        )


def _table(path: Path) -> dict[str, str]:
    rows: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read ({error}).") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, _, value = line.strip().partition(" ") if "\t" not in line else line.strip().partition("\t")
        if not value.strip():
            raise ManifestError(f"{path}:{number}: nothing stands after {name!r}.")
        rows[name] = value.strip()
    return rows


def _optional(path: Path) -> dict[str, str]:
    return _table(path) if path.is_file() else {}


def _audio(folder: Path, name: str, value: str) -> Path:
    if value.endswith("|"):
        raise ManifestError(f"{folder / 'wav.scp'}: {name} is made by a command; commands are not run. Write a path.")
    places = [folder / value, *(parent / value for parent in folder.resolve().parents)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise ManifestError(f"{folder / 'wav.scp'}: {name}: there is no file {value} in the folder or those above it.")
    return found


def _segment(folder: Path, name: str, value: str) -> tuple[str, float, float]:
    try:
        recording, start, end = value.split()
        begin, finish = float(start), float(end)
    except ValueError as error:
        raise ManifestError(f"{folder / 'segments'}: {name}: {value!r} is not recording, start and end.") from error
    if not 0 <= begin < finish:
        raise ManifestError(f"{folder / 'segments'}: {name} goes from {begin} to {finish} s.")
    return recording, begin, finish


def _label(folder: Path, name: str, labels: Mapping[str, str], dialect: str | None) -> str:
    if name in labels:
        return SUBDIALECTS.get(labels[name].lower(), UNKNOWN)
    if dialect is None:
        raise ManifestError(f"{folder} doesn't say which dialect {name} is in: say it with --dialect.")
    return dialect
