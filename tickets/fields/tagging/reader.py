"""Reads the detail of the place and the party's name with the packaged models."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tickets.conversation import Conversation
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.fields.logit import Described, Ranker
from tickets.fields.place import MatterPlace
from tickets.fields.tagging.candidates import Candidate, Candidates, Stretch, detail_candidates, party_candidates
from tickets.fields.tagging.crf import Tagger
from tickets.fields.tagging.features import Encoded, encode
from tickets.fields.tagging.ranking import Description

FieldName = Literal["detail", "party"]
FIELDS: tuple[FieldName, ...] = ("detail", "party")
_IN_WORDS = re.compile(
    r"(?<![0-9A-Za-z])([1-9])(?=[\u4e00-\u9fff])(?![号单楼栋座组层社家个班间根排里幢弄区条户棵盏路台队米车门道室院栏至到与和])"
    r"|(?<=[初高])([1-3])(?=[0-9]{1,2}班)"
)
"""A digit that is part of a word (五金, 二期, 第二医院) or a year of school, not a number that tells things apart."""
_GROUPS = re.compile(r"(?<=[组社队])(?=[0-9]+[组社队])")


@dataclass(frozen=True)
class FieldModels:
    """One tagger of the words of both fields, and of each field what chooses among what they may be.

    ``common`` tells in how many calls of the training set each pair of characters stands.
    """

    common: NDArray[np.uint16]
    tagger: Tagger
    rankers: Mapping[FieldName, Ranker]


def candidates_of(
    field: FieldName,
    encoded: Encoded,
    chances: NDArray[np.float64],
    naming: NDArray[np.float64],
    place: MatterPlace,
) -> Candidates:
    """What the field may hold, from each character's chance to belong to it and to name the party."""
    if field == "party":
        return party_candidates(encoded, chances)
    on_road = place.place is not None and place.place.kind == "road"
    return detail_candidates(encoded, chances, naming, on_road=on_road)


class FieldReader:
    """Reads fields of one call; what both look at is made once."""

    def __init__(self, models: FieldModels, conversation: Conversation, place: MatterPlace) -> None:
        self._models, self._conversation, self._place = models, conversation, place
        self._encoded = encode(conversation, place, models.common)
        inside = models.tagger.inside(self._encoded.codes, self._encoded.clauses)
        self._chances: dict[FieldName, NDArray[np.float64]] = dict(zip(FIELDS, inside.T, strict=True))

    def detail(self, disposition: str) -> Found[str | None]:
        """The rest of the place beyond its name, in a ticket's form; None where the call says no more.

        Args:
            disposition: what is done with the call.
        """
        if self._place.place is None:
            return Found(None)
        return self._read("detail", disposition, lambda chosen: detail_as_written(chosen.text))

    def party(self, disposition: str) -> Found[str | None]:
        """The party's name as said in the call, None where it is called only by its kind or the matter has none."""
        return self._read("party", disposition, self._as_said)

    def _read(self, field: FieldName, disposition: str, written: Callable[[Candidate], str]) -> Found[str | None]:
        candidates = candidates_of(field, self._encoded, self._chances[field], self._chances["party"], self._place)
        if not candidates.found:
            return Found(None)
        described: list[Described] = Description(
            self._encoded, self._conversation, self._place, candidates, disposition
        ).all()
        shares = self._models.rankers[field].shares(described)
        best = int(shares.argmax())
        if best == len(candidates.found):
            return Found(None, certainty=float(shares[best]))
        chosen = candidates.found[best]
        stretches = chosen.stretches[:2] or chosen.parts
        return Found(written(chosen), distinct(map(self._cited, stretches)), float(shares[best]))

    def _cited(self, stretch: Stretch) -> Evidence:
        spans = self._encoded.turns[stretch.turn].spans
        return cite(self._conversation.call, stretch.turn, spans[stretch.start][0], spans[stretch.end - 1][1])

    def _as_said(self, candidate: Candidate) -> str:
        return self._cited(candidate.stretches[0]).words


def detail_as_written(normal: str) -> str:
    """A detail in normal digits as a ticket writes it: digits that are part of a word as characters, groups apart."""
    named = _IN_WORDS.sub(lambda match: "零一二三四五六七八九"[int(match[1] or match[2])], normal)
    return _GROUPS.sub("、", named)


@lru_cache(maxsize=1)
def packaged_models() -> FieldModels:
    """The models that come with the package.

    Raises:
        OSError: the file is missing.
        ValueError: the file is not what was packaged, or was made by other code.
    """
    from tickets.fields.tagging.store import PACKAGED, load  # noqa: PLC0415 - the store needs FieldModels

    return load(PACKAGED)
