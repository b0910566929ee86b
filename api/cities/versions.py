"""Keeps versions of the city and puts them in force; each change of what is in force is audited."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.cities.archive import pack
from api.storage.models import CityActivation, CityVersion
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

LOCK: Final = "city"
ACTOR: Final = "hotline city"


class NoVersionBeforeError(Exception):
    """There is nothing to roll back to."""


def keep(uow: UnitOfWork, city: "City", *, renew: bool = False) -> CityVersion:
    """Store a city that was read from a folder, once for each version.

    Args:
        uow: the transaction.
        city: what is kept.
        renew: take over models that were trained since the version was stored.

    Raises:
        CityError: the folder was changed since it was read.
    """
    stored = uow.cities.version(city.version)
    if stored is not None and not renew:
        return stored
    archive = pack(_folder(city), city.version)
    digest = hashlib.sha256(archive).hexdigest()
    if stored is None:
        return uow.cities.add_version(
            CityVersion(
                version=city.version,
                archive=archive,
                digest=digest,
                duties=len(city.duties),
                departments=len(city.departments),
                places=len(city.places),
            )
        )
    if stored.digest != digest:
        stored.archive, stored.digest = archive, digest
        uow.session.flush()
    return stored


def activate(
    uow: UnitOfWork, city: "City", before: "City | None", effect: dict[str, Any] | None = None
) -> CityActivation | None:
    """Put a city in force for all new calls; None where this version with these models is in force already.

    Args:
        uow: the transaction: all of it holds or nothing.
        city: the new city, read from its folder.
        before: the city of the settings, which a rollback of the first activation returns to.
        effect: figures for the audit log; no citizen's data.

    Raises:
        CityError: a folder was changed since it was read.
    """
    uow.lock(LOCK)
    held = uow.cities.in_force()
    if held is None and before is not None:
        keep(uow, before)
        held = uow.cities.add_activation(CityActivation(version=before.version, kind="start"))
    known = uow.cities.version(city.version)
    old_digest = known.digest if known else None
    stored = keep(uow, city, renew=True)
    if held is not None and held.version == city.version and stored.digest == old_digest:
        return None
    return _put_in_force(
        uow, CityActivation(version=city.version, kind="activate", before_id=held.id if held else None), held, effect
    )


def roll_back(uow: UnitOfWork) -> CityActivation:
    """Put the version in force again that the present one took the place of; again goes one further back.

    Raises:
        NoVersionBeforeError: none was in force before.
    """
    uow.lock(LOCK)
    held = uow.cities.in_force()
    target = uow.cities.activation(held.before_id) if held is not None and held.before_id is not None else None
    if target is None:
        raise NoVersionBeforeError(
            "No version was in force before this one; `hotline city versions` lists those that are kept, "
            "`hotline city activate` takes a folder or one of them."
        )
    return _put_in_force(
        uow, CityActivation(version=target.version, kind="rollback", before_id=target.before_id), held, None
    )


def _put_in_force(
    uow: UnitOfWork, activation: CityActivation, held: CityActivation | None, effect: dict[str, Any] | None
) -> CityActivation:
    detail = {"before": held.version if held else None, **(effect or {})}
    uow.access.audit("command", ACTOR, f"city_{activation.kind}", activation.version, detail)
    return uow.cities.add_activation(activation)


def _folder(city: "City") -> Path:
    if city.folder is None:
        raise ValueError("this city was not read from a folder")
    return city.folder
