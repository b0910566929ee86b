"""A classifier of dialects by sound: one linear layer on the mean state of a speech model's encoder.

A file of its own in the folder of models, made by ``hotline models identify-train`` from a city's own recordings, with
its sha256 beside it. It belongs to one speech model: another encoder's states mean something else.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from dialect_models.identification.pooling import Pooled
from dialect_models.labels import LABELS
from dialect_models.weights import sha256_of

Array = npt.NDArray[np.float64]

FOLDER = "dialect-identification"
NAME = "classifier.safetensors"
SUM = "classifier.safetensors.sha256"


class ClassifierError(Exception):
    """A classifier that is missing, malformed or not what its sum says; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """Labels with a row of ``weights`` (labels × width) and a ``bias`` each.

    ``encoder`` is the name of the speech model whose states it judges. ``shares`` are the labels' shares of the
    recordings that it was made from: the mix of callers, unless something better is known.
    """

    encoder: str
    labels: tuple[str, ...]
    weights: Array
    bias: Array
    shares: Mapping[str, float]

    def judges(self, encoder: str, sound: Pooled) -> bool:
        """Whether these are states of its own encoder."""
        return encoder == self.encoder and len(sound.total) == self.weights.shape[1]

    def log_probabilities(self, sound: Pooled) -> dict[str, float]:
        """Natural log-probability of each label, all being as likely beforehand."""
        scores = self.weights @ sound.mean + self.bias
        highest = scores.max()
        scores = scores - highest - np.log(np.exp(scores - highest).sum())
        return dict(zip(self.labels, map(float, scores), strict=True))


def classifier_path(models_dir: Path) -> Path:
    """Where the classifier of an installation lies."""
    return models_dir / FOLDER / NAME


def write_classifier(classifier: Classifier, models_dir: Path) -> Path:
    """Store a classifier with its sum in place of an earlier one."""
    path = classifier_path(models_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "encoder": classifier.encoder,
        "labels": json.dumps(classifier.labels),
        "shares": json.dumps(dict(classifier.shares)),
    }
    fresh = path.with_name(f"{NAME}.new-{os.getpid()}")
    fresh.write_bytes(save({"weights": classifier.weights, "bias": classifier.bias}, about))
    written = f"{sha256_of(fresh)}  {NAME}\n"
    fresh.replace(path)
    path.with_name(SUM).write_text(written, encoding="utf-8")
    return path


def find_classifier(models_dir: Path) -> Classifier | None:
    """The classifier of an installation, None where it has none.

    Raises :class:`ClassifierError` as :func:`read_classifier` does.
    """
    path = classifier_path(models_dir)
    return read_classifier(path) if path.is_file() else None


def read_classifier(path: Path) -> Classifier:
    """Read a classifier.

    Raises :class:`ClassifierError` where it is not what its sum says, or no classifier.
    """
    again = "Delete its folder or make it again with: hotline models identify-train"
    try:
        wanted = path.with_name(SUM).read_text(encoding="utf-8").split()[0]
        if sha256_of(path) != wanted:
            raise ClassifierError(f"{path}: its sha256 is not that of {SUM}. {again}")
        with safe_open(path, framework="numpy") as stream:
            about = stream.metadata()
            weights, bias = stream.get_tensor("weights"), stream.get_tensor("bias")
        labels, shares = tuple(json.loads(about["labels"])), dict(json.loads(about["shares"]))
        if weights.shape[0] != len(labels) or bias.shape != (len(labels),) or not set(labels) <= set(LABELS):
            raise ValueError(f"{len(labels)} labels {labels}, weights {weights.shape}")
        return Classifier(about["encoder"], labels, weights, bias, shares)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ClassifierError(f"{path}: not a classifier of dialects ({error!r}). {again}") from error
