import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tickets.city import load_city
from tickets.errors import CityError

DEPARTMENTS = "department,kind,duties\n城管局,functional,占道、路灯\n街道办,grassroots,基本事项\n110,external,警情\n"
DUTIES = (
    "code,level1,level2,lead,co_handlers,level,grassroots_role,basis,note\n"
    "A1,市容,占道经营,城管局,街道办,district,assist,条例,\n"
    "B1,社区,邻里调解,街道办,,grassroots,lead,同上,\n"
    "EM,警情,正在打架,110,,emergency,none,办法,\n"
)
PLACES = (
    "kind,name,district,street,community\ndistrict,东区,东区,,\nstreet,河街道,东区,河街道,\nestate,柳园,东区,河街道,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "departments.csv").write_text(DEPARTMENTS, encoding="utf-8")
    (tmp_path / "duties.csv").write_text(DUTIES, encoding="utf-8")
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    return tmp_path


def test_a_small_city_loads(folder: Path) -> None:
    city = load_city(folder)
    assert [duty.code for duty in city.duties] == ["A1", "B1", "EM"]
    assert city.duty_by_code["B1"].basis == "条例"
    assert city.hotwords()[:2] == ("东区", "河街道")
    assert "110" not in city.hotwords()


def test_version_follows_the_content(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("copy") / "city")
    assert load_city(copy) == load_city(folder)
    (copy / "wording").mkdir()
    (copy / "wording" / "A1.txt").write_text("# 注释\n门口全是摆摊的\n", encoding="utf-8")
    changed = load_city(copy)
    assert changed.version != load_city(folder).version
    assert changed.wording == (("A1", "门口全是摆摊的"),)


def test_the_sample_city_is_sound() -> None:
    city = load_city()
    assert len(city.duties) > 100
    assert {place.district for place in city.places} == set(city.districts)
    assert city is not load_city()
    assert city == load_city()


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def written(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "file", "line", "says"),
    [
        (lambda folder: (folder / "places.csv").unlink(), "places.csv", None, "missing"),
        (replaced("duties.csv", "level1", "lev"), "duties.csv", 1, "'level1'"),
        (replaced("duties.csv", "城管局", "城建局"), "duties.csv", 2, "'城建局'"),
        (
            replaced("duties.csv", "A1,市容,占道经营,城管局,街道办", "A1,市容,占道经营,城管局,居委会"),
            "duties.csv",
            2,
            "居委会",
        ),
        (replaced("duties.csv", "B1,", "A1,"), "duties.csv", 3, "'A1' stands twice"),
        (replaced("duties.csv", "district,assist", "region,assist"), "duties.csv", 2, "'region'"),
        (replaced("duties.csv", "district,assist", "district,helper"), "duties.csv", 2, "'helper'"),
        (replaced("duties.csv", "grassroots,lead", "grassroots,assist"), "duties.csv", 3, "'assist'"),
        (replaced("duties.csv", "district,assist", "district,lead"), "duties.csv", 2, "'lead'"),
        (replaced("duties.csv", "district,assist", "district,none"), "duties.csv", 2, "grassroots"),
        (replaced("duties.csv", "B1,社区,邻里调解,街道办", "B1,社区,邻里调解,城管局"), "duties.csv", 3, "'城管局'"),
        (replaced("duties.csv", "A1,市容,占道经营,城管局", "A1,市容,占道经营,"), "duties.csv", 2, "lead"),
        (replaced("duties.csv", "A1,市容,占道经营,城管局", "A1,市容,占道经营,110"), "duties.csv", 2, "external"),
        (replaced("duties.csv", "条例,\n", "条例\n"), "duties.csv", 2, "values"),
        (replaced("departments.csv", "functional", "office"), "departments.csv", 2, "'office'"),
        (replaced("departments.csv", "110,", "城管局,"), "departments.csv", 4, "'城管局'"),
        (replaced("places.csv", "estate,柳园,东区", "estate,柳园,西区"), "places.csv", 4, "'西区'"),
        (replaced("places.csv", "estate,柳园,东区,河街道", "estate,柳园,东区,海街道"), "places.csv", 4, "'海街道'"),
        (replaced("places.csv", "estate", "house"), "places.csv", 4, "'house'"),
        (
            written("departments.csv", "department,kind,duties\n\xff".encode("latin-1")),
            "departments.csv",
            None,
            "UTF-8",
        ),
        (written("duties.csv", b""), "duties.csv", 1, "'code'"),
        (written("wording/ZZ.txt", "ZZ9\t摆摊".encode()), "ZZ.txt", 1, "'ZZ9'"),
        (written("wording/A1.txt", b"x" * 3000), "A1.txt", 1, "3000"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_value(
    folder: Path, change: Callable[[Path], object], file: str, line: int | None, says: str
) -> None:
    change(folder)
    with pytest.raises(CityError) as caught:
        load_city(folder)
    assert caught.value.file.name == file
    assert caught.value.line == line
    assert says in str(caught.value)


def test_wording_of_several_duties_in_one_file(folder: Path) -> None:
    (folder / "wording").mkdir()
    (folder / "wording" / "look_alikes.txt").write_text("A1\t摆摊的昨天打架\nNONE\t打错了\n", encoding="utf-8")
    assert load_city(folder).wording == (("A1", "摆摊的昨天打架"), ("NONE", "打错了"))


def test_no_folder() -> None:
    with pytest.raises(CityError, match="no such city folder"):
        load_city(Path("nowhere/at/all"))
