import pytest

from tickets.call import Call, Role, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields.place import MatterPlace, locate, mentions
from tickets.fields.tagging.reader import FieldReader, packaged_models

GAZETTEER = Gazetteer(load_city())
OPERATOR, CITIZEN = "operator", "citizen"


def conversation(*turns: tuple[str, str]) -> Conversation:
    roles: dict[str, Role] = {OPERATOR: "operator", CITIZEN: "citizen"}
    return Conversation(Call("test", tuple(Turn(roles[role], text) for role, text in turns)))


def located(*turns: tuple[str, str]) -> MatterPlace:
    call = conversation(*turns)
    return locate(call, mentions(call, GAZETTEER))


def names(text: str) -> list[list[str]]:
    return [[option.place.name for option in match.options] for match in GAZETTEER.find(text)]


def test_full_names_and_the_longest_one() -> None:
    assert names("在青石农贸市场后门") == [["青石农贸市场"]]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("紫秀家园北门", "紫绣家园"),
        ("程泉雅居六号楼", "城泉雅居"),
        ("望江三中门口", "望江第三中学"),
        ("高新大润发三楼", "高新大润发超市"),
        ("文昌街道办说的", "文昌街道"),
    ],
)
def test_shortened_and_misheard_names(said: str, name: str) -> None:
    assert name in {option for match in names(said) for option in match}


def test_ordinary_words_are_no_places() -> None:
    assert names("我想反映一个建设和平幸福的问题，团结起来，胜利") == []


def test_a_name_in_two_districts_is_settled_by_what_else_is_said() -> None:
    place = located(
        (OPERATOR, "您好，请讲。"),
        (CITIZEN, "凤凰社区的健身器材坏了，青石区这边的。"),
    )
    assert (place.district, place.street) == ("青石区", "机厂街道")


def test_a_name_in_two_districts_stays_open() -> None:
    place = located((OPERATOR, "您好，请讲。"), (CITIZEN, "凤凰社区的健身器材坏了。"))
    assert place.place is not None
    assert place.place.name == "凤凰社区"
    assert place.district is None
    assert place.certainty < 0.5


def test_the_operators_list_of_choices_settles_nothing_but_the_answer_does() -> None:
    place = located(
        (CITIZEN, "我是凤凰社区的，楼下垃圾没人收。"),
        (OPERATOR, "凤凰社区望江区、青石区、安陵市都有，您是哪一个？"),
        (CITIZEN, "安陵市的。"),
    )
    assert place.district == "安陵市"


def test_the_place_of_the_matter_not_where_the_caller_comes_from() -> None:
    place = located(
        (OPERATOR, "请讲。"),
        (CITIZEN, "我从东松小区出来，往单位走，路上有个井盖没了。"),
        (OPERATOR, "在什么位置？"),
        (CITIZEN, "光明路上，邮局门口。"),
    )
    assert place.place is not None
    assert place.place.name == "光明路"


def test_a_place_taken_back_is_none() -> None:
    place = located((OPERATOR, "在哪个小区？"), (CITIZEN, "城泉湾，哦不对，城泉雅居。"))
    assert place.place is not None
    assert place.place.name == "城泉雅居"


def test_the_area_gives_way_to_the_estate_in_it() -> None:
    place = located((OPERATOR, "哪里？"), (CITIZEN, "先锋社区，南宁苑。"))
    assert place.place is not None
    assert place.place.name == "南宁苑"
    assert place.street == "文昌街道"


@pytest.mark.parametrize("said", ["锦绣花园。", "锦绣江南。", "锦绣江南小区。", "锦绣华庭小区。", "新锦绣，三号楼。"])
def test_a_stem_inside_another_name_is_not_the_estate(said: str) -> None:
    assert located((OPERATOR, "您是哪个小区？"), (CITIZEN, said)).place is None


@pytest.mark.parametrize("said", ["锦绣。", "在锦绣小区。", "就是锦绣三号楼。", "我们锦绣这边。", "住锦绣的。"])
def test_a_stem_alone_is_the_estate_but_not_surely(said: str) -> None:
    place = located((OPERATOR, "您是哪个小区？"), (CITIZEN, said))
    assert place.place is not None
    assert place.place.name == "锦绣府"
    full = located((OPERATOR, "您是哪个小区？"), (CITIZEN, "锦绣府。"))
    assert place.certainty < full.certainty


def test_nowhere() -> None:
    assert located((CITIZEN, "我在外地，想问个事。")).place is None


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ("紫绣家园，三号楼二单元五零一。", "3号楼2单元501"),
        ("紫绣家园北门对面。", "北门对面"),
        ("紫绣家园十二号楼。", "12号楼"),
    ],
)
def test_detail_in_normal_digits(said: str, detail: str) -> None:
    call = conversation((OPERATOR, "您在哪里？"), (CITIZEN, said))
    found = FieldReader(packaged_models(), call, locate(call, mentions(call, GAZETTEER))).detail("dispatch")
    assert found.value == detail
    assert all(item.words in call.text(item.turn) for item in found.evidence)


def test_the_second_road_of_a_crossing() -> None:
    call = conversation((OPERATOR, "在哪里？"), (CITIZEN, "光明路和人民路交叉的那个路口。"))
    found = FieldReader(packaged_models(), call, locate(call, mentions(call, GAZETTEER))).detail("dispatch")
    assert found.value is not None
    assert "人民路交叉" in found.value


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("滨江大道，福星雅居往西一点，路灯倒了", "滨江大道"),
        ("府前街，丽兰公馆东边的桥上撞车了", "府前街"),
        ("垃圾堆在刘营村的路边，我们屋头是茶亭村的", "刘营村"),
        ("大坪乡的花桥村，不是沙河镇那个花桥村，没水了", "花桥村"),
        ("青石万达三楼，电梯坏了", "青石万达广场"),
        ("昨天去市民中心办事，窗口没有人", "云江市民中心"),
    ],
)
def test_a_landmark_on_the_road_a_home_and_a_namesake_are_not_the_place(said: str, name: str) -> None:
    place = located((OPERATOR, "您好，请讲。"), (CITIZEN, said)).place
    assert place is not None and place.name == name
