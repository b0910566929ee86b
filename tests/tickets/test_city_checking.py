import shutil
from pathlib import Path

import pytest

from tickets.city import load_city
from tickets.city.changes import Change, changes_between
from tickets.city.checking import check_city

SAMPLE = Path(__file__).parents[2] / "tickets" / "sample_city"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "city"))


def mended(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_sample_city_has_neither_errors_nor_doubts() -> None:
    found = check_city(SAMPLE)
    assert found.errors == ()
    assert found.warnings == ()
    assert found.city == load_city()


def test_every_error_is_found_at_once_with_its_line(folder: Path) -> None:
    mended(folder / "duties.csv", "UT09,公用事业,", "UT09,,")
    mended(folder / "duties.csv", ",district,assist,", ",region,helper,")
    mended(folder / "places.csv", "\nstreet,", "\nlane,")
    (folder / "wording" / "ZZ9.txt").write_text("摆摊\n占道\n", encoding="utf-8")
    place = (folder / "places.csv").read_text(encoding="utf-8").splitlines()[-1]
    with (folder / "places.csv").open("a", encoding="utf-8") as stream:
        stream.write(place + "\n")
    found = check_city(folder)
    assert found.city is None
    said = [(error.file.name, error.line, error.problem) for error in found.errors]
    assert len([1 for _, line, _ in said if line is None]) == 0
    for name, words in (
        ("duties.csv", "level1 is empty"),
        ("duties.csv", "'region'"),
        ("duties.csv", "'helper'"),
        ("places.csv", "'lane'"),
        ("places.csv", "stands twice"),
        ("ZZ9.txt", "no code of duties.csv"),
    ):
        assert any(file == name and words in problem for file, _, problem in said), (name, words, said)
    assert len([1 for file, _, _ in said if file == "ZZ9.txt"]) == 2


def test_a_missing_file_is_one_error_not_one_a_duty(folder: Path) -> None:
    (folder / "departments.csv").unlink()
    assert [error.file.name for error in check_city(folder).errors] == ["departments.csv"]


def test_doubts_are_said_and_forbid_nothing(folder: Path) -> None:
    with (folder / "duties.csv").open("a", encoding="utf-8") as stream:
        stream.write("ZZ01,城市管理,共享单车,城市管理局,,district,none,,\n")
    mended(folder / "departments.csv", "\n", "\n新局,functional,无\n")
    shared = (folder / "wording" / "CG01.txt").read_text(encoding="utf-8").splitlines()[-1]
    with (folder / "wording" / "CG02.txt").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{shared}\n")
    found = check_city(folder)
    assert found.errors == ()
    assert found.city is not None
    said = "\n".join(map(str, found.warnings))
    line = len((SAMPLE / "duties.csv").read_text(encoding="utf-8").splitlines()) + 1
    assert f"duties.csv:{line}: ZZ01: no wording" in said
    assert f"duties.csv:{line}: ZZ01: dispatched without a legal basis" in said
    assert "'新局'" in said
    assert "CG01 and CG02" in said


def test_changes_name_what_differs(folder: Path) -> None:
    old = load_city()
    mended(folder / "duties.csv", old.duty_by_code["UT09"].level2, "路灯")
    mended(folder / "places.csv", "\n", "\nestate,新苑,望江区,,\n")
    mended(folder / "wording" / "CG01.txt", "\n", "\n新说法\n")
    changes = changes_between(old, load_city(folder))
    duty = next(change for change in changes if change.subject == "duty")
    assert duty == Change("duty", "changed", "UT09", (("level2", old.duty_by_code["UT09"].level2, "路灯"),))
    assert [change.name for change in changes if change.subject == "place"] == ["estate 望江区 新苑"]
    assert [change.name for change in changes if change.subject == "wording"] == ["CG01"]
    assert changes_between(old, load_city()) == ()
