"""Which calls another version of the city would send elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tickets.call import Call
from tickets.city.model import City
from tickets.dispatch.leads import lead_json
from tickets.structuring import structure
from tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a ticket goes: the duty, the unit that leads or the body it is handed to, who assists, and how."""

    disposition: str
    category: str | None
    lead: tuple[str, ...]
    co_handlers: tuple[str, ...]
    handover: tuple[str, ...]
    mode: str

    @property
    def address(self) -> tuple[object, ...]:
        """What must be the same for a ticket to arrive at the same desks."""
        return self.disposition, self.lead, self.co_handlers, self.handover


@dataclass(frozen=True, slots=True)
class Comparison:
    """One call under two versions of a city."""

    call_id: str
    before: Destination
    after: Destination

    @property
    def moved(self) -> bool:
        """Whether it would now go elsewhere."""
        return self.before.address != self.after.address


def destination_of(ticket: Ticket) -> Destination:
    """Where a ticket goes."""
    lead = lead_json(ticket.lead) or {}
    unit = tuple(value for key in ("district", "street", "department") if (value := lead.get(key)))
    return Destination(ticket.disposition, ticket.category, unit, ticket.co_handlers, ticket.handover, ticket.mode)


def compare(calls: Iterable[Call], old: City, new: City, *, precision: float) -> Iterator[Comparison]:
    """Structure each call under both versions, so that nothing but the city can make the difference."""
    for call in calls:
        before, after = (destination_of(structure(call, city, precision=precision)) for city in (old, new))
        yield Comparison(call.id, before, after)
