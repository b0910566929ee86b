"""The classifier as numbers: a linear model over character n-grams. Small, fast, deterministic, no pickle."""

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tickets.classification.features import weighted_grams

FORMAT = 4
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """``weights`` is features × labels (float32); scores are softmax(``sharpness`` × decision values)."""

    labels: tuple[str, ...]
    features: Mapping[str, int]
    idf: Floats
    weights: Floats
    intercept: Floats
    sharpness: float
    accuracy: float
    """Cross-validated share of right first labels on the training texts, 0…1 (NaN where there were too few)."""

    def decide(self, texts: list[tuple[str, float]]) -> Floats:
        """Decision values, one a label, of texts with weights."""
        rows, values = self._vector(weighted_grams(texts))
        if not len(rows):
            return self.intercept.copy()
        decided = values @ self.weights[rows] + self.intercept
        return np.asarray(decided, dtype=np.float32)

    def probabilities(self, decided: Floats) -> Floats:
        """Softmax of decision values."""
        scaled = self.sharpness * (decided - decided.max())
        exponential = np.exp(scaled)
        return np.asarray(exponential / exponential.sum(), dtype=np.float32)

    def _vector(self, counts: Mapping[str, float]) -> tuple[NDArray[np.int64], Floats]:
        known = [(self.features[gram], count) for gram, count in counts.items() if gram in self.features]
        rows = np.fromiter((row for row, _ in known), np.int64, len(known))
        values = np.fromiter((count for _, count in known), np.float32, len(known))
        values = np.log1p(values) * self.idf[rows]
        norm = float(np.sqrt((values**2).sum()))
        return rows, np.asarray(values / norm if norm else values, dtype=np.float32)


def save(model: LinearModel, file: Path) -> None:
    """Write a model in one step (never a half file), with a checksum of its numbers."""
    file.parent.mkdir(parents=True, exist_ok=True)
    grams = sorted(model.features, key=lambda gram: model.features[gram])
    content = {
        "format": np.array([FORMAT]),
        "labels": np.array(model.labels),
        "features": np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
        "idf": model.idf,
        "weights": model.weights,
        "intercept": model.intercept,
        "scalars": np.array([model.sharpness, model.accuracy]),
    }
    content["sum"] = np.frombuffer(_checksum(content), dtype=np.uint8)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".npz")
    os.close(handle)
    temporary = Path(name)
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, **content)  # type: ignore[arg-type]
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def load(file: Path) -> LinearModel | None:
    """Read a model back; None where there is none, or it is of another format or damaged (it is then trained anew)."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            content = {name: stored[name] for name in stored.files}
        stated = content.pop("sum").tobytes()
        if int(content["format"][0]) != FORMAT or stated != _checksum(content):
            return None
        grams = content["features"].tobytes().decode().split("\n")
        sharpness, accuracy = map(float, content["scalars"])
        return LinearModel(
            tuple(map(str, content["labels"])),
            {gram: row for row, gram in enumerate(grams)},
            content["idf"],
            content["weights"],
            content["intercept"],
            sharpness,
            accuracy,
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _checksum(content: Mapping[str, NDArray[np.generic]]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(content):
        digest.update(name.encode() + np.ascontiguousarray(content[name]).tobytes())
    return digest.digest()
