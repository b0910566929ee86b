import pytest

from dialect_models.evaluation.bootstrap import compare
from dialect_models.evaluation.character_error import Errors

NAMES = [str(number) for number in range(20)]


def test_a_steady_gain_excludes_zero_and_a_chance_one_does_not() -> None:
    base = [Errors(5, 10)] * 20
    steady = compare(NAMES, base, [Errors(4, 10)] * 20)
    assert steady.difference.value == pytest.approx(-0.1)
    assert steady.difference.high < 0
    assert steady.relative == pytest.approx(-0.2)
    chance = compare(NAMES, base, [Errors(9 if number % 2 else 0, 10) for number in range(20)])
    assert chance.difference.value < 0 < chance.difference.high


def test_utterances_of_one_recording_are_one_draw() -> None:
    base, better = [Errors(5, 10)] * 20, [Errors(9 if number % 2 else 0, 10) for number in range(20)]
    together = compare(["one"] * 20, base, better)
    assert together.recordings == 1
    assert together.difference.low == together.difference.high


def test_it_gives_the_same_interval_each_time_and_needs_something() -> None:
    base, other = [Errors(5, 10)] * 20, [Errors(number % 7, 10) for number in range(20)]
    assert compare(NAMES, base, other) == compare(NAMES, base, other)
    with pytest.raises(ValueError, match="no recording"):
        compare([], [], [])
