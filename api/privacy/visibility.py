"""Which calls somebody sees with names and numbers.

A key sees all: machines exchange whole tickets. Supervisors see ordinary calls; an operator those that he has claimed
or revealed. Where the caller asked for secrecy or reports misconduct (保密, 举报), nobody sees them without revealing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from api.security.keys import KeyHolder, Scope
from api.storage.clock import database_now
from api.storage.models import Call, Ticket
from api.storage.unit_of_work import UnitOfWork

CONFIDENTIAL: Final = "|confidential|"
REPORT: Final = "举报"


class Matter(Protocol):
    """What of a ticket decides whether the caller's secrecy is absolute."""

    @property
    def flags(self) -> str:
        """As in the column of tickets."""

    @property
    def appeal_type(self) -> str | None:
        """As in the column of tickets."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """What somebody sees: ``everything``, else by call. ``hidden`` are calls whose ticket he must not see at all."""

    everything: bool = False
    ordinary: bool = False
    claimed: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def unmasked(self, call_id: str, tickets: Iterable[Matter]) -> bool:
        """Whether names and numbers of a call with these tickets are shown."""
        if self.everything or call_id in self.revealed:
            return True
        if any(secret(ticket) for ticket in tickets):
            return False
        return self.ordinary or call_id in self.claimed


EVERYTHING: Final = Visibility(everything=True)


def secret(ticket: Matter) -> bool:
    """Whether the caller's secrecy is absolute."""
    return CONFIDENTIAL in ticket.flags or ticket.appeal_type == REPORT


def visibility_of(uow: UnitOfWork, holder: KeyHolder, call_ids: Sequence[str]) -> Visibility:
    """What ``holder`` sees of these calls."""
    if holder.person is None:
        return EVERYTHING
    now = database_now(uow.session)
    return Visibility(
        ordinary=holder.may(Scope.SUPERVISE),
        claimed=frozenset(uow.reviews.claimed_calls(holder.key_id, call_ids, now)),
        hidden=frozenset(uow.automation.blind_calls(holder.key_id, call_ids, now)),
        revealed=frozenset(uow.reviews.revealed(holder.key_id, call_ids, now)),
    )


def tickets_of(call: Call) -> list[Ticket]:
    """All tickets of a call, which must be loaded."""
    return [*([call.ticket] if call.ticket else []), *call.further_tickets]
