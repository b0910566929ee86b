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
_SLOT_BITS, _ROW_BITS = 20, 24
_SLOT_MASK, _ROW_MASK = (1 << _SLOT_BITS) - 1, (1 << _ROW_BITS) - 1


@dataclass(frozen=True)
class Tagger:
    """Weights of the labels outside, begin, inside by feature, of a label after another, and of the first one.

    One tagger may tag several fields: their labels stand side by side in ``weights``, one after another in the rest.
    """

    features: NDArray[np.int32]
    weights: NDArray[np.float32]
    following: Floats
    first: Floats

    def __post_init__(self) -> None:
        slots = self.features & _SLOT_MASK
        table = np.full(1 << _SLOT_BITS, -1, np.int32)
        # Where two features meet in a slot, the weightier one stays
        order = np.argsort(np.abs(self.weights).max(axis=1, initial=0.0), kind="stable").astype(np.int32)
        table[slots[order]] = (self.features[order] >> _SLOT_BITS) << _ROW_BITS | order
        object.__setattr__(self, "_table", table)

    @property
    def fields(self) -> int:
        """How many fields it tags."""
        return len(self.first)

    def inside(self, codes: NDArray[np.int32], clauses: NDArray[np.int32]) -> Floats:
        """The chance of each character (row) to belong to what is tagged in each field (column), 0…1."""
        if not len(codes):
            return np.zeros((0, self.fields))
        entries = np.take(self._table, codes & _SLOT_MASK)  # type: ignore[attr-defined]
        known = (entries >> _ROW_BITS) == (codes >> _SLOT_BITS)
        columns = entries[known] & _ROW_MASK
        ends = np.zeros(len(codes) + 1, np.int32)
        np.cumsum(known.sum(axis=1), out=ends[1:])
        said = sparse.csr_matrix(
            (np.ones(len(columns), np.float32), columns, ends), shape=(len(codes), len(self.features))
        )
        batches = _batches(clauses, np.inf)
        found = _forward_backward(said @ self.weights, self.following, self.first, batches, learning=False)
        return 1.0 - found[0][:, :, OUTSIDE]


def beside(taggers: Sequence[Tagger]) -> Tagger:
    """One tagger of all the fields that several tag."""
    features = np.unique(np.concatenate([tagger.features for tagger in taggers])).astype(np.int32)
    weights = np.zeros((len(features), LABELS * len(taggers)), np.float32)
    for field, tagger in enumerate(taggers):
        weights[np.searchsorted(features, tagger.features), LABELS * field : LABELS * (field + 1)] = tagger.weights
    following = np.concatenate([tagger.following for tagger in taggers])
    return Tagger(features, weights, following, np.concatenate([tagger.first for tagger in taggers]))


Batch = tuple[NDArray[np.int64], NDArray[np.bool_]]


def _batches(clauses: NDArray[np.int32], growth: float) -> list[Batch]:
    """Rows of clauses, a clause a column, the shortest first, with which of them are real.

    The longest clause of a batch is at most ``growth`` times as long as its shortest (or a little longer).
    """
    begins = np.flatnonzero(np.r_[True, clauses[1:] != clauses[:-1]])
    lengths = np.diff(np.r_[begins, len(clauses)])
    order = np.argsort(lengths, kind="stable")
    found, index = [], 0
    while index < len(order):
        shortest, end = lengths[order[index]], index
        while end < len(order) and lengths[order[end]] <= max(shortest * growth, shortest + 3):
            end += 1
        chosen = order[index:end]
        longest = int(lengths[chosen[-1]])
        real = np.arange(longest)[:, None] < lengths[chosen]
        found.append((np.where(real, begins[chosen] + np.arange(longest)[:, None], 0), real))
        index = end
    return found


