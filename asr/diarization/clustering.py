"""Which windows of speech are of the same voice, over a call of any length.

Agglomerative clustering compares all windows with one another: a four-hour call has 28 800, half a billion pairs. So
windows are clustered in blocks, the clusters of a block become points that weigh what they stand for, and the points
are clustered again. Voices keep their identity over the whole call; the work grows with its length alone.
"""

import contextlib
import io
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from asr.diarization.pyannote_import import import_pyannote

Vectors = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

BLOCK = 600
"""Windows of one block: five minutes of speech at two windows a second."""

POINTS_A_BLOCK = 12
"""Clusters of one block: enough that shouted or distorted speech of a speaker has its own and spoils no other."""

SAME_VOICE = 0.85
"""Cosine of two centroids under which they are two voices, whatever else."""

_SPLIT = 0.115
_SPLIT_OF_FEW = 2.2
"""One voice split in two by force explains 0.04 to 0.10 of the variance of 60 windows or more, 0.12 of 40, 0.17 of 30;
two voices, the most alike of one sex too, explain 0.17 or more of 100. Two voices must explain ``_SPLIT +
_SPLIT_OF_FEW / windows``."""

_REFINEMENTS = 10


def voice_centroids(embeddings: Vectors, seconds: Weights, speakers: int, block: int = BLOCK) -> Vectors:
    """Centroids of the voices, unit length, (at most ``speakers``, dimensions).

    ``embeddings`` are unit vectors in order of time, (windows, dimensions), with the ``seconds`` of speech of each.
    Fewer centroids come back where fewer voices are heard.
    """
    if not len(embeddings):
        return np.zeros((0, embeddings.shape[1]), np.float32)
    points, weights = embeddings, seconds
    while len(points) > block:
        points, weights = _blockwise(points, weights, block)
    centroids = _centroids(points, weights, agglomerate(points, speakers))
    return _merged(_refined(embeddings, seconds, centroids), embeddings, seconds)


def agglomerate(embeddings: Vectors, clusters: int) -> Labels:
    """pyannote's agglomerative clustering of unit vectors into ``clusters`` (fewer where there are fewer vectors)."""
    count = min(clusters, len(embeddings))
    if count <= 1:
        return np.zeros(len(embeddings), np.int64)
    # It prints where it finds fewer clusters than wanted; that case is a normal one here.
    with contextlib.redirect_stdout(io.StringIO()):
        labels = _agglomerative().cluster(
            embeddings.astype(np.float64), min_clusters=count, max_clusters=count, num_clusters=count
        )
    return np.asarray(labels, np.int64)


@lru_cache(maxsize=1)
def _agglomerative() -> Any:
    module = import_pyannote("pyannote.audio.pipelines.clustering")
    clustering = module.AgglomerativeClustering(metric="cosine")
    # Ward's linkage, since it splits where that explains most: average linkage parts a few odd windows from the rest
    # before it parts two voices that are alike.
    return clustering.instantiate({"method": "ward", "threshold": 0.6, "min_cluster_size": 4})


def _blockwise(embeddings: Vectors, seconds: Weights, block: int) -> tuple[Vectors, Weights]:
    """Replace each block of vectors by the centroids of its clusters, and their weights by the sums."""
    points: list[Vectors] = []
    weights: list[Weights] = []
    for part in np.array_split(np.arange(len(embeddings)), -(-len(embeddings) // block)):
        labels = agglomerate(embeddings[part], POINTS_A_BLOCK)
        points.append(_centroids(embeddings[part], seconds[part], labels))
        weights.append(np.bincount(labels, seconds[part]).astype(np.float32))
    return np.concatenate(points), np.concatenate(weights)


def _centroids(embeddings: Vectors, seconds: Weights, labels: Labels) -> Vectors:
    sums = np.zeros((int(labels.max()) + 1, embeddings.shape[1]), np.float32)
    np.add.at(sums, labels, embeddings * seconds[:, None])
    return _unit(sums)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def _refined(embeddings: Vectors, seconds: Weights, centroids: Vectors) -> Vectors:
    """Spherical k-means from the centroids found: each window counts for the voice that it is nearest to."""
    labels = np.zeros(len(embeddings), np.int64)
    for _ in range(_REFINEMENTS):
        nearest = np.argmax(embeddings @ centroids.T, axis=1)
        used, compact = np.unique(nearest, return_inverse=True)
        centroids = _centroids(embeddings, seconds, compact)
        if len(used) == int(labels.max()) + 1 and np.array_equal(compact, labels):
            break
        labels = compact
    return centroids


def _merged(centroids: Vectors, embeddings: Vectors, seconds: Weights) -> Vectors:
    """Join centroids of one voice, split because so many were asked for; the most alike first."""
    while (pair := _one_voice(centroids, embeddings)) is not None:
        nearest = np.argmax(embeddings @ centroids.T, axis=1)
        nearest[nearest == pair[1]] = pair[0]
        _, compact = np.unique(nearest, return_inverse=True)
        centroids = _centroids(embeddings, seconds, compact)
    return centroids


def _one_voice(centroids: Vectors, embeddings: Vectors) -> tuple[int, int] | None:
    """The most alike pair of centroids that is not two voices."""
    similarity = centroids @ centroids.T
    nearest = np.argmax(embeddings @ centroids.T, axis=1)
    pairs = sorted(combinations(range(len(centroids)), 2), key=lambda pair: -similarity[pair])
    for pair in pairs:
        of_both = np.isin(nearest, pair)
        if similarity[pair] >= SAME_VOICE and not _apart(embeddings[of_both], nearest[of_both]):
            return pair
    return None


def _apart(embeddings: Vectors, labels: Labels) -> bool:
    """Whether two clusters are two voices, by the share of the variance that the split explains."""
    total = np.square(embeddings - embeddings.mean(axis=0)).sum()
    within = sum(
        np.square(embeddings[labels == k] - embeddings[labels == k].mean(axis=0)).sum() for k in np.unique(labels)
    )
    return bool(1 - within / max(total, 1e-9) >= _SPLIT + _SPLIT_OF_FEW / len(embeddings))
