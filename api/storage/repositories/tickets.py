"""Queries on tickets, their versions, sub-orders, events and alerts."""

from datetime import date
from typing import Any, Final

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.storage.models import Alert, SubOrder, Ticket, TicketEvent, TicketNumbering, TicketVersion

OUTDATED: Final = "outdated:"
"""Start of the ``cause`` of versions that were read from a recording deleted since."""


class TicketRepository:
    """Tickets of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_call(self, call_id: str, *, lock: bool = False) -> Ticket | None:
        """The machine's ticket of the call, its row held until the transaction ends where ``lock`` is set."""
        query = (
            select(Ticket)
            .where(Ticket.call_id == call_id, Ticket.matter == 0)
            .execution_options(populate_existing=lock)
        )
        return self._session.scalar(query.with_for_update() if lock else query)

    def next_number(self, day: date) -> str:
        """The next ticket number of a day: the date and six digits that grow without gaps."""
        values = {"day": day, "last": 1}
        if self._session.get_bind().dialect.name == "postgresql":
            insert: Any = postgresql.insert(TicketNumbering).values(values)
        else:
            insert = sqlite.insert(TicketNumbering).values(values)
        statement = insert.on_conflict_do_update(
            index_elements=[TicketNumbering.day], set_={"last": TicketNumbering.last + 1}
        ).returning(TicketNumbering.last)
        return f"{day:%Y%m%d}{self._session.scalar(statement):06d}"

    def add(self, ticket: Ticket) -> Ticket:
        """Store a new ticket."""
        self._session.add(ticket)
        self._session.flush()
        return ticket

    def version(self, ticket_id: str, version: int) -> TicketVersion | None:
        """One version of a ticket."""
        return self._session.scalar(
            select(TicketVersion).where(TicketVersion.ticket_id == ticket_id, TicketVersion.version == version)
        )

    def explanation(self, ticket_id: str, version: int) -> dict[str, Any] | None:
        """Why a version of a ticket says what it says; None where it wasn't kept."""
        return self._session.scalar(
            select(TicketVersion.explanation).where(
                TicketVersion.ticket_id == ticket_id, TicketVersion.version == version
            )
        )

    def version_by_cause(self, ticket_id: str, cause: str) -> TicketVersion | None:
        """The version that a step wrote before, if it ran already."""
        return self._session.scalar(
            select(TicketVersion).where(TicketVersion.ticket_id == ticket_id, TicketVersion.cause == cause)
        )

    def add_version(self, version: TicketVersion) -> TicketVersion:
        """Store a version."""
        self._session.add(version)
        self._session.flush()
        return version

    def outdate_versions(self, ticket_id: str) -> None:
        """Mark what machines wrote so far to go with :meth:`purge_outdated`."""
        self._session.execute(
            update(TicketVersion)
            .where(TicketVersion.ticket_id == ticket_id, TicketVersion.created_by.is_(None))
            .values(cause=OUTDATED + cast(TicketVersion.version, String))
        )

    def purge_outdated(self, ticket_id: str) -> bool:
        """Remove the versions that were marked; whether there were any."""
        removed = self._session.execute(
            delete(TicketVersion)
            .where(TicketVersion.ticket_id == ticket_id, TicketVersion.cause.startswith(OUTDATED))
            .returning(TicketVersion.id)
        )
        return bool(removed.all())

    def delete_of_call(self, call_id: str) -> None:
        """Remove the call's tickets with all that belongs to them, and its alert."""
        self._session.execute(delete(Ticket).where(Ticket.call_id == call_id))
        self.delete_alert(call_id)

    def delete_alert(self, call_id: str) -> None:
        """Remove the call's alert."""
        self._session.execute(delete(Alert).where(Alert.call_id == call_id))

    def sub_orders(self, ticket_id: str) -> list[SubOrder]:
        """All sub-orders in the order of dispatch, withdrawn ones too."""
        return list(
            self._session.scalars(
                select(SubOrder).where(SubOrder.ticket_id == ticket_id).order_by(SubOrder.round, SubOrder.position)
            )
        )

    def sub_order(self, order_id: str) -> SubOrder | None:
        """One sub-order."""
        return self._session.get(SubOrder, order_id)

    def machine_fields(self, ticket_id: str) -> dict[str, Any] | None:
        """What the machine said last; None where a person wrote all of it."""
        return self._session.scalar(
            select(TicketVersion.fields)
            .where(TicketVersion.ticket_id == ticket_id, TicketVersion.created_by.is_(None))
            .order_by(TicketVersion.version.desc())
            .limit(1)
        )

    def last_round(self, ticket_id: str) -> int:
        """The number of the last dispatch round, 0 before the first."""
        return self._session.scalar(select(func.max(SubOrder.round)).where(SubOrder.ticket_id == ticket_id)) or 0

    def add_sub_order(self, sub_order: SubOrder) -> SubOrder:
        """Store a sub-order."""
        self._session.add(sub_order)
        self._session.flush()
        return sub_order

    def add_event(self, event: TicketEvent) -> None:
        """Write what happened to a ticket."""
        self._session.add(event)
        self._session.flush()

    def events(self, ticket_id: str) -> list[TicketEvent]:
        """All events of a ticket in order."""
        return list(
            self._session.scalars(
                select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
            )
        )

    def alert_of_call(self, call_id: str) -> Alert | None:
        """The call's alert."""
        return self._session.scalar(select(Alert).where(Alert.call_id == call_id))

    def alert(self, alert_id: str) -> Alert | None:
        """One alert."""
        return self._session.get(Alert, alert_id)

    def add_alert(self, alert: Alert) -> Alert:
        """Store an alert."""
        self._session.add(alert)
        self._session.flush()
        return alert
