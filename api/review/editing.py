"""Reading a ticket for review and saving what was entered: nobody overwrites what he hasn't seen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.calls.ticketing import describe
from api.review.claims import held
from api.review.errors import ChangedError
from api.storage.models import Ticket, TicketDraft, TicketVersion, utc_now
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City


def etag(uow: UnitOfWork, ticket: Ticket) -> str:
    """Changes with everything that an operator must see before he changes something himself."""
    draft, action = uow.reviews.draft(ticket.id), uow.reviews.last_action(ticket.id)
    undone = "u" if action and action.undone_at else ""
    edition = f"{draft.edition}-{draft.updated_at.timestamp():.6f}" if draft else "0"
    return f'"{ticket.version}.{ticket.dispatched_version or 0}.{action.id if action else 0}{undone}.{edition}"'


def current_fields(uow: UnitOfWork, ticket: Ticket) -> dict[str, Any]:
    """What the ticket says now, without the draft."""
    version = uow.tickets.version(ticket.id, ticket.version)
    return dict(version.fields) if version else {}


def save_draft(uow: UnitOfWork, ticket_id: str, operator_id: str, seen: str, edits: Mapping[str, Any]) -> Ticket:
    """Keep what was entered so far.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: the operator doesn't have it.
        ChangedError: somebody, perhaps himself in another tab, has changed it since ``seen``.
    """
    ticket = held(uow, ticket_id, operator_id)
    refuse_stale(uow, ticket, seen)
    draft = uow.reviews.draft(ticket_id)
    if draft is None:
        uow.reviews.add_draft(TicketDraft(ticket_id=ticket_id, fields=dict(edits), updated_by=operator_id))
    else:
        draft.fields, draft.edition = dict(edits), draft.edition + 1
        draft.updated_by, draft.updated_at = operator_id, utc_now()
    uow.session.flush()
    return ticket


def refuse_stale(uow: UnitOfWork, ticket: Ticket, seen: str) -> None:
    """Raise :class:`ChangedError` where the ticket isn't what was seen."""
    if seen != etag(uow, ticket):
        raise ChangedError


def add_version(
    uow: UnitOfWork,
    ticket: Ticket,
    fields: Mapping[str, Any],
    cause: str,
    created_by: str | None,
    *,
    city: "City | None",
) -> TicketVersion:
    """Let the ticket say something else from now on."""
    ticket.version += 1
    describe(ticket, fields)
    return uow.tickets.add_version(
        TicketVersion(
            ticket_id=ticket.id,
            version=ticket.version,
            cause=f"{cause}:{ticket.version}",
            fields=dict(fields),
            city_version=city.version if city else None,
            created_by=created_by,
        )
    )
