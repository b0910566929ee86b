"""Writes down what happens to tickets: who, which unit, when, why."""

from dataclasses import dataclass
from typing import Any, Final

from api.storage.models import SubOrder, Ticket, TicketEvent
from api.storage.models.tickets import ActorKind
from api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to a ticket."""

    kind: ActorKind
    id: str


MACHINE: Final = Actor("machine", "machine")


def record(
    uow: UnitOfWork,
    ticket: Ticket,
    actor: Actor,
    kind: str,
    *,
    sub_order: SubOrder | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    unit: str | None = None,
    reason: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Add an event to a ticket in its current version."""
    uow.tickets.add_event(
        TicketEvent(
            ticket_id=ticket.id,
            sub_order_id=sub_order.id if sub_order else None,
            kind=kind,
            from_state=from_state,
            to_state=to_state,
            version=ticket.version,
            actor_kind=actor.kind,
            actor=actor.id,
            unit=unit,
            reason=reason,
            data=data,
        )
    )
