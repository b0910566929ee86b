"""The classifier's file: read back as written, refused where a byte differs, silent on another encoder's states."""

import math
from pathlib import Path

import numpy as np
import pytest

from dialect_models.identification.classifier import (
    Classifier,
    ClassifierError,
    classifier_path,
    find_classifier,
    write_classifier,
)
from dialect_models.identification.pooling import Pooled, pool, pooled

WIDTH = 3


def _classifier() -> Classifier:
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    return Classifier("model-a", ("mandarin", "wu"), weights, np.array([0.5, -0.5]), {"mandarin": 0.7, "wu": 0.3})


def _sound(*state: float, positions: int = 10) -> Pooled:
    return pooled(np.tile(np.array(state, dtype=np.float32), (positions, 1)))


def test_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    assert find_classifier(tmp_path) is None
    write_classifier(_classifier(), tmp_path)
    read = find_classifier(tmp_path)
    assert read is not None
    assert (read.encoder, read.labels, read.shares) == ("model-a", ("mandarin", "wu"), {"mandarin": 0.7, "wu": 0.3})
    sound = _sound(1, 1, 1)
    assert read.log_probabilities(sound) == pytest.approx(_classifier().log_probabilities(sound))
    assert not list(tmp_path.rglob("*.new*"))


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = write_classifier(_classifier(), tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ClassifierError, match=r"sha256.*identify-train"):
        find_classifier(tmp_path)


def test_what_is_no_classifier_is_refused(tmp_path: Path) -> None:
    path = classifier_path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"not one")
    with pytest.raises(ClassifierError, match="not a classifier"):
        find_classifier(tmp_path)


def test_probabilities_are_those_of_a_linear_layer() -> None:
    found = _classifier().log_probabilities(_sound(2, 1, 9))  # scores 2.5 and 1.5
    assert sum(map(math.exp, found.values())) == pytest.approx(1)
    assert found["mandarin"] - found["wu"] == pytest.approx(1.0)


def test_judges_only_its_own_encoder() -> None:
    classifier = _classifier()
    assert classifier.judges("model-a", _sound(1, 1, 1))
    assert not classifier.judges("model-b", _sound(1, 1, 1))
    assert not classifier.judges("model-a", _sound(1, 1, 1, 1))


def test_pooling_in_parts_is_pooling_at_once() -> None:
    states = np.random.default_rng(0).normal(size=(50, WIDTH)).astype(np.float32)
    together = pool([pooled(states[:7]), pooled(states[7:7]), pooled(states[7:])])
    assert together is not None
    assert together.positions == 50
    assert together.mean == pytest.approx(states.mean(axis=0, dtype=np.float64))
    assert pool([pooled(states[:0])]) is None
