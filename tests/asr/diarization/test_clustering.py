"""Clustering of voices by blocks, on embeddings drawn around known voices."""

import numpy as np
import pytest

from asr.diarization.clustering import agglomerate, voice_centroids

DIMENSIONS = 192


def voices(count: int, likeness: float, seed: int = 5) -> np.ndarray:
    """Unit vectors with the given cosine between any two."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((DIMENSIONS, count + 1)))[0].T
    return np.asarray(np.sqrt(likeness) * basis[0] + np.sqrt(1 - likeness) * basis[1:], np.float32)


def windows(voice: np.ndarray, labels: np.ndarray, cosine: float = 0.88, seed: int = 7) -> np.ndarray:
    """Unit vectors at the given cosine from their voice, each into a direction of its own."""
    noise = np.random.default_rng(seed).standard_normal((len(labels), DIMENSIONS))
    noise -= (noise * voice[labels]).sum(axis=1, keepdims=True) * voice[labels]
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(cosine * voice[labels] + np.sqrt(1 - cosine**2) * noise, np.float32)


def turns(count: int, speakers: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.repeat(np.arange(count) % speakers, rng.integers(2, 12, count))


def wrong_share(embeddings: np.ndarray, centroids: np.ndarray, labels: np.ndarray) -> float:
    found = np.argmax(embeddings @ centroids.T, axis=1)
    names = {k: np.bincount(labels[found == k]).argmax() for k in np.unique(found)}
    return float(np.mean([names[f] != want for f, want in zip(found, labels, strict=True)]))


@pytest.mark.parametrize("speakers", [2, 3])
@pytest.mark.parametrize("likeness", [0.5, 0.8])
def test_voices_are_found(speakers: int, likeness: float) -> None:
    labels = turns(40, speakers)
    embeddings = windows(voices(speakers, likeness), labels)
    centroids = voice_centroids(embeddings, np.full(len(labels), 0.5, np.float32), speakers)
    assert len(centroids) == speakers
    assert wrong_share(embeddings, centroids, labels) == 0


def test_a_long_call_is_clustered_by_blocks_with_one_identity_over_all() -> None:
    # Four hours: 28 800 windows. The second voice is silent through the first blocks.
    labels = turns(4200, 2)[:28_800]
    labels[:3000] = 0
    embeddings = windows(voices(2, 0.6), labels)
    centroids = voice_centroids(embeddings, np.full(len(labels), 0.5, np.float32), 2)
    assert len(centroids) == 2
    assert wrong_share(embeddings, centroids, labels) < 0.001


def test_blocks_find_what_one_clustering_of_all_finds() -> None:
    labels = turns(80, 2)
    embeddings = windows(voices(2, 0.7), labels)
    seconds = np.full(len(labels), 0.5, np.float32)
    whole = voice_centroids(embeddings, seconds, 2, block=10_000)
    blocks = voice_centroids(embeddings, seconds, 2, block=60)
    assert np.abs(whole @ blocks.T).max(axis=1) == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize("asked", [2, 3])
def test_one_voice_is_not_split_because_more_were_asked_for(asked: int) -> None:
    labels = np.zeros(120, np.int64)
    embeddings = windows(voices(1, 0.5), labels, cosine=0.9)
    assert len(voice_centroids(embeddings, np.full(120, 0.5, np.float32), asked)) == 1


def test_nothing_and_almost_nothing() -> None:
    assert voice_centroids(np.zeros((0, DIMENSIONS), np.float32), np.zeros(0, np.float32), 2).shape == (0, DIMENSIONS)
    one = voices(1, 0.5)
    assert voice_centroids(one, np.ones(1, np.float32), 2) == pytest.approx(one, abs=1e-5)
    assert agglomerate(one, 2).tolist() == [0]
