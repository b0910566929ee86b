"""Versions of the city and when each was in force."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.models.base import Base, BigKey, utc_now

ActivationKind = Literal["start", "activate", "rollback"]


class CityVersion(Base):
    """A city folder under the hash of its content; never removed, so that each ticket's duty list stays readable.

    ``archive`` is the folder as a ZIP with its trained models, ``digest`` its sha256: other models, same version.
    """

    __tablename__ = "city_versions"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    archive: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    duties: Mapped[int]
    departments: Mapped[int]
    places: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CityActivation(Base):
    """A version put in force; the last one holds. Only ever added to.

    ``before_id`` is the activation that a rollback returns to, None for the first.
    """

    __tablename__ = "city_activations"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    version: Mapped[str] = mapped_column(ForeignKey("city_versions.version"), index=True)
    kind: Mapped[ActivationKind] = mapped_column(String(20))
    before_id: Mapped[int | None] = mapped_column(ForeignKey("city_activations.id"))
    activated_at: Mapped[datetime] = mapped_column(default=utc_now)
