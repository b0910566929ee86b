"""Common Voice: a table of clips (``validated.tsv``, ``train.tsv``…) beside the folder ``clips``."""

import csv
from collections.abc import Iterator
from pathlib import Path

import soundfile

from dialect_models.tuning.manifest import ManifestError, Utterance

LOCALES = {"yue": "cantonese", "zh-HK": "cantonese", "zh-CN": "mandarin", "zh-TW": "mandarin", "nan-tw": "minnan"}
"""Locales of the corpus as our labels."""

_COLUMNS = {"client_id", "path", "sentence"}


def read_common_voice(path: Path, dialect: str | None = None) -> tuple[Utterance, ...]:
    """Clips of a table. The recording of a clip is its speaker, so that nobody is on both sides of a split.

    Raises :class:`ManifestError` naming file and line.
    """
    return tuple(_read(path, dialect))


def _read(path: Path, dialect: str | None) -> Iterator[Utterance]:
    try:
        rows = list(
            csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read ({error}).") from error
    if rows and (missing := _COLUMNS - rows[0].keys()):
        raise ManifestError(f"{path}:1: no column {', '.join(sorted(missing))}; this is no table of Common Voice.")
    for number, row in enumerate(rows, 2):
        label = LOCALES.get(row.get("locale") or "", dialect)
        if label is None:
            raise ManifestError(f"{path}:{number}: locale {row.get('locale')!r} has no label here: say --dialect.")
        name = row["path"] if Path(row["path"]).suffix else f"{row['path']}.mp3"
        audio = path.parent / "clips" / name
        try:
            about = soundfile.info(audio)
        except (RuntimeError, OSError) as error:
            raise ManifestError(f"{path}:{number}: {audio} cannot be read ({error}).") from error
        yield Utterance(
            audio, row["client_id"], 0, row["client_id"], 0.0, about.duration, row["sentence"].strip(), label
        )
