import math
import random
from dataclasses import replace

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.classification.alarm import SIGNALS, Alarm, DangerModels, fit_alarm, hear_danger, listen
from tickets.classification.services import services_named
from tickets.classification.store import city_models
from tickets.conversation import Conversation
from tickets.fields.emergency import Emergency

CITY = load_city()


def conversation(*said: str) -> Conversation:
    """Citizen and operator in turn; the operator begins."""
    turns = [Turn("citizen" if number % 2 else "operator", text) for number, text in enumerate(("您好，请讲。", *said))]
    return Conversation(Call("a", tuple(turns)))


def heard(*said: str) -> Emergency:
    return hear_danger(conversation(*said), CITY, city_models(CITY).danger)


@pytest.mark.parametrize(
    ("said", "service"),
    [
        (("电梯停在两层当中，我跟老伴在里面坐着呢，不急，就是按铃没人应。", "您别扒门，消防我来叫。"), "119"),
        (("嗯，对，要大份的，他们三个人看着我呢，门口。", "不方便您就答是或者不是。", "是，快点送来。"), "110"),
        (("我想问问，我爱人一边手抬不起来，说话像含着东西，要紧吗？", "急救我马上叫，先让她躺平。"), "120"),
        (("两台车蹭了一下，人都没事，就是车横在桥当中，他不肯挪。", "幺二二在线上了，您站到护栏外面。"), "122"),
    ],
)
def test_a_danger_told_calmly_or_in_disguise_is_heard(said: tuple[str, ...], service: str) -> None:
    emergency = heard(*said)
    assert emergency.now
    assert emergency.services[0] == service
    assert emergency.evidence


@pytest.mark.parametrize(
    "said",
    [
        ("我要表扬急救的同志，去年我爱人晕倒，他们十分钟就到了，现在恢复得很好。", "谢谢您，我转给他们。"),
        ("我们厂明天搞消防演习要放烟，提前说一声，别当真着火了。", "好的，我登记一下。"),
        ("气死我了，火冒三丈，这物业费又涨了。", "您慢慢说，涨了多少？"),
    ],
)
def test_what_only_sounds_like_a_danger_is_none(said: tuple[str, ...]) -> None:
    assert not heard(*said).now


@pytest.mark.parametrize("chance", [0.1, 0.2, 0.5])
def test_between_a_clear_no_and_an_alarm_a_danger_is_possible(chance: float) -> None:
    models = city_models(CITY).danger
    assert models is not None
    alarm = Alarm((math.log(chance / (1.0 - chance)), *(0.0,) * (len(SIGNALS) - 1)))
    emergency = hear_danger(conversation("厨房着火了，烟很大。"), CITY, replace(models, alarm=alarm))
    assert (emergency.possible, emergency.now) == {0.1: (False, False), 0.2: (True, False), 0.5: (False, True)}[chance]


def test_what_the_operator_does_raises_the_chance() -> None:
    models = city_models(CITY).danger
    assert models is not None
    told = "他在外面，我说话不方便。"
    asked = listen(conversation(told, "您之前反映过吗？", "没有。"), CITY, models)
    acted = listen(conversation(told, "您别出声，我让民警上门。", "好。"), CITY, models)
    assert models.alarm.chance(acted.signals) > models.alarm.chance(asked.signals)
    assert "110" in acted.emergency.services
    assert len(acted.signals) == len(SIGNALS)


def test_without_weights_the_words_of_danger_decide() -> None:
    models = city_models(CITY).danger
    assert models is not None
    untested = DangerModels(models.citizen, models.operator)
    fire = conversation("着火了着火了，厨房现在烧起来了，快来人！")
    assert hear_danger(fire, CITY, untested).now
    assert hear_danger(fire, CITY, untested).services[0] == "119"
    assert hear_danger(fire, CITY, None).now


def test_silence_is_no_danger() -> None:
    assert not hear_danger(Conversation(Call("a", ())), CITY, city_models(CITY).danger).now


def test_the_fitted_chance_follows_the_outcomes() -> None:
    draw = random.Random(3)
    signals = [(1.0, draw.uniform(0, 4), *([0.0] * (len(SIGNALS) - 2))) for _ in range(600)]
    alarm = fit_alarm(signals, [signal[1] + draw.uniform(-1, 1) > 2 for signal in signals])
    assert alarm.chance((1.0, 4.0, *([0.0] * (len(SIGNALS) - 2)))) > 0.9
    assert alarm.chance((1.0, 0.0, *([0.0] * (len(SIGNALS) - 2)))) < 0.1
    assert fit_alarm(signals[:20], [True] * 10 + [False] * 10) == Alarm()


def test_services_as_operators_name_them() -> None:
    assert services_named("消防和急救我同时叫") == ("119", "120")
    assert services_named("我直接转警") == ("110",)
    assert services_named("您贵姓") == ()
