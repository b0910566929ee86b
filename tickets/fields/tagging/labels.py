"""Where the words of a ticket's field stand in its call: labels to train a tagger on, by local alignment."""

import re
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from tickets.fields.tagging.crf import BEGIN, INSIDE
from tickets.fields.tagging.features import Encoded
from tickets.fields.tagging.normalised import normalise

_RUN, _ALONE = 1.0, 0.55
_UNSAID, _SKIPPED, _NEXT_SENTENCE = 0.45, 0.12, 0.3
_SENTENCE_ENDS = frozenset("。？！")
_NUMBERED = re.compile(r"[0-9]+(?:号楼|栋|幢|座|弄|单元|楼|层|号|组|社|队)|[0-9]{3,4}(?![0-9米])")
_LONGEST_TURN = 400
_SHARE_OF_DETAIL, _SHARE_OF_PARTY, _SHARE_BESIDE_PARTY = 0.55, 0.55, 0.75
_GAP = 12
_LEAST_REPEATED = 3


def as_said(value: str) -> str:
    """A ticket's value in the form in which it is looked for in a call: normal digits and words, no brackets."""
    return re.sub(r"[\s()()]", "", normalise(value).text)


def align(wanted: str, said: str) -> list[int]:
    """Characters of ``said`` that best hold ``wanted``, in order, with gaps on either side (Smith–Waterman)."""
    best, at = 0.0, (0, 0)
    score = [[0.0] * (len(said) + 1) for _ in range(len(wanted) + 1)]
    move = [[0] * (len(said) + 1) for _ in range(len(wanted) + 1)]
    for i, character in enumerate(wanted, 1):
        for j, heard in enumerate(said, 1):
            value, step = 0.0, 0
            if character == heard:
                value, step = score[i - 1][j - 1] + (_RUN if move[i - 1][j - 1] == 1 else _ALONE), 1
            skipped = score[i][j - 1] - (_NEXT_SENTENCE if heard in _SENTENCE_ENDS else _SKIPPED)
            if skipped > value:
                value, step = skipped, 2
            unsaid = score[i - 1][j] - _UNSAID
            if unsaid > value:
                value, step = unsaid, 3
            score[i][j], move[i][j] = value, step
            if value > best:
                best, at = value, (i, j)
    path, (i, j) = [], at
    while i and j and score[i][j] > 0:
        if move[i][j] == 1:
            path.append(j - 1)
        i, j = i - (move[i][j] != 2), j - (move[i][j] != 3)
    return path[::-1]


def _aligned(encoded: Encoded, wanted: str) -> list[list[int]]:
    return [align(wanted, turn.text) if len(turn.text) < _LONGEST_TURN else [] for turn in encoded.turns]


def detail_labels(encoded: Encoded, detail: str | None) -> NDArray[np.int64]:
    """Labels of the characters that say the detail of the place.

    They stand in each turn that says most of it, and in any other turn that says a part of it.
    """
    labels = np.zeros(len(encoded.codes), np.int64)
    if not detail:
        return labels
    wanted = as_said(detail)
    paths = _aligned(encoded, wanted)
    most = max(map(len, paths), default=0)
    enough = [
        len(path) >= min(2, len(wanted)) and (len(path) >= _SHARE_OF_DETAIL * len(wanted) or len(path) == most)
        for path in paths
    ]
    unsaid = _unsaid(
        wanted,
        [
            "".join(turn.text[index] for index in path)
            for turn, path, said in zip(encoded.turns, paths, enough, strict=True)
            if said
        ],
    )
    for turn, start, path, said in zip(encoded.turns, encoded.starts, paths, enough, strict=True):
        marked = set(path) if said else set()
        for number in _NUMBERED.findall(wanted):
            for match in re.finditer(rf"(?<![0-9]){re.escape(number)}(?![0-9])", turn.text):
                marked.update(range(*match.span()))
        for part in unsaid:
            for match in re.finditer(re.escape(part), turn.text):
                marked.update(range(*match.span()))
        if len(turn.text) < _LONGEST_TURN:
            marked.update(_repeated(wanted, turn.text))
        previous = -_GAP
        for index in sorted(marked):
            near = any(other in marked for other in range(index - 3, index + 4) if other != index)
            if near or len(wanted) == 1:
                labels[start + index] = BEGIN if index - previous >= _GAP else INSIDE
                previous = index
    return labels


def _unsaid(wanted: str, said: list[str]) -> list[str]:
    """Stretches of at least two characters of ``wanted`` that none of the turns which say most of it say."""
    held: set[int] = set()
    for characters in said:
        at = 0
        for character in characters:
            found = wanted.find(character, at)
            if found >= 0:
                held.add(found)
                at = found + 1
    runs = "".join("\n" if index in held else character for index, character in enumerate(wanted)).split("\n")
    return [run for run in runs if len(run) >= 2]


def _repeated(wanted: str, text: str) -> set[int]:
    """Where ``text`` says at least three characters of ``wanted`` in a row."""
    blocks = SequenceMatcher(None, wanted, text, autojunk=False).get_matching_blocks()
    return {
        index
        for block in blocks
        if block.size >= _LEAST_REPEATED and not text[block.b : block.b + block.size].isdigit()
        for index in range(block.b, block.b + block.size)
    }


def party_labels(encoded: Encoded, party: str | None) -> NDArray[np.int64]:
    """Labels of the characters that name the party, wherever it is named."""
    labels = np.zeros(len(encoded.codes), np.int64)
    if not party:
        return labels
    wanted = as_said(party)
    whole = any(wanted in turn.text for turn in encoded.turns)
    for turn, start, path in zip(encoded.turns, encoded.starts, _aligned(encoded, wanted), strict=True):
        found = [list(range(*match.span())) for match in re.finditer(re.escape(wanted), turn.text)]
        least = (_SHARE_BESIDE_PARTY if whole else _SHARE_OF_PARTY) * len(wanted)
        if not found and len(path) >= max(2.0, least) and path[-1] - path[0] < len(path) + 4:
            found = [path]
        for name in found:
            labels[start + np.array(name)] = INSIDE
            labels[start + name[0]] = BEGIN
    return labels
