"""The packaged field models on disk: one file, checked by its sha256 and by the code of its features."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tickets.fields.logit import Ranker
from tickets.fields.tagging.crf import Tagger
from tickets.fields.tagging.features import TEMPLATES
from tickets.fields.tagging.reader import FIELDS, FieldModel, FieldModels, FieldName

PACKAGED = Path(__file__).with_name("field_models.npz")
_LIGHTEST = 0.01
"""Features whose weights are all lighter say nothing and are left out."""
FORMAT = 2
"""Raise it where candidates or what is told of them change, so that models of before aren't read."""


def code_version() -> str:
    """Changes with what features are made of, so that a model of others isn't read."""
    return hashlib.sha256(f"{FORMAT} {TEMPLATES}".encode()).hexdigest()[:16]


def save(models: FieldModels, file: Path, calls: int) -> None:
    """Write models to ``file`` and what they are to ``file`` with the ending ``.json``.

    Args:
        models: what was trained.
        file: an ``.npz`` file.
        calls: how many calls it was trained on.

    Raises:
        OSError: the files can't be written.
    """
    arrays: dict[str, NDArray[np.generic]] = {"common": models.common}
    for field in FIELDS:
        tagger, ranker = models.of(field).tagger, models.of(field).ranker
        kept = np.abs(tagger.weights).max(axis=1) >= _LIGHTEST
        slots = np.flatnonzero(ranker.weights).astype(np.int32)
        arrays |= {
            f"{field}-features": tagger.features[kept],
            f"{field}-weights": tagger.weights[kept].astype(np.float16),
            f"{field}-following": tagger.following,
            f"{field}-first": tagger.first,
            f"{field}-slots": slots,
            f"{field}-ranks": ranker.weights[slots],
            f"{field}-size": np.array(len(ranker.weights)),
        }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    file.write_bytes(content.getvalue())
    told = {"sha256": hashlib.sha256(content.getvalue()).hexdigest(), "code": code_version(), "calls": calls}
    file.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def load(file: Path) -> FieldModels:
    """Read models.

    Raises:
        OSError: a file is missing.
        ValueError: the content is not what the ``.json`` beside it says, or it was made by other code.
    """
    told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != told["sha256"]:
        raise ValueError(f"{file} is damaged: its sha256 is not that of {file.with_suffix('.json').name}")
    if told["code"] != code_version():
        raise ValueError(f"{file} was made by other code; run scripts/train_field_models.py")
    with np.load(io.BytesIO(content)) as arrays:
        return FieldModels(arrays["common"], _field(arrays, "detail"), _field(arrays, "party"))


def _field(arrays: "np.lib.npyio.NpzFile", field: FieldName) -> FieldModel:
    ranks = np.zeros(int(arrays[f"{field}-size"]), np.float32)
    ranks[arrays[f"{field}-slots"]] = arrays[f"{field}-ranks"]
    tagger = Tagger(
        arrays[f"{field}-features"],
        arrays[f"{field}-weights"].astype(np.float32),
        arrays[f"{field}-following"],
        arrays[f"{field}-first"],
    )
    return FieldModel(tagger, Ranker(ranks))
