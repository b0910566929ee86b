"""How alike two Mandarin syllables sound over a telephone.

The band of 300 to 3400 Hz takes from consonants what tells them apart: fricatives and affricates lose their noise,
stops their burst. Vowels stay. Distances follow the manner of articulation of the initial and the nucleus, medial and
ending of the final (黄伯荣、廖序东《现代汉语》, chapter 语音); tones are left out, the recogniser mistakes them freely.
"""

import re

import numpy as np
import numpy.typing as npt

Distances = npt.NDArray[np.float32]

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_AFTER_Y = {"a": "ia", "an": "ian", "ang": "iang", "ao": "iao", "e": "ie", "o": "io", "ong": "iong", "ou": "iou"}
_AFTER_W = {"a": "ua", "o": "uo", "ai": "uai", "ei": "uei", "an": "uan", "en": "uen", "ang": "uang", "eng": "ueng"}
_WRITTEN_SHORT = {"iu": "iou", "ui": "uei", "un": "uen"}
_FINAL = re.compile(r"([iuv]?)([aeo]?)(.*)")

_MANNERS = ({"b", "d", "g"}, {"p", "t", "k"}, {"z", "zh", "j"}, {"c", "ch", "q"}, {"s", "sh", "x", "f", "h"},
            {"m", "n", "l", "r", ""})  # fmt: skip
_CLOSE = {
    frozenset(pair.split("-"))
    for pair in (
        *("z-zh", "c-ch", "s-sh", "n-l", "f-h", "x-sh", "x-s", "j-zh", "j-z", "q-ch", "q-c", "b-d", "p-t", "m-n"),
        *("b-p", "d-t", "g-k", "j-q", "zh-ch", "z-c", "q-x", "ch-sh", "c-s"),
    )
}


def parts(syllable: str) -> tuple[str, str]:
    """Initial and final of a toneless pinyin syllable, the final in full (``you`` is ``iou``, ``ju`` is ``jv``)."""
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    final = syllable[len(initial) :]
    if initial and initial in "jqxy" and final.startswith("u"):
        final = "v" + final[1:]
    if initial == "y":
        initial, final = "", _AFTER_Y.get(final, final)
    elif initial == "w":
        initial, final = "", _AFTER_W.get(final, final)
    return initial, _WRITTEN_SHORT.get(final, final)


def initial_distance(first: str, second: str) -> float:
    """0 for the same initial to 1.2 for initials of different manner."""
    if first == second:
        return 0.0
    if frozenset((first, second)) in _CLOSE:
        return 0.5
    if any(first in manner and second in manner for manner in _MANNERS):
        return 0.7
    return 1.0 if "" in (first, second) else 1.2


def final_distance(first: str, second: str) -> float:
    """0 for the same final, 0.3 for n and ng, up to 2 for finals with nothing in common."""
    if first == second:
        return 0.0
    bare = re.sub("ng$", "n", first), re.sub("ng$", "n", second)
    if bare[0] == bare[1]:
        return 0.3
    (medial, nucleus, ending), (medial_2, nucleus_2, ending_2) = _parsed(bare[0]), _parsed(bare[1])
    distance = 0.0
    if medial != medial_2:
        distance += 0.5 if {medial, medial_2} <= {"i", "v"} or "" in (medial, medial_2) else 0.8
    if nucleus != nucleus_2:
        distance += 0.7
    if ending != ending_2:
        distance += 0.5 if {ending, ending_2} <= {"n", ""} else 0.7
    return min(distance, 2.0)


def _parsed(final: str) -> tuple[str, str, str]:
    match = _FINAL.match(final)
    assert match is not None  # noqa: S101 — every part of the pattern may be empty
    return match.group(1), match.group(2), match.group(3)


def distances(syllables: list[str]) -> Distances:
    """Distances of all pairs: syllables × syllables."""
    split = [parts(syllable) for syllable in syllables]
    initials = sorted({initial for initial, _ in split})
    finals = sorted({final for _, final in split})
    by_initial = np.array([[initial_distance(a, b) for b in initials] for a in initials], dtype=np.float32)
    by_final = np.array([[final_distance(a, b) for b in finals] for a in finals], dtype=np.float32)
    i = np.array([initials.index(initial) for initial, _ in split])
    f = np.array([finals.index(final) for _, final in split])
    total: Distances = by_initial[np.ix_(i, i)] + by_final[np.ix_(f, f)]
    return total
