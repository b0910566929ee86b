"""What each character of a call adds to a duty's score: the linear model taken apart, nothing left out.

The score of a duty is its intercept plus the sum over n-grams of weight × value. Each n-gram's part goes to the places
where it stands, by their weight, and there to its characters in equal shares, so that the parts of all characters of a
call and the intercept add up to the score.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickets.classification import features
from tickets.classification.features import LONGEST_GRAM, weighted_grams
from tickets.classification.model import LinearModel

Span = tuple[int, int]
Gram = tuple[str, int, int]
"""An n-gram and the characters start…end (exclusive) of the text that it stands on."""


@dataclass(frozen=True)
class Contributions:
    """``by_turn[i]`` has a row a character of text ``i`` and a column a label; ``intercept`` one value a label."""

    labels: tuple[str, ...]
    by_turn: tuple[NDArray[np.float64], ...]
    intercept: NDArray[np.float64]

    @property
    def scores(self) -> NDArray[np.float64]:
        """The decision value of each label."""
        parts = [turn.sum(axis=0) for turn in self.by_turn if len(turn)]
        return np.asarray(self.intercept + sum(parts, np.zeros(len(self.labels))), dtype=np.float64)


def contributions(model: LinearModel, texts: Sequence[tuple[str, float]], labels: Sequence[str]) -> Contributions:
    """Take the scores of some labels apart.

    Args:
        model: what decided.
        texts: the texts with their weights, as it was given them.
        labels: of the model, those of interest.
    """
    columns = [model.labels.index(label) for label in labels]
    total = weighted_grams(texts)
    rows = {gram: model.features[gram] for gram in total if gram in model.features}
    values = {gram: float(np.log1p(np.float32(total[gram])) * model.idf[row]) for gram, row in rows.items()}
    norm = float(np.sqrt(sum(value * value for value in values.values()))) or 1.0
    # What one occurrence of weight 1 adds.
    scaled = {
        gram: model.weights[row, columns].astype(np.float64) * model.scale[columns] * values[gram] / norm / total[gram]
        for gram, row in rows.items()
        if total[gram]
    }
    by_turn = []
    for text, weight in texts:
        placed = [(gram, start, end) for gram, start, end in grams_with_places(text) if gram in scaled]
        # Running sums of what begins and ends at each character.
        steps = np.zeros((len(text) + 1, len(columns)))
        if placed:
            starts, ends = np.array([item[1:] for item in placed]).T
            each = weight * np.array([scaled[gram] for gram, _, _ in placed]) / (ends - starts)[:, None]
            np.add.at(steps, starts, each)
            np.subtract.at(steps, ends, each)
        by_turn.append(np.cumsum(steps, axis=0)[:-1])
    return Contributions(tuple(labels), tuple(by_turn), model.intercept[columns].astype(np.float64))


def grams_with_places(text: str) -> Iterator[Gram]:
    """The n-grams of ``features.grams`` with the characters of the text that each stands on."""
    masked, places = masked_with_places(text)
    start = 0
    for end in [*(match.start() for match in _breaks(masked)), len(masked)]:
        clause = masked[start:end]
        if clause:
            yield from _clause_grams(clause, places[start:end])
        start = end + 1


def _breaks(masked: str) -> Iterator[re.Match[str]]:
    return (match for match in _BREAK_CHARACTER.finditer(masked))


_BREAK_CHARACTER = re.compile(r"[^\u4e00-\u9fffA-Za-z#]")


def _clause_grams(clause: str, places: Sequence[Span]) -> Iterator[Gram]:
    padded = f"^{clause}$"
    last = len(clause) - 1
    for length in range(1, LONGEST_GRAM + 1):
        for start in range(len(padded) - length + 1):
            gram = padded[start : start + length]
            if gram in {"^", "$"}:
                continue
            # The edges of a clause stand on no character.
            first = places[max(0, start - 1)]
            final = places[min(last, start + length - 2)]
            yield gram, first[0], final[1]


def masked_with_places(text: str) -> tuple[str, list[Span]]:
    """``features.masked`` with the characters of the text that each character of it stands for."""
    characters: list[str] = []
    places: list[Span] = []
    for piece, start, end in _replaced(text[: features.MOST_CHARACTERS]):
        characters.append(piece)
        places.append((start, end))
    kept = "".join(characters)
    gone = [False] * len(kept)
    for match in features._EMPTY.finditer(kept):
        gone[match.start() : match.end()] = [True] * (match.end() - match.start())
    pairs = [(each, place) for each, place, left_out in zip(kept, places, gone, strict=True) if not left_out]
    return "".join(each for each, _ in pairs), [place for _, place in pairs]


def _replaced(text: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    for match in features._NUMBER.finditer(text):
        yield from ((text[index], index, index + 1) for index in range(at, match.start()))
        yield "#", match.start(), match.end()
        at = match.end()
    yield from ((text[index], index, index + 1) for index in range(at, len(text)))
