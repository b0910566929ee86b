"""The classifier as numbers: a linear model over character n-grams. Small, fast, deterministic, no pickle."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tickets.classification.features import weighted_grams

FORMAT = 8
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """``weights`` (int8, features × labels) times ``scale`` (one a label); scores are softmax(``sharpness`` × decided).

    A byte a weight keeps a city's model at some megabytes; the ranking is the same.
    """

    labels: tuple[str, ...]
    features: Mapping[str, int]
    idf: Floats
    weights: NDArray[np.int8]
    scale: Floats
    intercept: Floats
    sharpness: float

    def weights_of(self, label: str) -> Floats:
        """The weight of every feature for one label, in the order of ``features``; zeros for a label it lacks."""
        if label not in self.labels:
            return np.zeros(len(self.idf), dtype=np.float32)
        column = self.labels.index(label)
        return np.asarray(self.weights[:, column] * self.scale[column] * self.idf, dtype=np.float32)

    def decide(self, texts: list[tuple[str, float]]) -> Floats:
        """Decision values, one a label, of texts with weights."""
        rows, values = self._vector(weighted_grams(texts))
        if not len(rows):
            return self.intercept.copy()
        decided = (values @ self.weights[rows].astype(np.float32)) * self.scale + self.intercept
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
    """Write a model's numbers."""
    grams = sorted(model.features, key=lambda gram: model.features[gram])
    with file.open("wb") as stream:
        np.savez_compressed(
            stream,
            labels=np.array(model.labels),
            features=np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
            idf=model.idf,
            weights=model.weights,
            scale=model.scale,
            intercept=model.intercept,
            sharpness=np.array([model.sharpness]),
        )


def load(content: bytes) -> LinearModel:
    """Read a model's numbers back; whoever reads the file has checked its bytes."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        grams = stored["features"].tobytes().decode().split("\n")
        return LinearModel(
            tuple(map(str, stored["labels"])),
            {gram: row for row, gram in enumerate(grams)},
            stored["idf"],
            stored["weights"],
            stored["scale"],
            stored["intercept"],
            float(stored["sharpness"][0]),
        )
