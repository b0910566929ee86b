from pathlib import Path

import pytest

from tests.api.cities.conftest import small_city
from tickets.call import Call
from tickets.city import City, load_city
from tickets.rerouting import compare


def call(identifier: str, said: str) -> Call:
    return Call.from_json({"id": identifier, "turns": [{"role": "citizen", "text": said}]})


LAMPS = call("lamps", "望江区光明路的路灯不亮了，整条街黑乎乎的，路灯坏了好几天。")
WRONG = call("wrong", "打错了，不好意思。")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def city(tmp_path: Path) -> City:
    return load_city(small_city(tmp_path / "city"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> City:
    return load_city(small_city(tmp_path / "elsewhere", "交通运输局"))


def test_what_goes_elsewhere_is_said_with_from_and_to(city: City, elsewhere: City) -> None:
    lamps, wrong = compare([LAMPS, WRONG], city, elsewhere, precision=0.98)
    assert lamps.moved
    assert lamps.before.lead == ("望江区", "城市管理局")
    assert lamps.after.lead == ("望江区", "交通运输局")
    assert not wrong.moved


def test_the_same_city_moves_nothing(city: City) -> None:
    assert [item.moved for item in compare([LAMPS, WRONG], city, city, precision=0.98)] == [False, False]
