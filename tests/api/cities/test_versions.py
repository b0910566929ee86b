"""Versions of the city: kept whole, put in force in one transaction, rolled back step by step, read everywhere."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.audio_store import open_audio_store
from api.cities.archive import pack, unpack
from api.cities.in_force import CityInForce, stored_city
from api.cities.versions import NoVersionBeforeError, activate, keep, roll_back
from api.settings import Settings
from api.storage.models import CityActivation, CityVersion
from api.storage.unit_of_work import Database
from api.workflows.calls import structured
from api.workflows.queue import WorkQueue
from api.workflows.runtime import WorkerRuntime
from tickets.city import City, load_city
from tickets.errors import CityError


@pytest.fixture
def settings(tmp_path: Path, database: Database, first: City) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path / "data",
        database_url=database.url,
        city_dir=first.folder,
        settle_time=timedelta(0),
    )


def versions_in_force(database: Database) -> list[str]:
    with database.reading() as uow:
        return [each.version for each in uow.cities.activations()]


def test_the_same_folder_packs_to_the_same_bytes_and_comes_back_whole(first: City, tmp_path: Path) -> None:
    assert first.folder is not None
    packed = pack(first.folder, first.version)
    assert packed == pack(first.folder, first.version)
    unpack(packed, tmp_path / "out", first.version)
    assert load_city(tmp_path / "out") == first


def test_a_folder_changed_since_it_was_read_is_not_kept(database: Database, first: City) -> None:
    assert first.folder is not None
    with (first.folder / "duties.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    with pytest.raises(CityError, match="changed while it was read"), database.transaction() as uow:
        keep(uow, first)
    with database.reading() as uow:
        assert uow.cities.versions() == []


def test_activating_and_rolling_back_step_by_step(database: Database, first: City, second: City) -> None:
    third = load_city()
    with database.transaction() as uow:
        activate(uow, second, first, {"moved": 3})
    with database.transaction() as uow:
        activate(uow, third, first)
    assert versions_in_force(database) == [third.version, second.version, first.version]
    for expected in (second, first):
        with database.transaction() as uow:
            assert roll_back(uow).version == expected.version
    with pytest.raises(NoVersionBeforeError), database.transaction() as uow:
        roll_back(uow)
    with database.reading() as uow:
        [entry, back] = uow.access.audit_of(second.version)
        assert (entry.action, entry.detail) == ("city_activate", {"before": first.version, "moved": 3})
        assert (back.action, back.detail) == ("city_rollback", {"before": third.version})


def test_after_a_rollback_an_activation_goes_back_to_what_was_in_force(
    database: Database, first: City, second: City
) -> None:
    for city in (second, load_city()):
        with database.transaction() as uow:
            activate(uow, city, first)
    with database.transaction() as uow:
        roll_back(uow)
    with database.transaction() as uow:
        activate(uow, load_city(), first)
    with database.transaction() as uow:
        assert roll_back(uow).version == second.version


def test_what_is_in_force_is_not_activated_again_unless_its_models_changed(
    database: Database, first: City, second: City
) -> None:
    with database.transaction() as uow:
        assert activate(uow, second, first) is not None
    with database.transaction() as uow:
        assert activate(uow, second, first) is None
    assert second.folder is not None
    (second.folder / "models").mkdir()
    (second.folder / "models" / "models.json").write_text("{}", encoding="utf-8")
    with database.transaction() as uow:
        assert activate(uow, second, first) is not None


def test_a_failure_leaves_nothing_behind(database: Database, first: City, second: City) -> None:
    with pytest.raises(RuntimeError), database.transaction() as uow:
        activate(uow, second, first)
        raise RuntimeError
    with database.reading() as uow:
        assert uow.cities.versions() == []
        assert uow.access.audit_of(second.version) == []


def test_two_that_activate_at_once_come_one_after_the_other(database: Database, first: City, second: City) -> None:
    third, errors = load_city(), []

    def put(city: City) -> None:
        try:
            with database.transaction() as uow:
                activate(uow, city, first)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=put, args=(city,)) for city in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with database.reading() as uow:
        newest, before, start = uow.cities.activations()
        assert {newest.version, before.version} == {second.version, third.version}
        assert (newest.before_id, before.before_id, start.before_id) == (before.id, start.id, None)


def test_each_process_takes_the_version_in_force_for_its_next_call(
    database: Database, settings: Settings, first: City, second: City
) -> None:
    prepared: list[str] = []
    cities = CityInForce(settings, lambda city: prepared.append(city.version))
    assert cities.city(database) == first
    with database.transaction() as uow:
        activate(uow, second, first)
    assert second.folder is not None
    shutil.rmtree(second.folder)
    assert cities.city(database) == second
    assert cities.city(database) == second
    with database.transaction() as uow:
        roll_back(uow)
    assert cities.city(database) == first
    assert prepared == [first.version, second.version, first.version]


def test_a_worker_makes_tickets_by_the_version_in_force_without_a_restart(
    database: Database, settings: Settings, first: City, second: City, queue: WorkQueue
) -> None:
    worker = WorkerRuntime(settings, database, open_audio_store(settings), queue, "worker-1")
    lamps: dict[str, Any] = {
        "segments": [{"role": "citizen", "text": "望江区光明路的路灯不亮，路灯坏了，整条街都黑。"}]
    }
    before = structured(worker, lamps).fields
    with database.transaction() as uow:
        activate(uow, second, first)
    after = structured(worker, lamps).fields
    assert (before["lead"]["department"], before["city_version"]) == ("城市管理局", first.version)
    assert (after["lead"]["department"], after["city_version"]) == ("交通运输局", second.version)


def test_versions_stay_readable_and_a_damaged_one_is_refused(
    database: Database, tmp_path: Path, first: City, second: City
) -> None:
    with database.transaction() as uow:
        keep(uow, first)
        keep(uow, second)
    with database.reading() as uow:
        assert stored_city(uow, tmp_path / "data", first.version).duties == first.duties
        with pytest.raises(LookupError, match="no version"):
            stored_city(uow, tmp_path / "data", "0" * 16)
    with database.transaction() as uow:
        other = uow.cities.version(first.version, with_archive=True)
        assert other is not None
        uow.session.execute(
            sa.update(CityVersion).where(CityVersion.version == second.version).values(archive=other.archive)
        )
    with database.reading() as uow, pytest.raises(CityError, match="damaged"):
        stored_city(uow, tmp_path / "data", second.version)
    assert [path for path in (tmp_path / "data" / "cities").iterdir() if path.name.startswith(".")] == []


def test_a_version_that_was_in_force_cannot_be_removed(database: Database, first: City) -> None:
    with database.transaction() as uow:
        keep(uow, first)
        uow.cities.add_activation(CityActivation(version=first.version, kind="start"))
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as uow:
        uow.session.execute(sa.delete(CityVersion))
