"""Which of several candidates: a conditional logit over hashed marks and a few measures (McFadden 1974)."""

import hashlib
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MEASURES = 8
"""How many measures a candidate may have at most."""
PENALTY, ITERATIONS = 5.0, 120
LIGHTEST = 1e-3
"""Weights that are lighter say nothing and are left out."""
Floats = NDArray[np.float64]
Described = tuple[list[str], list[float]]
"""Marks and measures of a candidate."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of hashed features; the first ones are of measures, the rest of marks."""

    weights: NDArray[np.float32]

    def shares(self, described: Sequence[Described]) -> Floats:
        """The chance of each candidate; each has a mark at least."""
        size = len(self.weights)
        slots: list[int] = []
        begins: list[int] = []
        for marks, _ in described:
            begins.append(len(slots))
            slots += [_slot(mark, size) for mark in marks]
        scores = np.add.reduceat(self.weights[slots], begins).astype(np.float64)
        for index, (_, measures) in enumerate(described):
            scores[index] += self.weights[: len(measures)] @ np.array(measures)
        likely = np.exp(scores - scores.max())
        return np.asarray(likely / likely.sum())


def save(ranker: Ranker, file: Path, made: Mapping[str, str | int]) -> None:
    """Write a ranker, and beside it (ending ``.json``) its sha256 and how it was ``made``.

    Raises:
        OSError: the files can't be written.
    """
    content = io.BytesIO()
    slots = np.flatnonzero(np.abs(ranker.weights) >= LIGHTEST).astype(np.int32)
    np.savez_compressed(content, slots=slots, weights=ranker.weights[slots], size=np.array(len(ranker.weights)))
    file.write_bytes(content.getvalue())
    told = {"sha256": hashlib.sha256(content.getvalue()).hexdigest(), **made}
    file.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def load(file: Path, **made: str | int) -> Ranker:
    """Read a ranker that was made so.

    Raises:
        OSError: a file is missing.
        ValueError: the content is not what the ``.json`` beside it says, or was made otherwise.
    """
    told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != told["sha256"]:
        raise ValueError(f"{file} is damaged: its sha256 is not that of {file.with_suffix('.json').name}")
    if any(told.get(name) != value for name, value in made.items()):
        raise ValueError(f"{file} was made by other code; run scripts/train_field_models.py")
    with np.load(io.BytesIO(content)) as arrays:
        weights = np.zeros(int(arrays["size"]), np.float32)
        weights[arrays["slots"]] = arrays["weights"]
    return Ranker(weights)


@lru_cache(maxsize=1 << 15)
def _slot(mark: str, size: int) -> int:
    return MEASURES + zlib.crc32(mark.encode()) % (size - MEASURES)


def train(calls: Sequence[tuple[Sequence[Described], Floats]], bits: int, penalty: float = PENALTY) -> Ranker:
    """Fit a ranker to calls.

    Args:
        calls: what is told of a call's candidates, and how right each is, 0…1 (at least one above 0).
        bits: how many hashed features there are, as a power of two.
        penalty: how dear large weights are.
    """
    from scipy import sparse  # noqa: PLC0415 — only training needs it
    from scipy.optimize import minimize  # noqa: PLC0415

    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    sizes = [len(described) for described, _ in calls]
    for row, (marks, measures) in enumerate(item for described, _ in calls for item in described):
        slots = [_slot(mark, 1 << bits) for mark in marks]
        rows += [row] * (len(slots) + len(measures))
        columns += [*slots, *range(len(measures))]
        values += [1.0] * len(slots) + measures
    table = sparse.csr_matrix((values, (rows, columns)), shape=(sum(sizes), 1 << bits))
    turned = table.T.tocsr()
    begins = np.r_[0, np.cumsum(sizes)[:-1]]
    call = np.repeat(np.arange(len(calls)), sizes)
    right = np.concatenate([rightness for _, rightness in calls])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = table @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, begins)[call])
        every, good = np.add.reduceat(likely, begins), np.add.reduceat(likely * right, begins)
        slope = turned @ (likely / every[call] - likely * right / good[call])
        return float(np.log(every / good).sum() + penalty / 2 * weights @ weights), slope + penalty * weights

    start = np.zeros(1 << bits)
    return Ranker(
        minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x.astype(np.float32)
    )
