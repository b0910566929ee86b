"""Queries on versions of the city."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from api.storage.models import CityActivation, CityVersion, TicketVersion


class CityRepository:
    """Versions of the city, in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def version(self, version: str, *, with_archive: bool = False) -> CityVersion | None:
        """One version; with its archive where asked for."""
        query = select(CityVersion).where(CityVersion.version == version)
        return self._session.scalar(query.options(undefer(CityVersion.archive)) if with_archive else query)

    def versions(self) -> list[CityVersion]:
        """All versions, newest first, without their archives."""
        return list(
            self._session.scalars(select(CityVersion).order_by(CityVersion.created_at.desc(), CityVersion.version))
        )

    def add_version(self, version: CityVersion) -> CityVersion:
        """Store a version."""
        self._session.add(version)
        self._session.flush()
        return version

    def in_force(self) -> CityActivation | None:
        """The activation that holds; None where none ever was."""
        return self._session.scalar(select(CityActivation).order_by(CityActivation.id.desc()).limit(1))

    def activation(self, activation_id: int) -> CityActivation | None:
        """One activation."""
        return self._session.get(CityActivation, activation_id)

    def activations(self) -> list[CityActivation]:
        """All activations, newest first."""
        return list(self._session.scalars(select(CityActivation).order_by(CityActivation.id.desc())))

    def add_activation(self, activation: CityActivation) -> CityActivation:
        """Put a version in force."""
        self._session.add(activation)
        self._session.flush()
        return activation

    def ticket_counts(self) -> dict[str, int]:
        """How many versions of tickets each version of the city made."""
        query = (
            select(TicketVersion.city_version, func.count())
            .where(TicketVersion.city_version.is_not(None))
            .group_by(TicketVersion.city_version)
        )
        return {str(version): count for version, count in self._session.execute(query)}
