"""Bayes' rule over the labels: what is named, and what isn't."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialect_models.identification.posterior import CERTAIN, LEAST_REST, identify, prior
from dialect_models.labels import LABELS, UNKNOWN

shares = st.dictionaries(st.sampled_from(LABELS), st.floats(0.01, 1), min_size=1)
words = st.dictionaries(st.sampled_from(LABELS), st.floats(0, 40))


def sound(**odds: float) -> dict[str, float]:
    return {label: math.log(p) for label, p in odds.items()}


def test_nothing_heard_names_nothing() -> None:
    found = identify(None, None, {})
    assert (found.label, found.probability) == (UNKNOWN, 0.0)
    assert found.posterior == pytest.approx(prior(None))


def test_one_word_may_be_misheard_two_name_a_dialect() -> None:
    assert identify(None, None, {"cantonese": 3.9}).label == UNKNOWN
    named = identify(None, None, {"cantonese": 7.8})
    assert named.label == "cantonese"
    assert named.probability > 0.98


def test_words_that_two_dialects_share_name_neither() -> None:
    assert identify(None, None, {"cantonese": 7.8, "hakka": 7.8}).label == UNKNOWN
    assert identify(None, None, {"cantonese": 11.7, "hakka": 7.8}).label == "cantonese"


def test_the_region_decides_what_the_sound_leaves_open() -> None:
    heard = sound(mandarin=0.3, wu=0.7)
    assert identify({"wu": 0.7, "mandarin": 0.25}, heard, {}).label == "wu"
    assert identify({"mandarin": 0.9}, heard, {}).label != "wu"


def test_words_overrule_a_sound_that_is_not_sure() -> None:
    heard = sound(mandarin=0.7, cantonese=0.3)
    mix = {"mandarin": 0.5, "cantonese": 0.45}
    assert identify(mix, heard, {}).label == UNKNOWN
    assert identify(mix, heard, {"cantonese": 7.8}).label == "cantonese"


def test_a_dialect_that_the_classifier_never_heard_can_still_be_named_by_its_words() -> None:
    mix = {"mandarin": 0.6, "cantonese": 0.35}
    assert identify(mix, sound(mandarin=0.8, cantonese=0.2), {"minnan": 11.7}).label == "minnan"


def test_shares_are_completed_with_the_dialects_left_out() -> None:
    found = prior({"wu": 0.6, "mandarin": 0.2})
    assert (found["wu"], found["mandarin"]) == pytest.approx((0.6, 0.2))
    assert found["cantonese"] == pytest.approx(0.2 / (len(LABELS) - 2))


def test_somebody_from_elsewhere_calls_everywhere() -> None:
    found = prior({"wu": 0.7, "mandarin": 0.3})
    assert found["wu"] + found["mandarin"] == pytest.approx(1 - LEAST_REST)
    assert found["wu"] / found["mandarin"] == pytest.approx(7 / 3)


@pytest.mark.parametrize("wrong", [{"shanghainese": 0.5}, {"wu": 1.5}, {"wu": -0.1}, dict.fromkeys(LABELS, 0.0)])
def test_wrong_shares_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"dialect|share"):
        prior(wrong)


@given(shares, words)
def test_probabilities_add_up_and_what_is_named_is_certain(mix: dict[str, float], said: dict[str, float]) -> None:
    assert sum(prior(mix).values()) == pytest.approx(1)
    found = identify(mix, sound(mandarin=0.6, wu=0.4), said)
    assert sum(found.posterior.values()) == pytest.approx(1)
    assert found.label == UNKNOWN or (found.probability >= CERTAIN and found.posterior[found.label] >= CERTAIN)
