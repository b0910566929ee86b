import pytest

from tickets.assessment import Assessment, assess
from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.classification.store import city_models
from tickets.conversation import Conversation

CITY = load_city()
GAZETTEER = Gazetteer(CITY)
TOLD = "我信访三级都走完了，复核意见也下来了，我就是不服，还要你们再转信访。"


def assessed(told: str, answer: str) -> Assessment:
    models = city_models(CITY)
    turns = (Turn("operator", "您好，请讲。"), Turn("citizen", told), Turn("operator", answer), Turn("citizen", "哦。"))
    return assess(Conversation(Call("a", turns)), CITY, GAZETTEER, models.matter, models.danger)


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("这是信访部门的范围，您直接找他们。", True),
        ("我们不能受理，建议您向信访部门反映。", True),
        ("您有没有去找过信访？", False),
        ("您这个还没到信访，我给您转部门。", False),
    ],
)
def test_an_operator_who_sends_to_a_channel_is_told_from_one_who_asks_or_denies(answer: str, sent: bool) -> None:
    ranking = assessed(TOLD, answer).ranking
    assert ranking.best.code == "XX02"
    assert ranking.sent_outside == sent


def test_a_share_of_another_service_is_never_larger_than_that_of_the_danger() -> None:
    ranking = assessed("我上个月被撞了，腿伤了，交警认定书早出了，修车店多收我钱。", "您要投诉修车店是吗？").ranking
    danger = [share for duty, share in ranking.shares if duty.level == "emergency"]
    assert not ranking.emergency
    assert sum(danger) < ranking.shares[0][1]
