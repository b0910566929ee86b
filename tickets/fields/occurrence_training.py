"""Training of the choice among the days and hours that a call names, from calls with their tickets."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tickets.conversation import Conversation
from tickets.fields import logit
from tickets.fields.occurrence import dated
from tickets.fields.occurrence_choice import BITS, PENALTY, describe


def train_choice(calls: Sequence[tuple[Conversation, Mapping[str, Any]]]) -> logit.Ranker:
    """Train on calls and what their tickets hold; a call without a matter teaches nothing.

    Raises:
        KeyError: a ticket lacks ``occurred`` or ``disposition``.
    """
    known = []
    for conversation, gold in calls:
        called_at = conversation.call.started_at
        if called_at is None or gold["disposition"] == "none":
            continue
        called_at = called_at.replace(tzinfo=None)
        candidates = dated(conversation, called_at)
        right = np.array([*(item.iso == gold["occurred"] for item in candidates), gold["occurred"] is None], np.float64)
        if candidates and right.any():
            known.append((describe(conversation, called_at, candidates), right))
    return logit.train(known, BITS, PENALTY)
