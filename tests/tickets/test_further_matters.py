from tickets.call import Call, Role, Turn
from tickets.city import load_city
from tickets.structuring import structure
from tickets.ticket import Ticket

CITY = load_city()


def ticket(*exchange: str) -> Ticket:
    """The ticket of operator and citizen in turn, the operator first."""
    roles: tuple[Role, Role] = ("operator", "citizen")
    return structure(Call("t", tuple(Turn(roles[index % 2], text) for index, text in enumerate(exchange))), CITY)


LAMPS = "光明路上的路灯全灭了，晚上黑得看不见路。"
SMOKE = "紫绣家园楼下烧烤店的油烟直往家里灌，排烟口对着窗户，熏得人睡不着。"


def test_of_two_matters_none_is_lost_whichever_comes_first() -> None:
    for first, second in ((LAMPS, SMOKE), (SMOKE, LAMPS)):
        made = ticket("您好，请讲。", f"{first}还有一个事，{second}", "好的，都记下了。")
        assert {made.category, *(matter.category for matter in made.further_matters)} == {"UT09", "EN01"}


def test_each_matter_has_its_own_place() -> None:
    made = ticket("您好，请讲。", f"{LAMPS}还有一个事，{SMOKE}", "好的，都记下了。")
    places = {made.category: made.place} | {matter.category: matter.place for matter in made.further_matters}
    assert places["EN01"] is not None
    assert places["EN01"].name == "紫绣家园"


def test_one_matter_told_at_length_is_one() -> None:
    made = ticket("您好，请讲。", LAMPS, "好的。", "还有就是晚上老人出门都怕摔跤，路灯赶紧修一修。")
    assert made.further_matters == ()
