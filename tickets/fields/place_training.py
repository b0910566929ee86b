"""Training of the choice among the places that a call names, from calls with their tickets."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields import logit
from tickets.fields.place import ASKS_WHERE, mentions, weigh
from tickets.fields.place_choice import BITS, PENALTY, Named, describe


def train_choice(calls: Sequence[tuple[Conversation, Mapping[str, Any]]], gazetteer: Gazetteer) -> logit.Ranker:
    """Train on calls and what their tickets hold.

    Raises:
        KeyError: a ticket lacks its place.
    """
    known = []
    for conversation, gold in calls:
        candidates = weigh(mentions(conversation, gazetteer)).candidates
        right = _right(candidates, gold["place"])
        if candidates and right.any():
            known.append((describe(conversation, candidates, ASKS_WHERE), right))
    return logit.train(known, BITS, PENALTY)


def _right(candidates: Sequence[Named], place: Mapping[str, Any] | None) -> NDArray[np.float64]:
    """1 for the place of the ticket, or for there being none; all 0 where the call doesn't name it."""
    wanted = tuple((place or {}).get(name) or None for name in ("name", "district", "street"))
    found = [(item.place.name, item.place.district, item.place.street or None) == wanted for item in candidates]
    return np.array([*found, wanted[0] is None], dtype=np.float64)
