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
from tickets.fields.tagging.reader import FIELDS, FieldModels, FieldName

PACKAGED = Path(__file__).with_name("field_models.npz")
_LIGHTEST = 0.01
"""Features whose weights are all lighter say nothing and are left out."""
FORMAT = 3
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
    tagger = models.tagger
    kept = np.abs(tagger.weights).max(axis=1) >= _LIGHTEST
    arrays |= {
        "features": tagger.features[kept],
        "weights": tagger.weights[kept].astype(np.float16),
        "following": tagger.following,
        "first": tagger.first,
    }
    for field in FIELDS:
        weights = models.rankers[field].weights
        slots = np.flatnonzero(weights).astype(np.int32)
        arrays |= {f"{field}-slots": slots, f"{field}-ranks": weights[slots], f"{field}-size": np.array(len(weights))}
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
        tagger = Tagger(arrays["features"], arrays["weights"].astype(np.float32), arrays["following"], arrays["first"])
        return FieldModels(arrays["common"], tagger, {field: _ranker(arrays, field) for field in FIELDS})


def _ranker(arrays: "np.lib.npyio.NpzFile", field: FieldName) -> Ranker:
    ranks = np.zeros(int(arrays[f"{field}-size"]), np.float32)
    ranks[arrays[f"{field}-slots"]] = arrays[f"{field}-ranks"]
    return Ranker(ranks)
