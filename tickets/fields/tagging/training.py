"""Training of the tagger and ranker of both fields from calls with their tickets, always the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields import logit
from tickets.fields.logit import Described, Ranker
from tickets.fields.place import MatterPlace, locate, mentions
from tickets.fields.place_training import train_choice
from tickets.fields.tagging import crf, ranking
from tickets.fields.tagging.features import PAIR_BITS, Encoded, encode
from tickets.fields.tagging.labels import as_said, detail_labels, party_labels
from tickets.fields.tagging.reader import FIELDS, FieldModels, FieldName, candidates_of

FOLDS = 4
RANKED_BITS = 16
ENOUGH: Mapping[FieldName, float] = {"detail": 0.8, "party": 0.6}
"""Least similarity of a candidate to the ticket's value to count as right."""
_NEARLY = 0.5
Chances = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A call with what its ticket holds."""

    conversation: Conversation
    place: MatterPlace
    disposition: str
    wanted: Mapping[FieldName, str | None]


def examples_of(calls: Sequence[tuple[Conversation, Mapping[str, Any]]], gazetteer: Gazetteer) -> list[Example]:
    """Calls with their tickets as examples, each with the place that a choice which hasn't seen the call gives.

    Raises:
        KeyError: a ticket lacks a field.
    """
    found: dict[int, Example] = {}
    for fold in range(FOLDS):
        choice = train_choice([call for index, call in enumerate(calls) if index % FOLDS != fold], gazetteer)
        for index in range(fold, len(calls), FOLDS):
            conversation, gold = calls[index]
            found[index] = example(conversation, gold, gazetteer, choice)
    return [found[index] for index in range(len(calls))]


def example(
    conversation: Conversation, gold: Mapping[str, Any], gazetteer: Gazetteer, choice: Ranker | None = None
) -> Example:
    """A call with its ticket as an example.

    Args:
        conversation: the call.
        gold: its ticket.
        gazetteer: names of places.
        choice: how the place is chosen, as packaged when None.

    Raises:
        KeyError: the ticket lacks a field.
    """
    wanted: dict[FieldName, str | None] = {
        "detail": (gold["place"] or {}).get("detail"),
        "party": gold["party"],
    }
    place = locate(conversation, mentions(conversation, gazetteer), choice)
    return Example(conversation, place, gold["disposition"], wanted)


def train(examples: Sequence[Example]) -> FieldModels:
    """Train the models of both fields."""
    encoded, common = encoded_unseen(examples)
    party, naming = tagged("party", examples, encoded)
    detail, telling = tagged("detail", examples, encoded)
    return FieldModels(
        common,
        crf.beside([{"detail": detail, "party": party}[field] for field in FIELDS]),
        {
            "detail": _ranker("detail", examples, encoded, telling, naming),
            "party": _ranker("party", examples, encoded, naming, naming),
        },
    )


def encoded_unseen(examples: Sequence[Example]) -> tuple[list[Encoded], NDArray[np.uint16]]:
    """Each call as one that was never seen, and in how many calls each pair of characters stands."""
    bare = [np.unique(encode(each.conversation, each.place, None).pairs) for each in examples]
    common = np.zeros(1 << PAIR_BITS, np.uint16)
    for pairs in bare:
        common[pairs] += 1
    encoded = []
    for each, pairs in zip(examples, bare, strict=True):
        # A pair's count in the other calls, as in a call never seen
        others = common.copy()
        others[pairs] -= 1
        encoded.append(encode(each.conversation, each.place, others))
    return encoded, common


def tagged(
    field: FieldName, examples: Sequence[Example], encoded: Sequence[Encoded]
) -> tuple[crf.Tagger, list[Chances]]:
    """A tagger, and the chances that one which hasn't seen a call gives to it, from which the ranker learns."""
    find = detail_labels if field == "detail" else party_labels
    labels = [find(call, each.wanted[field]) for each, call in zip(examples, encoded, strict=True)]
    unseen: dict[int, Chances] = {}
    for fold in range(FOLDS):
        seen = [index for index in range(len(examples)) if index % FOLDS != fold]
        tagger = _tagger([encoded[index] for index in seen], [labels[index] for index in seen])
        for index in range(fold, len(examples), FOLDS):
            unseen[index] = tagger.inside(encoded[index].codes, encoded[index].clauses)[:, 0]
    return _tagger(encoded, labels), [unseen[index] for index in range(len(examples))]


def _ranker(
    field: FieldName,
    examples: Sequence[Example],
    encoded: Sequence[Encoded],
    chances: Sequence[Chances],
    naming: Sequence[Chances],
) -> Ranker:
    choices = (_choice(field, *told) for told in zip(examples, encoded, chances, naming, strict=True))
    return logit.train([choice for choice in choices if choice is not None], RANKED_BITS)


def _tagger(encoded: Sequence[Encoded], labels: Sequence[NDArray[np.int64]]) -> crf.Tagger:
    clauses, offset = [], 0
    for call in encoded:
        clauses.append(call.clauses + offset)
        offset += int(call.clauses.max(initial=0)) + 1
    return crf.train(np.concatenate([call.codes for call in encoded]), np.concatenate(clauses), np.concatenate(labels))


def _choice(
    field: FieldName, each: Example, encoded: Encoded, chances: Chances, naming: Chances
) -> tuple[list[Described], NDArray[np.float64]] | None:
    """What is told of a call's candidates and how right each is; None where there is nothing to choose or learn."""
    if field == "detail" and each.place.place is None:
        return None
    candidates = candidates_of(field, encoded, chances, naming, each.place)
    value = each.wanted[field]
    wanted = as_said(value) if value else None
    right = np.array(
        [_rightness(wanted, item.text, ENOUGH[field]) for item in candidates.found] + [float(wanted is None)]
    )
    if not candidates.found or not right.any():
        return None
    return ranking.Description(encoded, each.conversation, each.place, candidates, each.disposition).all(), right


def _rightness(wanted: str | None, text: str, enough: float) -> float:
    if wanted is None:
        return 0.0
    if text == wanted:
        return 1.0
    return _NEARLY if SequenceMatcher(None, wanted, text).ratio() >= enough else 0.0
