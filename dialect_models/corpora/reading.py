"""Any corpus by its path: which layout it has is seen from its files."""

from collections.abc import Sequence
from pathlib import Path

from dialect_models.corpora.common_voice import read_common_voice
from dialect_models.corpora.kaldi import read_kaldi
from dialect_models.corpora.wenetspeech import LABELS_FOLDER, is_wenetspeech, read_wenetspeech
from dialect_models.tuning.manifest import ManifestError, Utterance, read_manifest


def read_corpora(paths: Sequence[Path], dialect: str | None = None) -> tuple[Utterance, ...]:
    """Utterances of corpora.

    A path is a manifest of ours (JSON Lines), a Common Voice table (``.tsv``), a folder with ``wav.scp`` (Kaldi,
    KeSpeech), a folder with ``audio_labels`` or one label file of it (WenetSpeech-Chuan, -Yue, -Wu). ``dialect`` is the
    label of what a corpus itself does not label. Raises :class:`ManifestError` where a path is none of these.
    """
    return tuple(utterance for path in paths for utterance in _read(path, dialect))


def _read(path: Path, dialect: str | None) -> tuple[Utterance, ...]:
    if path.is_dir():
        if (path / "wav.scp").is_file():
            return read_kaldi(path, dialect)
        if (path / LABELS_FOLDER).is_dir():
            return read_wenetspeech(path, dialect)
        raise ManifestError(
            f"{path} is no corpus: there is neither wav.scp (Kaldi, KeSpeech) nor {LABELS_FOLDER} (WenetSpeech) in it."
        )
    if path.suffix == ".tsv":
        return read_common_voice(path, dialect)
    if is_wenetspeech(path):
        return read_wenetspeech(path, dialect)
    return read_manifest(path)
