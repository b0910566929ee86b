import shutil
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[3] / "tickets" / "sample_city"
KEPT = ("UT09", "UT08", "CG01", "NV01", "EN01", "PM01", "LB02", "CS02", "TR01", "CV01", "XX01", "EM01", "EM02", "EM03")


@pytest.fixture
def small_city(tmp_path: Path) -> Path:
    """The sample city with a few duties and without wording: trains in a moment."""
    folder = tmp_path / "city"
    folder.mkdir()
    for name in ("departments.csv", "places.csv"):
        shutil.copy(SAMPLE / name, folder / name)
    lines = (SAMPLE / "duties.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.split(",", 1)[0] in KEPT]
    (folder / "duties.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    return folder


@pytest.fixture
def worded_city(small_city: Path) -> Path:
    """The small city with the sample's wording of its duties."""
    (small_city / "wording").mkdir()
    for code in KEPT:
        shutil.copy(SAMPLE / "wording" / f"{code}.txt", small_city / "wording" / f"{code}.txt")
    return small_city
