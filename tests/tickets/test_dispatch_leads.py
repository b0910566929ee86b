"""A street or town never leads what isn't on its own list: by construction, and over all duties and places."""

from dataclasses import replace

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.model import Duty
from tickets.conversation import Conversation
from tickets.dispatch.co_handlers import SIGNS, CoHandlerModel, concerned
from tickets.dispatch.leads import (
    DepartmentLead,
    GrassrootsLead,
    OwnGrassrootsDuty,
    lead_json,
    lead_of,
    own_grassroots_duty,
)

CITY = load_city()


def told(story: str, answer: str = "好的。") -> Conversation:
    return Conversation(Call("test", (Turn("citizen", story), Turn("operator", answer))))


@pytest.mark.parametrize("duty", CITY.duties, ids=lambda duty: duty.code)
def test_every_duty_at_every_place(duty: Duty) -> None:
    for district, street in {(place.district, place.street or None) for place in CITY.places} | {(None, None)}:
        lead = lead_of(duty, district, street)
        if not duty.dispatched:
            assert lead is None
            continue
        assert lead is not None
        assert lead.department == duty.lead
        assert lead.level == duty.level
        assert isinstance(lead, GrassrootsLead) == (duty.grassroots_role == "lead")
        assert lead.street == (street if isinstance(lead, GrassrootsLead) else None)
        assert lead.district == (None if duty.level == "city" else district)
        assert lead.complete == (
            duty.level == "city" or (district is not None and (duty.level != "grassroots" or street is not None))
        )


@pytest.mark.parametrize("duty", [duty for duty in CITY.duties if duty.grassroots_role != "lead"], ids=lambda d: d.code)
def test_no_way_around(duty: Duty) -> None:
    assert own_grassroots_duty(duty) is None
    with pytest.raises(ValueError, match="isn't proven"):
        OwnGrassrootsDuty(duty, object())
    # Even a duty list altered in memory gives no grassroots lead to an assist or none duty
    altered = replace(duty, level="grassroots")
    assert own_grassroots_duty(altered) is None
    assert lead_of(altered, "望江区", "滨江街道") is None


def test_a_grassroots_lead_needs_the_proof() -> None:
    with pytest.raises(TypeError):
        GrassrootsLead(CITY.duties[0], "望江区", "滨江街道")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="grassroots"):
        DepartmentLead("街道办事处/乡镇政府", "grassroots", "望江区")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no district"):
        DepartmentLead("住房公积金管理中心", "city", "望江区")


def test_json_form() -> None:
    assert lead_json(None) is None
    assert lead_json(lead_of(CITY.duty_by_code["CM01"], "安陵市", "东湖街道")) == {
        "department": "街道办事处/乡镇政府",
        "level": "grassroots",
        "district": "安陵市",
        "street": "东湖街道",
    }


@pytest.mark.parametrize("duty", CITY.duties, ids=lambda duty: duty.code)
def test_co_handlers_are_of_the_list(duty: Duty) -> None:
    chosen = concerned(duty, CITY.department_by_name, told("小区门口的井盖没了，健身房也关门了，有人打架"))
    assert set(chosen) <= set(duty.co_handlers)
    assert not chosen or duty.dispatched


def test_the_department_that_the_story_touches_assists() -> None:
    duty = CITY.duty_by_code["CS02"]
    assert concerned(duty, CITY.department_by_name, told("健身房跑路了，私教课和健身预付卡都没退")) == ("体育局",)


def test_a_learnt_model_weighs_whom_the_operator_names_and_how_often_each_assists() -> None:
    duty = CITY.duty_by_code["CS02"]
    weights = dict.fromkeys(SIGNS, 0.0) | {"operator names it": 2.0, "share": 1.0}
    shares = {"CS02 商务局": -1.0, "体育局": -3.0, "": 0.0}
    model = CoHandlerModel.of({"weights": list(weights.values()), "shares": shares})
    story = "店关门了，卡里的钱不退。"
    assert concerned(duty, CITY.department_by_name, told(story), model) == ()
    named = told(story, "我们转市场监管，请商务局配合。")
    assert concerned(duty, CITY.department_by_name, named, model) == ("商务局",)
    assert concerned(CITY.duty_by_code["XX01"], CITY.department_by_name, named, model) == ()
