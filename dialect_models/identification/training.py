"""Makes a classifier of dialects from labelled recordings, and says how often it is right on recordings left out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dialect_models.identification.classifier import Array, Classifier
from dialect_models.identification.pooling import Pooled, pool, pooled
from dialect_models.labels import UNKNOWN
from dialect_models.tuning.augmentation import telephone_line
from dialect_models.tuning.examples import examples
from dialect_models.tuning.manifest import Utterance

Samples = npt.NDArray[np.float32]
Encode = Callable[[Samples], npt.NDArray[Any]]
"""The encoder's states (positions × width) of a clip: mono, 16 kHz, at most 30 s."""
Progress = Callable[[int, int], None]

FEWEST = 9
"""Recordings that a label needs: of fewer, none can be left out to see whether the others tell."""

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Inverse strengths of regularisation to choose from."""

FOLDS = 5
OPERATOR = "operator"


class TrainingError(Exception):
    """Recordings that no classifier can be made from; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording's citizen as the encoder hears him, once for each way the audio went (as it is, by telephone)."""

    recording: str
    label: str
    sounds: tuple[Pooled, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier with its figures on recordings that it did not see: ``accuracy`` and mean log loss (nats)."""

    classifier: Classifier
    recordings: Mapping[str, int]
    accuracy: float
    log_loss: float

    @property
    def chance(self) -> float:
        """Log loss of guessing evenly (nats)."""
        return float(np.log(len(self.recordings)))


def hear(
    utterances: Sequence[Utterance], encode: Encode, progress: Progress = lambda _done, _all: None
) -> Iterator[Heard]:
    """Each recording's citizen, pooled; what operators say is left out. ``progress`` gets recordings done and all."""
    recordings: dict[tuple[str, str], list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        if utterance.speaker != OPERATOR:
            recordings[utterance.recording, utterance.dialect].append(utterance)
    for number, ((recording, label), own) in enumerate(recordings.items(), 1):
        clips = [example.samples for example in examples(own, np.random.default_rng(0))]
        ways = (clips, [telephone_line(clip) for clip in clips])
        sounds = [pool(pooled(encode(clip)) for clip in way) for way in ways]
        yield Heard(recording, label, tuple(sound for sound in sounds if sound is not None))
        progress(number, len(recordings))


def train(heard: Sequence[Heard], encoder: str, fewest: int = FEWEST) -> Trained:
    """A classifier of the labels that have at least ``fewest`` recordings.

    How far it is regularised is decided by log loss on recordings left out, which also calibrates it.
    Raises :class:`TrainingError` where fewer than two labels have enough.
    """
    counts = Counter(label for _, label in sorted({(h.recording, h.label) for h in heard if h.sounds}))
    labels = tuple(sorted(label for label, count in counts.items() if count >= fewest and label != UNKNOWN))
    if len(labels) < 2:
        have = ", ".join(f"{label} {count}" for label, count in counts.most_common()) or "none"
        raise TrainingError(
            f"at least two dialects with {fewest} recordings each are needed to tell them apart; there are: {have}."
        )
    used = [h for h in heard if h.label in labels]
    states = np.stack([sound.mean for h in used for sound in h.sounds])
    targets = np.array([labels.index(h.label) for h in used for _ in h.sounds])
    groups = np.array([h.recording for h in used for _ in h.sounds])
    tried = [(c, _left_out(states, targets, groups, c)) for c in STRENGTHS]
    balance = _balance(targets)
    best, odds = min(tried, key=lambda pair: log_loss(targets, pair[1], sample_weight=balance))
    weights, bias = _fit(states, targets, best)
    whole = sum(counts[label] for label in labels)
    return Trained(
        Classifier(encoder, labels, weights, bias, {label: counts[label] / whole for label in labels}),
        {label: counts[label] for label in labels},
        float((odds.argmax(axis=1) == targets).mean()),
        float(log_loss(targets, odds, sample_weight=balance)),
    )


def _balance(targets: npt.NDArray[np.int64]) -> Array:
    return 1.0 / np.bincount(targets)[targets]


def _left_out(states: Array, targets: npt.NDArray[np.int64], groups: npt.NDArray[np.str_], strength: float) -> Array:
    """Probabilities of the labels of each sound, by a classifier that saw nothing of its recording."""
    found = np.zeros((len(targets), targets.max() + 1))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for seen, left_out in folds.split(states, targets, groups):
        weights, bias = _fit(states[seen], targets[seen], strength)
        scores = states[left_out] @ weights.T + bias
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        found[left_out] = odds / odds.sum(axis=1, keepdims=True)
    return found


def _fit(states: Array, targets: npt.NDArray[np.int64], strength: float) -> tuple[Array, Array]:
    """Weights and bias for states as they are, the scaling folded in; labels as likely as one another."""
    scaler = StandardScaler()
    regression = LogisticRegression(C=strength, class_weight="balanced", max_iter=5000)
    make_pipeline(scaler, regression).fit(states, targets)
    weights: Array = regression.coef_ / scaler.scale_
    bias: Array = regression.intercept_ - weights @ scaler.mean_
    if len(weights) == 1:  # two labels: one row, for the second of them
        return np.concatenate((np.zeros_like(weights), weights)), np.concatenate((np.zeros_like(bias), bias))
    return weights, bias
