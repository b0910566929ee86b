"""The city at the HTTP edge: what is in force, and every version that was."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.cities.versions import activate
from api.security.keys import Scope
from tickets.city import City, load_city

if TYPE_CHECKING:
    from conftest import Served

SAMPLE = Path(__file__).parents[3] / "tickets" / "sample_city"


@pytest.fixture
def changed(tmp_path: Path) -> City:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "changed", ignore=shutil.ignore_patterns("models")))
    file = folder / "duties.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(load_city().duty_by_code["UT09"].level2, "路灯", 1), encoding="utf-8")
    return load_city(folder)


def test_the_api_takes_an_activated_version_at_once_and_keeps_the_old_one_readable(
    served: "Served", changed: City
) -> None:
    client, sample = served.client(Scope.REVIEW), load_city()
    assert client.get("/v1/city").json()["version"] == sample.version
    assert client.get("/v1/city/versions").json() == []
    with served.database.transaction() as uow:
        activate(uow, changed, sample)
    in_force = client.get("/v1/city").json()
    assert in_force["version"] == changed.version
    assert "路灯" in [duty["level2"] for duty in in_force["duties"]]
    versions = client.get("/v1/city/versions").json()
    assert {row["version"]: row["activated"] for row in versions} == {changed.version: True, sample.version: False}
    old = client.get(f"/v1/city/versions/{sample.version}").json()
    assert old["version"] == sample.version
    assert "路灯" not in [duty["level2"] for duty in old["duties"]]


def test_an_unknown_version_is_a_404_and_a_wrong_one_a_422(served: "Served") -> None:
    client = served.client(Scope.REVIEW)
    assert client.get(f"/v1/city/versions/{'0' * 16}").status_code == 404
    assert client.get("/v1/city/versions/..%2f..%2fetc").status_code in {404, 422}
    assert client.get("/v1/city/versions/latest").status_code == 422
