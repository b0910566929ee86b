"""The classifier as numbers: a linear model over character n-grams. Small, fast, deterministic, no pickle."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tickets.classification.features import clause_grams, clauses

FORMAT = 8
KEPT_CLAUSES = 1024
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
_NONE: Rows = np.array([], dtype=np.int64)


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
        rows, values = self._vector(texts)
        if not len(rows):
            return self.intercept.copy()
        decided = (values @ self.weights[rows].astype(np.float32)) * self.scale + self.intercept
        return np.asarray(decided, dtype=np.float32)

    def decide_each(self, texts: Sequence[str]) -> Floats:
        """Decision values of each text by itself, texts × labels; many short ones cost little more than one."""
        found = [self.rows_of(text) for text in texts]
        numbers = np.repeat(np.arange(len(texts)), [len(rows) for rows in found])
        every, counts = np.unique(numbers * len(self.idf) + np.concatenate([_NONE, *found]), return_counts=True)
        numbers, rows = np.divmod(every, len(self.idf))
        values = np.log1p(counts.astype(np.float32)) * self.idf[rows]
        squares = np.bincount(numbers, values**2, len(texts)).astype(np.float64)
        norms = np.sqrt(squares, where=squares > 0, out=np.ones_like(squares))
        parts = self.weights[rows] * (values / norms[numbers])[:, None]
        decided = np.stack([np.bincount(numbers, part, len(texts)) for part in parts.T], axis=1)
        return np.asarray(decided * self.scale + self.intercept, dtype=np.float32)

    def probabilities(self, decided: Floats) -> Floats:
        """Softmax of decision values."""
        scaled = self.sharpness * (decided - decided.max())
        exponential = np.exp(scaled)
        return np.asarray(exponential / exponential.sum(), dtype=np.float32)

    def rows_of(self, text: str) -> Rows:
        """The features of a text, each as often as it stands there."""
        return np.concatenate([_NONE, *map(self._clause_rows, clauses(text))])

    @cached_property
    def _clause_rows(self) -> Callable[[str], Rows]:
        """The features of a clause; kept, since a call's stretches overlap and several parts of a ticket ask."""

        def rows(clause: str) -> Rows:
            known = [row for gram in clause_grams(clause) if (row := self.features.get(gram)) is not None]
            return np.array(known, dtype=np.int64)

        return lru_cache(maxsize=KEPT_CLAUSES)(rows)

    def _vector(self, texts: Sequence[tuple[str, float]]) -> tuple[Rows, Floats]:
        found = [self.rows_of(text) for text, _ in texts]
        weights = np.repeat([weight for _, weight in texts], [len(rows) for rows in found])
        rows, index = np.unique(np.concatenate([_NONE, *found]), return_inverse=True)
        counts = np.bincount(index, weights, len(rows)).astype(np.float32)
        values = np.log1p(counts) * self.idf[rows]
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
