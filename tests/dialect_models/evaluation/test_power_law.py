import math

import numpy as np
import pytest

from dialect_models.evaluation.character_error import Errors
from dialect_models.evaluation.power_law import Measured, fit


def errors(rate: float, count: int = 30, spread: float = 0.0, seed: int = 0) -> tuple[Errors, ...]:
    """Recordings of 1,000 characters each, more or less wrong."""
    noise = np.random.default_rng(seed).normal(scale=spread, size=count)
    return tuple(Errors(round(1000 * max(0.0, rate + n)), 1000) for n in noise)


def test_a_law_is_found_again_and_says_how_much_more_is_needed() -> None:
    points = [Measured(0, errors(0.6))] + [Measured(m, errors(0.4 * m**-0.25)) for m in (1.0, 4.0, 16.0)]
    law = fit(points)
    assert law.exponents.value == pytest.approx(0.25, abs=0.005)
    assert law.exponents.low <= law.exponents.value <= law.exponents.high
    assert law.rate(256).value == pytest.approx(0.1, rel=0.02)
    assert law.minutes_for(0.1).value == pytest.approx(256, rel=0.1)
    assert [round(rate.value, 2) for rate in law.rates] == [0.6, 0.4, 0.28, 0.2]
    assert law.falling == 1.0


def test_where_nothing_is_learnt_no_amount_is_promised() -> None:
    own = errors(0.4, spread=0.1)
    flat = [Measured(m, (*own[shift:], *own[:shift])) for shift, m in ((0, 0.7), (7, 1.4), (19, 2.1))]
    law = fit(flat)
    assert law.exponents.low < 0 < law.exponents.high
    assert 0.02 < law.falling < 0.98
    assert math.isinf(law.minutes_for(0.05).high)
    rising = fit([Measured(1, errors(0.3)), Measured(2, errors(0.4))])
    assert math.isinf(rising.minutes_for(0.2).value)
    assert rising.falling == 0.0


def test_what_is_reached_needs_no_more() -> None:
    law = fit([Measured(1, errors(0.4)), Measured(4, errors(0.2))])
    assert law.minutes_for(0.4).value == pytest.approx(1, rel=0.01)
    assert law.minutes_for(0.2).value == pytest.approx(4, rel=0.01)


def test_points_must_be_of_the_same_recordings_and_two_amounts() -> None:
    with pytest.raises(ValueError, match="two amounts"):
        fit([Measured(0, errors(0.5)), Measured(1, errors(0.4))])
    with pytest.raises(ValueError, match="same recordings"):
        fit([Measured(1, errors(0.5)), Measured(2, errors(0.4, count=29))])
