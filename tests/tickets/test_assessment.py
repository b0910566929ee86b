import pytest

from tickets.assessment import Assessment, assess
from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.classification.store import city_models
from tickets.conversation import Conversation

CITY = load_city()
GAZETTEER = Gazetteer(CITY)


def assessed(*texts: str) -> Assessment:
    models = city_models(CITY)
    turns = (Turn("operator", "您好，请讲。"), *(Turn("citizen", text) for text in texts))
    return assess(Conversation(Call("a", turns)), CITY, GAZETTEER, models.matter, models.danger)


@pytest.mark.parametrize(
    "said",
    [
        "我说话不方便，嗯，对，他在旁边，不让走。",
        "喂，这边路灯不亮，能修不？",
        "算了我还是说吧，公司欠我两个月工资不给。",
    ],
)
def test_a_short_matter_or_a_call_that_cannot_speak_freely_is_more(said: str) -> None:
    assert assessed(said).nothing.value is None


def test_lead_and_handover_follow_from_the_duty_list() -> None:
    lamps = assessed("路灯不亮，整条街的路灯都坏了，晚上走路摔跤，路灯一直没人修。")
    assert (lamps.duty.code, lamps.handover) == ("UT09", ())
    assert lamps.lead is not None
    assert lamps.lead.department == "城市管理局"
    fire = assessed("着火了着火了，厨房现在烧起来了，火苗窜到窗户外面了！")
    assert fire.lead is None
    assert fire.handover[0] == "119"
