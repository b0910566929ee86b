"""A linear-chain conditional random field over hashed features (Lafferty, McCallum, Pereira 2001).

Trained by L-BFGS on the exact likelihood; clauses of the same length go through the recursions together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from tickets.fields.tagging.features import CODE_BITS

Floats = NDArray[np.float64]
OUTSIDE, BEGIN, INSIDE = 0, 1, 2
LABELS = 3
FEWEST_SEEN = 3
PENALTY, ITERATIONS = 0.6, 40
_SLOT_BITS = 20


@dataclass(frozen=True)
class Tagger:
    """Weights of the labels outside, begin, inside by feature, of a label after another, and of the first one."""

    features: NDArray[np.int32]
    weights: NDArray[np.float32]
    following: Floats
    first: Floats

    def __post_init__(self) -> None:
        slots = self.features & ((1 << _SLOT_BITS) - 1)
        keys = np.full(1 << _SLOT_BITS, -1, np.int32)
        rows = np.full(1 << _SLOT_BITS, len(self.features), np.int32)
        # Where two features meet in a slot, the weightier one stays
        order = np.argsort(np.abs(self.weights).max(axis=1, initial=0.0), kind="stable")
        keys[slots[order]], rows[slots[order]] = self.features[order], order
        object.__setattr__(self, "_keys", keys)
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_padded", np.vstack([self.weights, np.zeros((1, LABELS), np.float32)]))

    def inside(self, codes: NDArray[np.int32], clauses: NDArray[np.int32]) -> Floats:
        """The chance of each character to belong to what is tagged, 0…1."""
        if not len(codes):
            return np.zeros(0)
        slots = codes & ((1 << _SLOT_BITS) - 1)
        rows = np.where(self._keys[slots] == codes, self._rows[slots], len(self.features))  # type: ignore[attr-defined]
        # As a product the sum over so few labels is several times faster
        every = np.ones(codes.shape[1], np.float32)
        emission = every @ np.take(self._padded, rows, axis=0)  # type: ignore[attr-defined]
        return 1.0 - _forward_backward(emission, self.following, self.first, _batches(clauses))[0][:, OUTSIDE]


Batch = tuple[NDArray[np.int64], NDArray[np.bool_]]


def _batches(clauses: NDArray[np.int32]) -> list[Batch]:
    """Rows of clauses of about the same length, a clause a line, with which of them are real."""
    begins = np.flatnonzero(np.r_[True, clauses[1:] != clauses[:-1]])
    lengths = np.diff(np.r_[begins, len(clauses)])
    order = np.argsort(lengths, kind="stable")
    found, index = [], 0
    while index < len(order):
        shortest, end = lengths[order[index]], index
        while end < len(order) and lengths[order[end]] <= max(shortest * 1.5, shortest + 3):
            end += 1
        chosen = order[index:end]
        longest = int(lengths[chosen[-1]])
        real = np.arange(longest)[None] < lengths[chosen][:, None]
        found.append((np.where(real, begins[chosen][:, None] + np.arange(longest)[None], 0), real))
        index = end
    return found


def _forward_backward(
    emission: NDArray[np.float32], following: Floats, first: Floats, batches: Sequence[Batch]
) -> tuple[Floats, float, Floats, Floats]:
    """Chances of the labels, the logarithm of the partition function, expected pairs of labels and first labels."""
    chances = np.zeros((len(emission), LABELS))
    pairs, firsts, total = np.zeros((LABELS, LABELS)), np.zeros(LABELS), 0.0
    step = np.exp(following)
    for rows, real in batches:
        scores = emission[rows].astype(np.float64)
        most = scores.max(axis=2, keepdims=True)
        local = np.exp(scores - most)
        local[~real] = 1.0
        length = rows.shape[1]
        ahead, behind = np.empty_like(local), np.ones_like(local)
        scale = np.ones(rows.shape)
        now = local[:, 0] * np.exp(first)
        scale[:, 0] = now.sum(axis=1)
        ahead[:, 0] = now / scale[:, :1]
        for index in range(1, length):
            now = (ahead[:, index - 1] @ step) * local[:, index]
            sums = now.sum(axis=1)
            scale[:, index] = np.where(real[:, index], sums, 1.0)
            ahead[:, index] = np.where(real[:, index, None], now / sums[:, None], ahead[:, index - 1])
        for index in range(length - 2, -1, -1):
            back = (behind[:, index + 1] * local[:, index + 1]) @ step.T / scale[:, index + 1, None]
            behind[:, index] = np.where(real[:, index + 1, None], back, 1.0)
        both = ahead * behind
        both /= both.sum(axis=2, keepdims=True)
        chances[rows[real]] = both[real]
        total += float((np.log(scale) * real).sum() + (most[..., 0] * real).sum())
        firsts += both[:, 0].sum(axis=0)
        if length > 1:
            onward = local[:, 1:] * behind[:, 1:] / scale[:, 1:, None] * real[:, 1:, None]
            pairs += step * np.einsum("bti,btj->ij", ahead[:, :-1], onward)
    return chances, total, pairs, firsts


def train(
    codes: NDArray[np.int32],
    clauses: NDArray[np.int32],
    labels: NDArray[np.int64],
    *,
    penalty: float = PENALTY,
    iterations: int = ITERATIONS,
) -> Tagger:
    """Fit a tagger; the same data give the same tagger.

    Args:
        codes: a row of features a character.
        clauses: a number a character, the same within a clause.
        labels: outside, begin or inside a character.
        penalty: weight of the squared weights in the loss.
        iterations: most steps of L-BFGS.
    """
    seen = np.bincount(codes.ravel(), minlength=1 << CODE_BITS)
    features = np.flatnonzero(seen >= FEWEST_SEEN).astype(np.int32)
    column = np.full(1 << CODE_BITS, -1, np.int32)
    column[features] = np.arange(len(features))
    columns = column[codes]
    kept = columns >= 0
    table = sparse.csr_matrix(
        (np.ones(int(kept.sum()), np.float32), columns[kept], np.r_[0, np.cumsum(kept.sum(axis=1))]),
        shape=(len(codes), len(features)),
    )
    turned = table.T.tocsr()
    batches = _batches(clauses)
    count, size = len(codes), len(features) * LABELS
    truth = np.zeros((count, LABELS), np.float32)
    truth[np.arange(count), labels] = 1
    joined = np.r_[False, clauses[1:] == clauses[:-1]]
    true_pairs = np.zeros((LABELS, LABELS))
    np.add.at(true_pairs, (labels[:-1][joined[1:]], labels[1:][joined[1:]]), 1)
    true_firsts = np.bincount(labels[~joined], minlength=LABELS).astype(np.float64)

    def loss(values: Floats) -> tuple[float, Floats]:
        weights = values[:size].reshape(-1, LABELS).astype(np.float32)
        following, first = values[size:-LABELS].reshape(LABELS, LABELS), values[-LABELS:]
        emission = table @ weights
        chances, total, pairs, firsts = _forward_backward(emission, following, first, batches)
        likelihood = emission[np.arange(count), labels].sum(dtype=np.float64)
        likelihood += (true_pairs * following).sum() + (true_firsts * first).sum() - total
        slope = np.concatenate(
            [
                (turned @ (chances - truth).astype(np.float32)).astype(np.float64).ravel(),
                (pairs - true_pairs).ravel(),
                firsts - true_firsts,
            ]
        )
        return 0.5 * penalty * float(values @ values) - likelihood, slope + penalty * values

    start = np.zeros(size + LABELS * LABELS + LABELS)
    values = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 8}).x
    return Tagger(
        features,
        values[:size].reshape(-1, LABELS).astype(np.float32),
        values[size:-LABELS].reshape(LABELS, LABELS),
        values[-LABELS:],
    )
