"""Claims: who works on a ticket, for as long as the lease is renewed."""

from datetime import datetime, timedelta

from api.calls.errors import NotFoundError
from api.review.errors import ClaimedError, ClaimLostError, NotWaitingError
from api.storage.clock import database_now
from api.storage.models import Claim, Ticket
from api.storage.repositories.reviews import QueueView, TicketFilter
from api.storage.unit_of_work import UnitOfWork

TRIED_AT_ONCE = 5


def claim(uow: UnitOfWork, ticket_id: str, operator_id: str, lease: timedelta) -> Ticket:
    """Take a ticket that waits; again renews the lease.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimedError: another operator has it.
        NotWaitingError: it waits for nobody.
    """
    before = uow.reviews.ticket(ticket_id, lock=True)
    if before is None:
        raise NotFoundError("ticket", ticket_id)
    now = database_now(uow.session)
    mine = holds(before, operator_id, now)
    if not uow.reviews.claim(ticket_id, operator_id, now, now + lease):
        if before.queue_rank is None:
            raise NotWaitingError
        raise ClaimedError(str(before.claimed_by), before.claimed_until)
    if not mine:
        uow.reviews.add_claim(
            Claim(ticket_id=ticket_id, operator_id=operator_id, claimed_at=now, lease_until=now + lease)
        )
        uow.access.audit("operator", operator_id, "claim", ticket_id)
    return _fresh(uow, ticket_id)


def claim_next(uow: UnitOfWork, operator_id: str, narrowed: TicketFilter, lease: timedelta) -> Ticket | None:
    """Take the most urgent and least certain ticket that nobody has; None where nothing waits."""
    now = database_now(uow.session)
    for view in ("assigned", "open"):
        for ticket in uow.reviews.queue(narrowed, QueueView(view, operator_id, now), TRIED_AT_ONCE):
            try:
                return claim(uow, ticket.id, operator_id, lease)
            except (ClaimedError, NotWaitingError):
                # Somebody else was faster.
                continue
    return None


def renew(uow: UnitOfWork, ticket_id: str, operator_id: str, lease: timedelta) -> Ticket:
    """Prolong a lease.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: the lease is over and the ticket is another's, or waits for nobody any more.
    """
    ticket = held(uow, ticket_id, operator_id)
    now = database_now(uow.session)
    if not uow.reviews.claim(ticket.id, operator_id, now, now + lease):
        raise ClaimLostError
    last = uow.reviews.last_claim(ticket_id)
    if last is not None:
        last.lease_until = now + lease
    return _fresh(uow, ticket_id)


def release(uow: UnitOfWork, ticket: Ticket, operator_id: str) -> None:
    """Let others have the ticket."""
    if ticket.claimed_by != operator_id:
        return
    ticket.claimed_by = ticket.claimed_until = None
    last = uow.reviews.last_claim(ticket.id)
    if last is not None and last.released_at is None:
        last.released_at = database_now(uow.session)


def held(uow: UnitOfWork, ticket_id: str, operator_id: str) -> Ticket:
    """The ticket, its row locked, where the operator has it now.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: he doesn't.
    """
    ticket = uow.reviews.ticket(ticket_id, lock=True)
    if ticket is None:
        raise NotFoundError("ticket", ticket_id)
    if not holds(ticket, operator_id, database_now(uow.session)):
        raise ClaimLostError
    return ticket


def holds(ticket: Ticket, operator_id: str, now: datetime) -> bool:
    """Whether an operator has a ticket at a time."""
    return ticket.claimed_by == operator_id and ticket.claimed_until is not None and ticket.claimed_until > now


def _fresh(uow: UnitOfWork, ticket_id: str) -> Ticket:
    ticket = uow.reviews.ticket(ticket_id, lock=True)
    if ticket is None:
        raise NotFoundError("ticket", ticket_id)
    return ticket
