import numpy as np
import pytest

from asr.recognition.phonetics import distances, parts


@pytest.mark.parametrize(
    ("syllable", "expected"),
    [("zhuang", ("zh", "uang")), ("ju", ("j", "v")), ("you", ("", "iou")), ("wei", ("", "uei")),
     ("liu", ("l", "iou")), ("yuan", ("", "van")), ("er", ("", "er")), ("shi", ("sh", "i")), ("yi", ("", "i"))],
)  # fmt: skip
def test_syllables_are_taken_apart(syllable: str, expected: tuple[str, str]) -> None:
    assert parts(syllable) == expected


def test_distances_are_symmetric_and_zero_only_for_the_same_sound() -> None:
    table = distances(["bian", "dian", "bing", "bin", "gong", "ma"])
    assert np.array_equal(table, table.T)
    assert (np.diag(table) == 0).all()
    assert (table[np.triu_indices(6, 1)] > 0).all()


def test_what_a_telephone_confuses_is_nearer_than_what_it_does_not() -> None:
    names = ["bian", "dian", "jian", "lian", "gong"]
    bian = distances(names)[0]
    assert bian[1] < bian[2] <= bian[4]
    assert bian[1] < bian[3] < bian[4]
