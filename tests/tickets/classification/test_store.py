import json
from pathlib import Path

import numpy as np
import pytest

from tickets.city import load_city
from tickets.classification.calibration import Calibration
from tickets.classification.store import (
    FOLDER,
    MANIFEST,
    MATTER,
    city_models,
    compare,
    read_models,
    read_stories,
    wording_version,
    write_models,
)
from tickets.classification.validation import Told, Validation

LAMPS = [("楼下有人摆摊", 1.0)]


def test_trained_once_kept_in_the_cache_and_read_back(small_city: Path, tmp_path: Path) -> None:
    city = load_city(small_city)
    cache = tmp_path / "cache"
    first = city_models(city, cache)
    times = {file: file.stat().st_mtime_ns for file in cache.rglob("*")}
    second = city_models(city, cache)
    assert {file: file.stat().st_mtime_ns for file in cache.rglob("*")} == times
    assert np.array_equal(first.matter.decide(LAMPS), second.matter.decide(LAMPS))
    assert second.danger is not None
    assert second.calibration == Calibration()


def test_models_of_the_citys_folder_come_first(small_city: Path, tmp_path: Path) -> None:
    city = load_city(small_city)
    models = city_models(city, tmp_path / "cache")
    calibration = Calibration((0.5, 1.0), (0.7, 0.9))
    told = {"0123456789ab": Told("UT09", "UT08", among_three=True)}
    trained = type(models)(models.matter, models.danger, calibration)
    write_models(small_city / FOLDER, city, trained, Validation(told, (), calibration, 3.0), None)
    assert city_models(city, tmp_path / "cache").calibration == calibration
    assert read_stories(small_city / FOLDER) == told
    assert load_city(small_city).version == city.version


@pytest.mark.parametrize("damage", ["byte", "manifest", "missing"])
def test_what_differs_by_a_byte_is_not_used(small_city: Path, tmp_path: Path, damage: str) -> None:
    city = load_city(small_city)
    models = city_models(city, tmp_path / "cache")
    folder = small_city / FOLDER
    write_models(folder, city, models, None, None)
    assert read_models(folder, city) is not None
    if damage == "byte":
        content = bytearray((folder / MATTER).read_bytes())
        content[len(content) // 2] ^= 0xFF
        (folder / MATTER).write_bytes(bytes(content))
    elif damage == "manifest":
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        (folder / MANIFEST).write_text(json.dumps(manifest | {"format": 0, "code": "0"}), encoding="utf-8")
    else:
        (folder / MATTER).unlink()
    assert read_models(folder, city) is None
    assert city_models(city, tmp_path / "cache").matter.labels == models.matter.labels


def test_models_of_other_wording_are_not_used_but_places_change_nothing(small_city: Path, tmp_path: Path) -> None:
    city = load_city(small_city)
    write_models(small_city / FOLDER, city, city_models(city, tmp_path / "cache"), None, None)
    places = small_city / "places.csv"
    places.write_text(places.read_text(encoding="utf-8").rsplit("\n", 2)[0] + "\n", encoding="utf-8")
    fewer_places = load_city(small_city)
    assert fewer_places.version != city.version
    assert wording_version(fewer_places) == wording_version(city)
    assert read_models(small_city / FOLDER, fewer_places) is not None
    (small_city / "wording").mkdir()
    (small_city / "wording" / "UT09.txt").write_text("路灯不亮了。\n", encoding="utf-8")
    assert read_models(small_city / FOLDER, load_city(small_city)) is None


def test_a_folder_that_cannot_be_written_is_no_obstacle(small_city: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert city_models(load_city(small_city), blocked / "below").matter.labels


def test_the_packaged_models_fit_the_packaged_city() -> None:
    """After a change of duties or wording: ``hotline train``."""
    city = load_city()
    assert city.folder is not None
    models = read_models(city.folder / FOLDER, city)
    assert models is not None
    assert models.calibration.weights
    assert models.calibration.least_confidence(0.98) < 1


def told(right: int, wrong: int, start: int = 0) -> dict[str, Told]:
    codes = ["UT09"] * right + ["UT08"] * wrong
    return {f"{start + number:012x}": Told("UT09", code, among_three=True) for number, code in enumerate(codes)}


def test_a_model_is_worse_only_beyond_chance_and_on_what_both_were_tested_on() -> None:
    before = told(80, 20)
    assert compare(before, told(60, 40)).worse
    assert not compare(before, told(79, 21)).worse
    assert not compare(before, told(95, 5)).worse
    assert not compare(before, told(0, 100, start=500)).worse
    relabelled = {story: Told("CG01", "UT09", among_three=False) for story in before}
    assert compare(before, relabelled).both == 0
