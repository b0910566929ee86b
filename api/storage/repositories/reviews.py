"""Queries on the queue, claims, drafts, decisions and reveals."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from api.storage.models import Claim, Reveal, ReviewAction, Ticket, TicketDraft
from api.storage.repositories.search import SearchRepository

FACETS: Final = ("urgency", "district", "category", "dialect", "source", "flags")
_COUNTED: Final[tuple[Any, ...]] = tuple(getattr(Ticket, name) for name in FACETS)


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How much waits, has been claimed, is one operator's, and he was asked about.

    ``by`` tells of each of :data:`FACETS` how much waits with each value, "" where it is unknown, and with each flag.
    """

    waiting: int
    claimed: int
    mine: int
    assigned: int
    by: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What tickets are narrowed by; None leaves a field open. Times are those at which the ticket was made."""

    text: str | None = None
    dialect: str | None = None
    district: str | None = None
    category: str | None = None
    urgency: str | None = None
    flag: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """All but the text, as conditions on tickets."""
        found: list[ColumnElement[bool]] = [
            column == value
            for column, value in (
                (Ticket.dialect, self.dialect),
                (Ticket.district, self.district),
                (Ticket.category, self.category),
                (Ticket.urgency, self.urgency),
                (Ticket.source, self.source),
            )
            if value is not None
        ]
        if self.flag is not None:
            found.append(Ticket.flags.contains(f"|{self.flag}|", autoescape=True))
        if self.since is not None:
            found.append(Ticket.created_at >= self.since)
        if self.until is not None:
            found.append(Ticket.created_at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class QueueView:
    """Whose part of the queue: what nobody has (open), what ``operator_id`` has (mine) or was asked (assigned), all."""

    name: str
    operator_id: str
    now: datetime

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on tickets."""
        free = or_(Ticket.claimed_by.is_(None), Ticket.claimed_until <= self.now)
        match self.name:
            case "open":
                return [free, or_(Ticket.assigned_to.is_(None), Ticket.assigned_to == self.operator_id)]
            case "mine":
                return [Ticket.claimed_by == self.operator_id, Ticket.claimed_until > self.now]
            case "assigned":
                return [Ticket.assigned_to == self.operator_id]
            case _:
                return []


