"""The router in the loop of the gate: who would be sent to the model, by classifiers that never heard him.

A classifier that a city made from its own recordings knows those recordings; measured on them it would send everybody
right. So for the gate it is made several times, each time without a part of the recordings, and each recording is
named by the one that lacks it.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from dialect_models.chinese_script import simplify
from dialect_models.evaluation.hearing import HeardUtterance
from dialect_models.identification.classifier import Classifier
from dialect_models.identification.posterior import identify
from dialect_models.identification.training import Heard, train
from dialect_models.wording import witnesses

FOLDS = 5

Name = Callable[[HeardUtterance], HeardUtterance]
"""Names the dialect of an utterance."""


def crossed_classifiers(heard: Sequence[Heard], encoder: str) -> Mapping[str, Classifier]:
    """For each recording a classifier made without it, and without all that is in its fold.

    Raises :class:`dialect_models.identification.training.TrainingError` where fewer than two dialects have enough
    recordings.
    """
    recordings = [one.recording for one in heard]
    labels = [one.label for one in heard]
    folds = StratifiedGroupKFold(min(FOLDS, len(set(recordings))), shuffle=True, random_state=0)
    found: dict[str, Classifier] = {}
    with warnings.catch_warnings():
        # Dialects of few recordings are in few folds; none is trained on.
        warnings.filterwarnings("ignore", message="The least populated class")
        for seen, left_out in folds.split(np.zeros(len(heard)), labels, recordings):
            classifier = train([heard[i] for i in seen], encoder).classifier
            found |= {recordings[i]: classifier for i in left_out}
    return found


def namer(classifiers: Mapping[str, Classifier], shares: Mapping[str, float] | None) -> Name:
    """Names utterances by sound and words; ``shares`` are those of the callers, the classifier's when not given."""

    def name(one: HeardUtterance) -> HeardUtterance:
        heard, classifier = one.heard, classifiers.get(one.utterance.recording)
        odds, mix = None, shares
        if classifier and heard.sound and classifier.judges(heard.model, heard.sound):
            odds, mix = classifier.log_probabilities(heard.sound), shares or classifier.shares
        label = identify(mix, odds, witnesses(simplify(heard.raw))).label
        return replace(one, heard=replace(heard, dialect=label))

    return name
