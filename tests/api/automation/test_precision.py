import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.automation.precision import FEWEST_SAMPLES, too_low, wilson
from api.automation.rules import refusal, wanted
from api.storage.models import AutomationRule


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I: method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(right: int, of: int, low: float, high: float) -> None:
    interval = wilson(right, of)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(st.integers(1, 500), st.data())
def test_the_share_lies_between_its_bounds(of: int, data: st.DataObject) -> None:
    interval = wilson(data.draw(st.integers(0, of)), of)
    assert interval is not None
    assert 0.0 <= interval.low <= interval.share + 1e-12
    assert interval.share <= interval.high + 1e-12 <= 1.0 + 1e-12


def test_nothing_is_measured_from_nothing_and_little_stops_nothing() -> None:
    assert wilson(0, 0) is None
    assert not too_low(0, FEWEST_SAMPLES - 1, 0.98)
    assert too_low(0, FEWEST_SAMPLES, 0.98)
    assert not too_low(97, 100, 0.98)
    assert too_low(85, 100, 0.98)


def _rule(kind: str, value: str, *, enabled: bool = True, precision: float | None = None) -> AutomationRule:
    return AutomationRule(kind=kind, value=value, enabled=enabled, wanted_precision=precision, reason="")


def test_one_switch_that_is_off_is_enough() -> None:
    rules = [_rule("all", ""), _rule("duty", "NV01", enabled=False), _rule("source", "pbx", enabled=False)]
    assert refusal(rules, category="NV01", district=None, source="x")
    assert refusal(rules, category="NV02", district=None, source="pbx")
    assert refusal(rules, category="NV02", district=None, source="x") is None


def test_a_dutys_own_precision_goes_before_that_for_all() -> None:
    rules = [_rule("all", "", precision=0.9), _rule("duty", "NV01", precision=0.99)]
    assert [wanted(rules, code, 0.5) for code in ("NV01", "NV02", None)] == [0.99, 0.9, 0.9]
    assert wanted([], "NV01", 0.5) == 0.5