class ReviewRepository:
    """Operators' work of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def queue(
        self, narrowed: TicketFilter, view: QueueView, limit: int, after: tuple[float, str] | None = None
    ) -> list[Ticket]:
        """What waits for a person, most urgent and then least certain first, after a rank and id."""
        query = self._waiting(select(Ticket), narrowed, view).order_by(Ticket.queue_rank, Ticket.id).limit(limit)
        if after is not None:
            rank, ticket_id = after
            query = query.where(or_(Ticket.queue_rank > rank, and_(Ticket.queue_rank == rank, Ticket.id > ticket_id)))
        return list(self._session.scalars(query))

    def queue_counts(self, operator_id: str, now: datetime) -> QueueCount:
        """How much waits, and of it what anybody or the operator has, and what he was asked about."""
        # In one pass: each further one would read all that waits once more.
        rows = self._session.execute(
            select(*_COUNTED, Ticket.claimed_by, Ticket.claimed_until, Ticket.assigned_to).where(
                Ticket.queue_rank.is_not(None)
            )
        ).all()
        holders = [row.claimed_by for row in rows if row.claimed_until is not None and row.claimed_until > now]
        by = {
            name: Counter(value or "" for value in rows_of)
            for name, rows_of in zip(FACETS, _columns(rows), strict=True)
        }
        flags: Counter[str] = Counter()
        for together, number in by.pop("flags").items():
            flags.update({flag: number for flag in together.split("|") if flag})
        return QueueCount(
            waiting=len(rows),
            claimed=sum(holder is not None for holder in holders),
            mine=holders.count(operator_id),
            assigned=sum(row.assigned_to == operator_id for row in rows),
            by={**by, "flags": flags},
        )

    def ticket(self, ticket_id: str, *, lock: bool = False) -> Ticket | None:
        """One ticket, its row held until the transaction ends where ``lock`` is set."""
        query = select(Ticket).where(Ticket.id == ticket_id).execution_options(populate_existing=lock)
        return self._session.scalar(query.with_for_update() if lock else query)

    def tickets_of_call(self, call_id: str) -> list[Ticket]:
        """All tickets of a call, the machine's first."""
        return list(self._session.scalars(select(Ticket).where(Ticket.call_id == call_id).order_by(Ticket.matter)))

    def concluded_calls(self) -> list[str]:
        """Calls whose machine-made ticket a person concluded, in order."""
        query = select(Ticket.call_id).where(Ticket.concluded_by.is_not(None), Ticket.matter == 0)
        return list(self._session.scalars(query.order_by(Ticket.id)))

    def claim(self, ticket_id: str, operator_id: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease in one statement; False where another one has it."""
        result = self._session.execute(
            update(Ticket)
            .where(
                Ticket.id == ticket_id,
                Ticket.queue_rank.is_not(None),
                or_(Ticket.claimed_by.is_(None), Ticket.claimed_until <= now, Ticket.claimed_by == operator_id),
            )
            .values(claimed_by=operator_id, claimed_until=until, updated_at=Ticket.updated_at)
            .execution_options(synchronize_session=False)
        )
        return isinstance(result, CursorResult) and result.rowcount == 1

    def add_claim(self, claim: Claim) -> None:
        """Note that a lease began."""
        self._session.add(claim)
        self._session.flush()

    def last_claim(self, ticket_id: str) -> Claim | None:
        """The lease that began last."""
        return self._session.scalar(
            select(Claim).where(Claim.ticket_id == ticket_id).order_by(Claim.id.desc()).limit(1)
        )

    def claimed_calls(self, operator_id: str, call_ids: Collection[str], now: datetime) -> set[str]:
        """Which of these calls have a ticket that the operator has claimed."""
        query = select(Ticket.call_id).where(
            Ticket.call_id.in_(call_ids), Ticket.claimed_by == operator_id, Ticket.claimed_until > now
        )
        return set(self._session.scalars(query))

    def draft(self, ticket_id: str) -> TicketDraft | None:
        """What was entered and not concluded."""
        return self._session.get(TicketDraft, ticket_id)

    def add_draft(self, draft: TicketDraft) -> TicketDraft:
        """Store a draft."""
        self._session.add(draft)
        self._session.flush()
        return draft

    def delete_draft(self, ticket_id: str) -> None:
        """Remove the draft."""
        self._session.execute(delete(TicketDraft).where(TicketDraft.ticket_id == ticket_id))

    def add_action(self, action: ReviewAction) -> ReviewAction:
        """Store a decision."""
        self._session.add(action)
        self._session.flush()
        return action

    def last_action(self, ticket_id: str) -> ReviewAction | None:
        """The last decision, undone or not."""
        return self._session.scalar(
            select(ReviewAction).where(ReviewAction.ticket_id == ticket_id).order_by(ReviewAction.id.desc()).limit(1)
        )

    def last_standing_action(self, ticket_id: str) -> ReviewAction | None:
        """The last decision that was not undone."""
        return self._session.scalar(
            select(ReviewAction)
            .where(ReviewAction.ticket_id == ticket_id, ReviewAction.undone_at.is_(None))
            .order_by(ReviewAction.id.desc())
            .limit(1)
        )

    def reveal(self, operator_id: str, call_id: str, until: datetime) -> None:
        """Let an account see the names and numbers of a call until a time."""
        self._session.merge(Reveal(operator_id=operator_id, call_id=call_id, until=until))
        self._session.flush()

    def revealed(self, operator_id: str, call_ids: Collection[str], now: datetime) -> dict[str, datetime]:
        """Which of these calls an account sees unmasked, and until when."""
        rows = self._session.execute(
            select(Reveal.call_id, Reveal.until).where(
                Reveal.operator_id == operator_id, Reveal.call_id.in_(call_ids), Reveal.until > now
            )
        )
        return {call_id: until for call_id, until in rows}  # noqa: C416 -- rows are no tuples

    def _waiting(self, query: Select[tuple[Ticket]], narrowed: TicketFilter, view: QueueView) -> Select[tuple[Ticket]]:
        query = query.where(Ticket.queue_rank.is_not(None), *narrowed.conditions(), *view.conditions())
        if narrowed.text:
            found = SearchRepository(self._session).matching(narrowed.text)
            query = query.where(
                or_(
                    Ticket.number == narrowed.text,
                    Ticket.call_id == narrowed.text,
                    Ticket.search_text.icontains(narrowed.text, autoescape=True)
                    if found is None
                    else Ticket.call_id.in_(found),
                )
            )
        return query


def _columns(rows: Sequence[Any]) -> Iterator[list[Any]]:
    return ([row[place] for row in rows] for place in range(len(FACETS)))
