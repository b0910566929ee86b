"""How likely each dialect is, from what is known before the call, the sound and the words.

Bayes' rule over the labels: the share of callers who speak a dialect, times how much likelier it makes the sound, times
how much likelier it makes the words. Nothing is named that is not likely enough: to hear a citizen with the model of
the wrong dialect is worse than to hear him with the general one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dialect_models.labels import LABELS, UNKNOWN

CERTAIN = 0.8
"""Probability from which a dialect is named."""

DEFAULT_SHARES = {"mandarin": 0.5}
"""Shares of callers where nothing is known of the region: half speak Mandarin, the others any dialect alike."""

LEAST_REST = 0.05
"""Share that stays for the dialects that no share is given for: somebody from elsewhere calls everywhere."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The dialect with its probability 0…1, and that of every label.

    ``unknown`` has the probability 0: nothing is claimed.
    """

    label: str
    probability: float
    posterior: Mapping[str, float]


def prior(shares: Mapping[str, float] | None) -> dict[str, float]:
    """The probability of each label before anything is heard; what ``shares`` leave is spread evenly over the rest.

    Raises :class:`ValueError` where a label is not known or a share is not between 0 and 1.
    """
    given = dict(shares or DEFAULT_SHARES)
    for label, share in given.items():
        if label not in LABELS:
            raise ValueError(f"{label!r} is no dialect label; write one of {', '.join(LABELS)}")
        if not 0 <= share <= 1:
            raise ValueError(f"the share of {label} is {share}; write a number from 0 to 1")
    rest = [label for label in LABELS if label not in given]
    whole = sum(given.values())
    if not whole and not rest:
        raise ValueError("every dialect has the share 0")
    left = max(1 - whole, LEAST_REST) if rest else 0.0
    scale = (1 - left) / whole if whole and (whole + left > 1 or not rest) else 1.0
    found = {label: share * scale for label, share in given.items()} | dict.fromkeys(rest, left / max(1, len(rest)))
    return {label: found[label] for label in LABELS}


def identify(
    shares: Mapping[str, float] | None, sound: Mapping[str, float] | None, words: Mapping[str, float]
) -> Identified:
    """The dialect that prior, sound and words make likely enough, else ``unknown``.

    ``sound`` is the log-probability of the labels that a classifier knows, each label as likely as the other
    beforehand; ``words`` the log-likelihood ratio of the words against Mandarin (nats).
    Raises :class:`ValueError` as :func:`prior` does.
    """
    scores = {label: math.log(share) if share else -math.inf for label, share in prior(shares).items()}
    if sound:
        # A dialect that the classifier never heard sounds like any that it knows, as far as it can tell.
        average = -math.log(len(sound))
        scores = {label: score + sound.get(label, average) for label, score in scores.items()}
    scores = {label: score + words.get(label, 0.0) for label, score in scores.items()}
    highest = max(scores.values())
    weights = {label: math.exp(score - highest) for label, score in scores.items()}
    whole = sum(weights.values())
    posterior = {label: weight / whole for label, weight in weights.items()}
    best = max(posterior, key=posterior.__getitem__)
    if best == UNKNOWN or posterior[best] < CERTAIN:
        return Identified(UNKNOWN, 0.0, posterior)
    return Identified(best, posterior[best], posterior)
