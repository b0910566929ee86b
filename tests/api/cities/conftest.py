"""Small cities: they train in a moment."""

import shutil
from pathlib import Path

import pytest

from tickets.city import City, load_city

SAMPLE = Path(__file__).parents[3] / "tickets" / "sample_city"
KEPT = ("UT09", "CG01", "NV01", "PM01", "LB02", "EM01")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def small_city(folder: Path, lamps: str = "城市管理局") -> Path:
    """A few duties of the sample city; ``lamps`` leads the street lamps."""
    folder.mkdir(parents=True)
    for name in ("departments.csv", "places.csv"):
        shutil.copy(SAMPLE / name, folder / name)
    lines = (SAMPLE / "duties.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.split(",", 1)[0] in KEPT]
    kept = [line.replace(",城市管理局,", f",{lamps},", 1) if line.startswith("UT09,") else line for line in kept]
    (folder / "duties.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    return folder


@pytest.fixture
def first(tmp_path: Path) -> City:
    return load_city(small_city(tmp_path / "first"))


@pytest.fixture
def second(tmp_path: Path) -> City:
    return load_city(small_city(tmp_path / "second", "交通运输局"))
