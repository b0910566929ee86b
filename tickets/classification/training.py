"""Train a city's classifiers: linear models on TF-IDF n-grams of utterances and made-up calls.

One-against-rest linear support vectors are the usual strong baseline for short Chinese texts (Fan et al., LIBLINEAR,
JMLR 2008). Words of a dictionary, naive Bayes beside them and sentence embeddings were measured and left out: see the
ablation in benchmarks.md.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickets.city.model import City
from tickets.classification.alarm import DangerModels
from tickets.classification.confirmed import ConfirmedCall, confirmed_calls
from tickets.classification.corpus import Example, Wording, danger_examples, matter_examples, operator_examples
from tickets.classification.features import weighted_grams
from tickets.classification.model import Floats, LinearModel
from tickets.classification.rehearsal import Talk

SVM_COST = 0.5
FEWEST_TEXTS = 2
MOST_FEATURES = 40_000
UNTESTED_SHARPNESS = 2.0
LARGEST_WEIGHT = 127


@dataclass(frozen=True)
class Classifiers:
    """What a city's wording taught: ``matter`` tells duties apart, ``danger`` emergencies from the rest."""

    matter: LinearModel
    danger: DangerModels | None


def train_classifiers(
    city: City,
    wording: Wording | None = None,
    talk: Talk | None = None,
    confirmed: Sequence[ConfirmedCall] | None = None,
) -> Classifiers:
    """Train on a city's duty list, wording and confirmed calls.

    Args:
        city: whose duties are told apart.
        wording: the wording to train on, all of the city's when None.
        talk: what is said whatever the matter, all of the language's when None.
        confirmed: calls with their answers, all of the city's when None.

    Raises:
        ValueError: fewer than two duties.
        CityError: a confirmed call can't be read.
    """
    wording = city.wording if wording is None else wording
    talk = Talk.all() if talk is None else talk
    confirmed = confirmed_calls(city) if confirmed is None else confirmed
    matter = train(matter_examples(city, wording, talk, confirmed))
    if not any(duty.level == "emergency" for duty in city.duties):
        return Classifiers(matter, None)
    citizen = train(danger_examples(city, wording, talk.chatter, confirmed))
    operator = train(operator_examples(city, talk.acting, talk.asking, confirmed))
    return Classifiers(matter, DangerModels(citizen, operator))


def train(texts: Sequence[Example]) -> LinearModel:
    """Train on labelled texts with weights; the sharpness of shares is found later, on calls (``validation.py``).

    Raises:
        ValueError: fewer than two labels.
    """
    # Loaded here: a process that only reads a trained model starts without it
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    labels = tuple(sorted({example.label for example in texts}))
    if len(labels) < 2:
        raise ValueError("a classifier needs at least two duties")
    counts = [
        weighted_grams([(example.text, 1.0)] if isinstance(example.text, str) else example.text) for example in texts
    ]
    frequency: Counter[str] = Counter(gram for count in counts for gram in count)
    kept = sorted((gram for gram, number in frequency.items() if number >= FEWEST_TEXTS), key=_by(frequency))
    features = {gram: row for row, gram in enumerate(kept[:MOST_FEATURES])}
    idf = np.array([math.log((1 + len(texts)) / (1 + frequency[gram])) + 1 for gram in features], dtype=np.float32)
    numbers = {label: number for number, label in enumerate(labels)}
    target = np.array([numbers[example.label] for example in texts])
    weight = np.array([example.weight for example in texts])
    machine = LinearSVC(C=SVM_COST, random_state=0, max_iter=3000)
    machine.fit(_matrix(counts, features, idf), target, sample_weight=weight)
    weights, intercept = machine.coef_.T, machine.intercept_
    if len(labels) == 2:
        weights, intercept = np.hstack([-weights, weights]), np.concatenate([-intercept, intercept])
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / LARGEST_WEIGHT
    return LinearModel(
        labels,
        features,
        idf,
        np.ascontiguousarray(np.rint(weights / scale), dtype=np.int8),
        np.asarray(scale, dtype=np.float32),
        np.asarray(intercept, dtype=np.float32),
        UNTESTED_SHARPNESS,
    )


def _by(frequency: Counter[str]) -> Any:
    return lambda gram: (-frequency[gram], gram)


def _matrix(counts: Sequence[Mapping[str, float]], features: dict[str, int], idf: NDArray[np.float32]) -> Any:
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


def sharpness_of(decided: Floats, truth: NDArray[np.int64]) -> float:
    """The sharpness at which softmax shares of held-out decisions fit best (temperature; Guo et al., ICML 2017)."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    def loss(sharpness: float) -> float:
        scaled = sharpness * (decided - decided.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]))

    return round(float(minimize_scalar(loss, bounds=(0.2, 60.0), method="bounded").x), 3)
