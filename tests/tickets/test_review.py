import pytest

from tickets.city import load_city
from tickets.dispatch.leads import lead_of
from tickets.review import decide_mode, wanted_precision

CITY = load_city()


def test_the_grassroots_are_sent_fewer_wrong_tickets_than_others() -> None:
    assert wanted_precision(0.98, grassroots=False) == 0.98
    assert wanted_precision(0.98, grassroots=True) == pytest.approx(0.995)
    assert wanted_precision(1.0, grassroots=True) == 1.0


@pytest.mark.parametrize(("confidence", "mode"), [(0.9, "auto"), (0.5, "review")])
def test_the_threshold_decides(confidence: float, mode: str) -> None:
    duty = CITY.duty_by_code["UT09"]
    assert decide_mode(duty, lead_of(duty, "望江区", None), (), confidence, None, threshold=0.8).mode == mode


@pytest.mark.parametrize("flag", ["malicious", "unreasonable", "self_harm"])
def test_a_person_always_sees_these(flag: str) -> None:
    duty = CITY.duty_by_code["UT09"]
    decision = decide_mode(duty, lead_of(duty, "望江区", None), (flag,), 1.0, None, threshold=0.0)
    assert decision.mode == "review"
    assert len(decision.why_review) == 1


def test_a_danger_that_cannot_be_ruled_out_is_seen_by_a_person() -> None:
    duty, emergency = CITY.duty_by_code["UT09"], CITY.duty_by_code["EM02"]
    lead = lead_of(duty, "望江区", None)
    decision = decide_mode(duty, lead, (), 1.0, None, threshold=0.0, possible_danger=True)
    assert decision.mode == "review"
    assert "险情" in decision.why_review[0]
    assert decide_mode(None, None, (), 1.0, None, threshold=0.0, possible_danger=True).mode == "review"
    assert decide_mode(emergency, None, (), 1.0, None, threshold=0.0, possible_danger=True).mode == "auto"
