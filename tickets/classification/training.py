"""Train a city's classifier: one-against-rest linear support vectors on TF-IDF n-grams, sharpness by cross-validation.

Linear support vectors on character n-grams are the usual strong baseline for short Chinese texts (Fan et al., LIBLINEAR,
JMLR 2008); decision values become probabilities by one temperature (Guo et al., ICML 2017) found on held-out folds.
"""

import hashlib
import math
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tickets.city.model import City
from tickets.classification.corpus import Example, examples
from tickets.classification.features import grams
from tickets.classification.model import FORMAT, Floats, LinearModel, load, save

FOLDS = 4
FEWEST_TEXTS = 2
MOST_FEATURES = 60_000
FEWEST_FOR_VALIDATION = 4
UNTESTED_SHARPNESS = 2.0


def cache_folder() -> Path:
    """Where trained models are kept: ``$XDG_CACHE_HOME/hotline-intake`` or ``~/.cache/hotline-intake``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "hotline-intake"


def classifier(city: City, folder: Path | None = None) -> LinearModel:
    """The city's classifier: read from the cache where this very content was trained before, else trained and kept."""
    file = (folder or cache_folder()) / f"classifier-{city.version}-{_code_version()}.npz"
    model = load(file)
    if model is None:
        model = train(examples(city))
        try:
            save(model, file)
        except OSError:
            return model
    return model


def _code_version() -> str:
    """Changes with the code that decides what a model holds, so that a model of older code isn't read."""
    here = Path(__file__).parent
    digest = hashlib.sha256(str(FORMAT).encode())
    for name in ("corpus.py", "features.py", "training.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()[:8]


def train(texts: Sequence[Example]) -> LinearModel:
    """Train on all texts; needs at least two labels.

    Raises:
        ValueError: fewer than two labels.
    """
    labels = tuple(sorted({example.label for example in texts}))
    if len(labels) < 2:
        raise ValueError("a classifier needs at least two duties")
    model = _fit(texts, labels, UNTESTED_SHARPNESS)
    sharpness, accuracy = _validated(texts, labels)
    return replace(model, sharpness=sharpness, accuracy=accuracy)


def _fit(texts: Sequence[Example], labels: tuple[str, ...], sharpness: float) -> LinearModel:
    # Loaded here: a process that only reads a trained model starts without them
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    counts = [grams(example.text) for example in texts]
    frequency: Counter[str] = Counter(gram for count in counts for gram in count)
    kept = [gram for gram, number in frequency.items() if number >= FEWEST_TEXTS]
    kept = sorted(sorted(kept), key=lambda gram: -frequency[gram])[:MOST_FEATURES]
    features = {gram: row for row, gram in enumerate(kept)}
    idf = np.array([math.log((1 + len(texts)) / (1 + frequency[gram])) + 1 for gram in kept], dtype=np.float32)
    matrix = _matrix(counts, features, idf)
    numbers = {label: number for number, label in enumerate(labels)}
    target = np.array([numbers[example.label] for example in texts])
    weight = np.array([example.weight for example in texts])
    machine = LinearSVC(C=1.0, dual=True, random_state=0, max_iter=3000)
    machine.fit(matrix, target, sample_weight=weight)
    weights, intercept = machine.coef_.T, machine.intercept_
    if len(labels) == 2:
        weights, intercept = np.hstack([-weights, weights]), np.concatenate([-intercept, intercept])
    return LinearModel(
        labels,
        features,
        idf,
        np.ascontiguousarray(weights, dtype=np.float32),
        np.asarray(intercept, dtype=np.float32),
        sharpness,
        float("nan"),
    )


def _matrix(counts: Sequence[Counter[str]], features: dict[str, int], idf: Floats) -> Any:
    from scipy import sparse  # noqa: PLC0415

    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        own = [(features[gram], number) for gram, number in count.items() if gram in features]
        weighted = [math.log1p(number) * float(idf[column]) for column, number in own]
        norm = math.sqrt(sum(value * value for value in weighted)) or 1.0
        rows += [row] * len(own)
        columns += [column for column, _ in own]
        values += [value / norm for value in weighted]
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(counts), len(features)), dtype=np.float64)


def _validated(texts: Sequence[Example], labels: tuple[str, ...]) -> tuple[float, float]:
    """Sharpness and accuracy on held-out wording; defaults where the city has too little of it."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    worded = [example for example in texts if not example.story.startswith("duty:")]
    if len(worded) < FEWEST_FOR_VALIDATION * FOLDS:
        return UNTESTED_SHARPNESS, float("nan")
    numbers = {label: number for number, label in enumerate(labels)}
    decided, truth = [], []
    for fold in range(FOLDS):
        held = [example for example in worded if _fold(example.story) == fold]
        rest = [example for example in texts if example.story.startswith("duty:") or _fold(example.story) != fold]
        model = _fit(rest, labels, UNTESTED_SHARPNESS)
        decided += [model.decide([(example.text, 1.0)]) for example in held]
        truth += [numbers[example.label] for example in held]
    scores, right = np.array(decided, dtype=np.float64), np.array(truth)

    def loss(sharpness: float) -> float:
        scaled = sharpness * (scores - scores.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(right)), right]))

    best = minimize_scalar(loss, bounds=(0.5, 12.0), method="bounded")
    return float(best.x), float(np.mean(scores.argmax(axis=1) == right))


def _fold(story: str) -> int:
    return int(hashlib.sha256(story.encode()).hexdigest(), 16) % FOLDS
