"""Train a city's classifiers: linear models on TF-IDF n-grams, sharpness by cross-validation over stories.

One-against-rest linear support vectors are the usual strong baseline for short Chinese texts (Fan et al., LIBLINEAR,
JMLR 2008); complement naive Bayes (Rennie et al., ICML 2003) steadies them on long calls; decision values become
probabilities by one temperature (Guo et al., ICML 2017) found on held-out folds.
"""

import hashlib
import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickets.city.model import City
from tickets.classification.corpus import Example, danger_examples, matter_examples
from tickets.classification.features import grams
from tickets.classification.model import FORMAT, Floats, LinearModel, load, save

FOLDS = 3
STORY_LINES = 3
SVM_COST = 0.5
BAYES_SMOOTHING = 0.3
FEWEST_TEXTS = 2
MOST_FEATURES = 60_000
FEWEST_FOR_VALIDATION = 4
UNTESTED_SHARPNESS = 2.0


def cache_folder() -> Path:
    """Where trained models are kept: ``$XDG_CACHE_HOME/hotline-intake`` or ``~/.cache/hotline-intake``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "hotline-intake"


@dataclass(frozen=True)
class CityModels:
    """What a city's wording taught: ``matter`` tells duties apart, ``danger`` emergencies from the rest."""

    matter: LinearModel
    danger: LinearModel | None


def city_models(city: City, folder: Path | None = None) -> CityModels:
    """The city's models: read from the cache where this very content was trained before, else trained and kept."""
    matter = _cached("matter", city, folder, lambda: train(matter_examples(city)))
    if not any(duty.level == "emergency" for duty in city.duties):
        return CityModels(matter, None)
    return CityModels(matter, _cached("danger", city, folder, lambda: train(danger_examples(city), bayes_share=0.0)))


def _cached(name: str, city: City, folder: Path | None, make: Callable[[], LinearModel]) -> LinearModel:
    file = (folder or cache_folder()) / f"{name}-{city.version}-{_code_version()}.npz"
    model = load(file)
    if model is None:
        model = make()
        try:
            save(model, file)
        except OSError:
            # A read-only home: trained again at the next start
            return model
    return model


def _code_version() -> str:
    """Changes with the code that decides what a model holds, so that a model of older code isn't read."""
    here = Path(__file__).parent
    digest = hashlib.sha256(str(FORMAT).encode())
    for name in ("corpus.py", "features.py", "training.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()[:8]


def train(texts: Sequence[Example], bayes_share: float = 1.0) -> LinearModel:
    """Train on all texts; needs at least two labels.

    Args:
        texts: labelled texts with weights.
        bayes_share: how much complement naive Bayes counts beside the support vectors (both are linear: one model).

    Raises:
        ValueError: fewer than two labels.
    """
    labels = tuple(sorted({example.label for example in texts}))
    if len(labels) < 2:
        raise ValueError("a classifier needs at least two duties")
    model = _fit(texts, labels, bayes_share)
    sharpness, accuracy = _validated(texts, labels, bayes_share)
    return replace(model, sharpness=sharpness, accuracy=accuracy)


def _fit(texts: Sequence[Example], labels: tuple[str, ...], bayes_share: float) -> LinearModel:
    # Loaded here: a process that only reads a trained model starts without it
    from sklearn.naive_bayes import ComplementNB  # noqa: PLC0415
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
    machine = LinearSVC(C=SVM_COST, random_state=0, max_iter=3000).fit(matrix, target, sample_weight=weight)
    weights, intercept = machine.coef_.T, machine.intercept_
    if len(labels) == 2:
        weights, intercept = np.hstack([-weights, weights]), np.concatenate([-intercept, intercept])
    if bayes_share:
        bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(matrix, target, sample_weight=weight)
        other = bayes.feature_log_prob_.T
        if len(labels) == 2:
            other = other[:, :2]
        # Each is scaled to the same spread over the labels, then they add up
        first, second = _spread(matrix @ weights + intercept), _spread(matrix @ other)
        weights = weights / first + bayes_share * other / second
        intercept = intercept / first
    return LinearModel(
        labels,
        features,
        idf,
        np.ascontiguousarray(weights, dtype=np.float32),
        np.asarray(intercept, dtype=np.float32),
        UNTESTED_SHARPNESS,
        float("nan"),
    )


def _spread(scores: NDArray[np.float64]) -> float:
    return float(scores.std(axis=1).mean()) or 1.0


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


def _validated(texts: Sequence[Example], labels: tuple[str, ...], bayes_share: float) -> tuple[float, float]:
    """Sharpness and accuracy on held-out wording, three utterances a story; defaults without it."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    worded = [example for example in texts if not example.story.startswith("duty:")]
    if len(worded) < FEWEST_FOR_VALIDATION * FOLDS:
        return UNTESTED_SHARPNESS, float("nan")
    numbers = {label: number for number, label in enumerate(labels)}
    decided, truth = [], []
    for fold in range(FOLDS):
        held: dict[str, list[str]] = {}
        for example in worded:
            if _fold(example.story) == fold:
                held.setdefault(example.label, []).append(example.text)
        rest = [example for example in texts if example.story.startswith("duty:") or _fold(example.story) != fold]
        if {example.label for example in rest} != set(labels):
            continue
        model = _fit(rest, labels, bayes_share)
        for label, said in held.items():
            for start in range(0, len(said), STORY_LINES):
                decided.append(model.decide([(line, 1.0) for line in said[start : start + STORY_LINES]]))
                truth.append(numbers[label])
    if not decided:
        return UNTESTED_SHARPNESS, float("nan")
    scores, right = np.array(decided, dtype=np.float64), np.array(truth)

    def loss(sharpness: float) -> float:
        scaled = sharpness * (scores - scores.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(right)), right]))

    best = minimize_scalar(loss, bounds=(0.2, 12.0), method="bounded")
    return float(best.x), float(np.mean(scores.argmax(axis=1) == right))


def _fold(story: str) -> int:
    return int(hashlib.sha256(story.encode()).hexdigest(), 16) % FOLDS