def _forward_backward(
    emission: NDArray[np.float32],
    following: Floats,
    first: Floats,
    batches: Sequence[Batch],
    *,
    learning: bool,
) -> tuple[Floats, float, Floats, Floats]:
    """Chances of the labels, the logarithm of the partition function, expected pairs of labels and first labels.

    Each field is a chain of its own; all go through the recursions side by side. Unless ``learning``, nothing but the
    chances is told.
    """
    fields = len(first)
    chances = np.zeros((len(emission), fields, LABELS))
    pairs, firsts, total = np.zeros((fields, LABELS, LABELS)), np.zeros((fields, LABELS)), 0.0
    # Chains that share no label: a block of transitions each
    step, sums = np.zeros((fields * LABELS, fields * LABELS)), np.zeros((fields * LABELS, fields * LABELS))
    for field in range(fields):
        block = slice(field * LABELS, (field + 1) * LABELS)
        step[block, block], sums[block, block] = np.exp(following[field]), 1.0
    back = np.ascontiguousarray(step.T)
    begin = np.exp(first).ravel()
    for rows, real in batches:
        scores = emission[rows].astype(np.float64).reshape(*rows.shape, fields, LABELS)
        most = scores.max(axis=3, keepdims=True)
        length = len(rows)
        local = np.exp(scores - most).reshape(length, -1, fields * LABELS)
        ahead, behind, scale = np.ones_like(local), np.ones_like(local), np.ones_like(local)
        # As the shortest stand first, those that go on are the last ones
        over = (~real).sum(axis=1).tolist()
        now = local[0] * begin
        scale[0] = now @ sums
        ahead[0] = now / scale[0]
        for index in range(1, length):
            on = over[index]
            now = (ahead[index - 1, on:] @ step) * local[index, on:]
            scale[index, on:] = now @ sums
            ahead[index, on:] = now / scale[index, on:]
        onward = local / scale
        for index in range(length - 2, -1, -1):
            on = over[index + 1]
            behind[index, on:] = (behind[index + 1, on:] * onward[index + 1, on:]) @ back
        both = (ahead * behind).reshape(length, -1, fields, LABELS)
        both /= both.sum(axis=3, keepdims=True)
        chances[rows[real]] = both[real]
        if not learning:
            continue
        total += float(np.log(scale.reshape(both.shape)[..., 0][real]).sum() + most[..., 0][real].sum())
        firsts += both[0].sum(axis=0)
        if length > 1:
            later = (onward[1:] * behind[1:]).reshape(length - 1, -1, fields, LABELS) * real[1:, :, None, None]
            before = ahead[:-1].reshape(later.shape)
            pairs += np.exp(following) * np.einsum("tbfi,tbfj->fij", before, later)
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
    batches = _batches(clauses, 1.5)
    count, size = len(codes), len(features) * LABELS
    truth = np.zeros((count, LABELS), np.float32)
    truth[np.arange(count), labels] = 1
    joined = np.r_[False, clauses[1:] == clauses[:-1]]
    true_pairs = np.zeros((LABELS, LABELS))
    np.add.at(true_pairs, (labels[:-1][joined[1:]], labels[1:][joined[1:]]), 1)
    true_firsts = np.bincount(labels[~joined], minlength=LABELS).astype(np.float64)

    def loss(values: Floats) -> tuple[float, Floats]:
        weights = values[:size].reshape(-1, LABELS).astype(np.float32)
        following, first = values[size:-LABELS].reshape(1, LABELS, LABELS), values[None, -LABELS:]
        emission = table @ weights
        chances, total, pairs, firsts = _forward_backward(emission, following, first, batches, learning=True)
        likelihood = emission[np.arange(count), labels].sum(dtype=np.float64)
        likelihood += (true_pairs * following[0]).sum() + (true_firsts * first[0]).sum() - total
        slope = np.concatenate(
            [
                (turned @ (chances[:, 0] - truth).astype(np.float32)).astype(np.float64).ravel(),
                (pairs[0] - true_pairs).ravel(),
                firsts[0] - true_firsts,
            ]
        )
        return 0.5 * penalty * float(values @ values) - likelihood, slope + penalty * values

    start = np.zeros(size + LABELS * LABELS + LABELS)
    values = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 8}).x
    return Tagger(
        features,
        values[:size].reshape(-1, LABELS).astype(np.float32),
        values[size:-LABELS].reshape(1, LABELS, LABELS),
        values[None, -LABELS:],
    )
