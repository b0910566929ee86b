import random

import pytest

from tickets.assessment import assess
from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.classification.calibration import (
    NEVER,
    SIGNALS,
    UNKNOWN,
    Calibration,
    KnownOutcome,
    fit_calibration,
    signals_of,
)
from tickets.classification.store import city_models
from tickets.classification.validation import calibration_error
from tickets.conversation import Conversation


def outcomes(number: int) -> tuple[list[tuple[float, ...]], list[bool]]:
    """Signals of which the second alone says how likely the outcome is right."""
    draw = random.Random(7)
    shares = [draw.uniform(-2, 5) for _ in range(number)]
    signals = [(1.0, share, *([0.0] * (len(SIGNALS) - 2))) for share in shares]
    return signals, [draw.random() < 1 / (1 + 2.718281828**-share) for share in shares]


def known(signals: list[tuple[float, ...]], right: list[bool]) -> list[KnownOutcome]:
    return [
        KnownOutcome(one, ok, 1.0, emergency=False, sets_threshold=True) for one, ok in zip(signals, right, strict=True)
    ]


def chance(calibration: Calibration, signals: tuple[float, ...]) -> float:
    return 1 / (1 + 2.718281828 ** -sum(w * s for w, s in zip(calibration.weights, signals, strict=True)))


def test_confidence_is_the_share_that_is_right() -> None:
    signals, right = outcomes(4000)
    calibration = fit_calibration(known(signals[:2000], right[:2000]))
    later = [(chance(calibration, one), ok) for one, ok in zip(signals[2000:], right[2000:], strict=True)]
    assert calibration_error(later) < 0.03


@pytest.mark.parametrize("wanted", [0.8, 0.9, 0.95])
def test_the_least_confidence_gives_the_wanted_precision(wanted: float) -> None:
    signals, right = outcomes(4000)
    calibration = fit_calibration(known(signals[:2000], right[:2000]))
    least = calibration.least_confidence(wanted)
    later = [ok for one, ok in zip(signals[2000:], right[2000:], strict=True) if chance(calibration, one) >= least]
    assert sum(later) / len(later) == pytest.approx(wanted, abs=0.03)


def test_the_least_confidence_rises_with_the_wanted_precision() -> None:
    signals, right = outcomes(2000)
    calibration = fit_calibration(known(signals, right))
    wanted = [0.0, 0.7, 0.8, 0.9, 0.95, 1.0]
    least = [calibration.least_confidence(precision) for precision in wanted]
    assert least == sorted(least)
    assert least[0] == 0.0
    assert least[-1] == NEVER


def test_emergencies_have_a_least_confidence_of_their_own() -> None:
    signals, right = outcomes(2000)
    surer = [KnownOutcome(one, True, 1.0, emergency=True, sets_threshold=False) for one in signals[:200]]
    calibration = fit_calibration([*known(signals, right), *surer])
    assert calibration.least_confidence(0.95, emergency=True) < calibration.least_confidence(0.95)
    few = fit_calibration([*known(signals, right), *surer[:20]])
    assert few.least_confidence(0.95, emergency=True) == few.least_confidence(0.95)


def test_nothing_tested_means_that_a_person_looks() -> None:
    calibration = fit_calibration(known([(1.0, 9.0)] * 5, [True] * 5))
    assert calibration == Calibration()
    assert calibration.least_confidence(0.5) == NEVER
    assert calibration.least_confidence(0.0) == 0.0


def test_signals_and_confidence_of_calls() -> None:
    city = load_city()
    models = city_models(city)
    gazetteer = Gazetteer(city)

    def judged(*texts: str) -> tuple[tuple[float, ...], float, float]:
        call = Conversation(Call("a", tuple(Turn("citizen", text) for text in texts)))
        assessment = assess(call, city, gazetteer, models.matter, models.danger)
        return (
            signals_of(assessment),
            models.calibration.confidence(assessment),
            Calibration().confidence(assessment),
        )

    clear = judged("公积金提取材料都交了，中心不给提，说系统有问题，公积金贷款也批不下来。")
    vague = judged("他们那个东西一直不弄好，说了几次也没有人理我们。")
    fire = judged("着火了着火了，我家厨房现在烧起来了，快来人啊！")
    wrong_number = judged("打错了，不好意思。")
    assert {len(signals) for signals, _, _ in (clear, vague, fire, wrong_number)} == {len(SIGNALS)}
    assert clear[1] > 0.9
    assert vague[1] < 0.75
    assert fire[0][SIGNALS.index("emergency")] > 0
    assert wrong_number[0][SIGNALS.index("nothing")] > 0
    assert all(untested <= UNKNOWN for _, _, untested in (clear, vague, fire, wrong_number))
