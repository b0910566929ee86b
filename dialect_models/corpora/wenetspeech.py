"""WenetSpeech-Chuan, -Yue and -Wu: ``audio_labels`` with a JSON Lines file a long recording, a clip a line.

Fields as in the corpora's own description (ASLP-lab/WSC-Train, README): ``wav_utt_id_timestamp`` names the clip,
``wav_utt_id_timestamp_path`` its file, with ``text`` (or ``text_punc``), ``confidence`` and ``spk_num``.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import soundfile

from dialect_models.tuning.manifest import ManifestError, Utterance

LABELS_FOLDER = "audio_labels"
CLIP, CLIP_PATH = "wav_utt_id_timestamp", "wav_utt_id_timestamp_path"

LEAST_CONFIDENCE = 0.9
"""Labels below are not learnt from: they were made by machine."""

_BY_NAME = (("chuan", "sichuan"), ("wsc", "sichuan"), ("yue", "cantonese"), ("wu", "wu"))


def is_wenetspeech(path: Path) -> bool:
    """Whether a file holds clips in this layout, by its first line."""
    try:
        with path.open(encoding="utf-8") as stream:
            first = json.loads(stream.readline() or "null")
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and CLIP in first


def read_wenetspeech(path: Path, dialect: str | None = None) -> tuple[Utterance, ...]:
    """Clips of a corpus (folder) or of one long recording (file), labelled by ``dialect`` or the corpus' name.

    Clips with several speakers or a confidence under :data:`LEAST_CONFIDENCE` are left out, as are those whose audio
    was not downloaded. Raises :class:`ManifestError` naming file and line, and where no clip is left.
    """
    files = sorted((path / LABELS_FOLDER).glob("*.jsonl")) if path.is_dir() else [path]
    root = path if path.is_dir() else path.parent.parent
    label = dialect or next((ours for part, ours in _BY_NAME if part in root.resolve().name.lower()), None)
    if label is None:
        raise ManifestError(f"{root}: neither Chuan, Yue nor Wu is in the folder's name: say --dialect.")
    found = tuple(utterance for file in files for utterance in _read(file, root, label))
    if not found:
        raise ManifestError(f"{path}: no clip with audio, one speaker and confidence {LEAST_CONFIDENCE} or more.")
    return found


def _read(path: Path, root: Path, label: str) -> Iterator[Utterance]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            audio = _audio(root, data)
            if audio and str(data.get("spk_num", "single")) == "single" and _confident(data):
                about = soundfile.info(audio)
                text = str(data.get("text_punc") or data["text"])
                yield Utterance(audio, path.stem, 0, str(data[CLIP]), 0.0, about.duration, text, label)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ManifestError(f"{path}:{number}: not a clip of WenetSpeech ({error!r}).") from error


def _confident(data: Mapping[str, Any]) -> bool:
    return float(data.get("confidence", 1.0)) >= LEAST_CONFIDENCE


def _audio(root: Path, data: Mapping[str, Any]) -> Path | None:
    stated = Path(str(data[CLIP_PATH]))
    places = (root / stated, stated, root / stated.name)
    return next((place for place in places if place.is_file()), None)
