"""The city in force in this process: read once, read anew when another version is put in force."""

import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from api.cities.archive import unpack
from api.settings import Settings
from api.storage.unit_of_work import Database, UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

log = structlog.get_logger(__name__)
START: Final = "settings"
"""Stands for the city of the settings, in force until one is activated."""


def _nothing(_: "City") -> None:
    return


class CityInForce:
    """Gives the city in force. Whoever took one keeps it, so that a call is never judged by two versions."""

    def __init__(self, settings: Settings, prepare: "Callable[[City], None]" = _nothing) -> None:
        self._settings = settings
        self._prepare = prepare
        self._lock = threading.Lock()
        self._held: tuple[str, City] | None = None

    def city(self, database: Database) -> "City":
        """The city of the last activation, else that of the settings.

        Raises:
            CityError: its folder or stored archive can't be used.
        """
        with database.reading() as uow:
            activation = uow.cities.in_force()
        key = START if activation is None else f"{activation.id}"
        held = self._held
        if held is not None and held[0] == key:
            return held[1]
        with self._lock:
            if self._held is None or self._held[0] != key:
                city = self._read(database, activation.version if activation else None)
                self._prepare(city)
                self._held = key, city
                log.info("city loaded", version=city.version, activation=key)
            return self._held[1]

    def _read(self, database: Database, version: str | None) -> "City":
        from tickets.city.loading import read_city  # noqa: PLC0415 — heavy

        if version is None:
            return read_city(self._settings.city_dir)
        with database.reading() as uow:
            return stored_city(uow, self._settings.data_dir, version)


def stored_city(uow: UnitOfWork, data_dir: Path, version: str) -> "City":
    """A kept version, unpacked into the data folder where it isn't yet.

    Raises:
        LookupError: there is no such version.
        CityError: the stored archive is damaged.
    """
    from tickets.city.loading import read_city  # noqa: PLC0415 — heavy

    row = uow.cities.version(version)
    if row is None:
        raise LookupError(f"there is no version {version}; `hotline city versions` lists them")
    folder = data_dir / "cities" / f"{version}-{row.digest[:8]}"
    if not folder.is_dir():
        full = uow.cities.version(version, with_archive=True)
        _unpack_whole(full.archive if full else b"", folder, version)
    return read_city(folder)


def _unpack_whole(archive: bytes, folder: Path, version: str) -> None:
    """Unpack beside and rename: the folder holds all of it or isn't there, whoever else unpacks at the same time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".city-"))
    try:
        unpack(archive, fresh / "city", version)
        (fresh / "city").rename(folder)
    except OSError:
        # Another process was first.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
