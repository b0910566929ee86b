"""Rows that supervisors' figures are counted from; nothing in them is about a citizen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.storage.models import BlindAnswer, BlindSample, Call, Claim, Operator, Ticket

FETCHED_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as figures see it. ``returns`` counts departments that gave it back."""

    number: str
    created_at: datetime
    source: str
    dialect: str | None
    district: str | None
    category: str | None
    disposition: str
    urgency: str | None
    lead_department: str | None
    state: str
    automatic: bool
    confidence: float | None
    machine_right: bool | None
    returns: int
    concluded_by: str | None
    concluded_at: datetime | None
    waited_seconds: float | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An operator's answer to a blind sample: ``address`` is where he would have sent the ticket."""

    sample_id: str
    operator_id: str
    agrees: bool
    address: str


class FigureRepository:
    """Rows for figures, in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def calls_at(self, since: datetime, until: datetime) -> list[datetime]:
        """When each call of a stretch of time came in."""
        query = select(Call.created_at).where(Call.created_at >= since, Call.created_at < until)
        return list(self._session.scalars(query))

    def tickets(self, since: datetime, until: datetime) -> Iterator[TicketRow]:
        """The tickets made in a stretch of time, in order."""
        query = (
            select(
                Ticket.number,
                Ticket.created_at,
                Ticket.source,
                Ticket.dialect,
                Ticket.district,
                Ticket.category,
                Ticket.disposition,
                Ticket.urgency,
                Ticket.lead_department,
                Ticket.state,
                Ticket.automatic,
                Ticket.confidence,
                Ticket.machine_right,
                Ticket.return_count,
                Ticket.concluded_by,
                Ticket.concluded_at,
                Ticket.waited_seconds,
            )
            .where(Ticket.created_at >= since, Ticket.created_at < until)
            .order_by(Ticket.created_at, Ticket.id)
            .execution_options(yield_per=FETCHED_AT_ONCE)
        )
        for row in self._session.execute(query):
            yield TicketRow(*tuple(row))

    def waiting(self) -> int:
        """How many tickets wait for a person."""
        return self._session.scalar(select(func.count(Ticket.id)).where(Ticket.queue_rank.is_not(None))) or 0

    def answers(self, since: datetime, until: datetime) -> list[AnswerRow]:
        """Answers to blind samples in a stretch of time."""
        rows = self._session.execute(
            select(BlindAnswer.sample_id, BlindAnswer.operator_id, BlindAnswer.agrees, BlindAnswer.answer)
            .join(BlindSample, BlindSample.id == BlindAnswer.sample_id)
            .where(BlindAnswer.created_at >= since, BlindAnswer.created_at < until)
            .order_by(BlindAnswer.id)
        )
        return [AnswerRow(sample, operator, agrees, _address(answer)) for sample, operator, agrees, answer in rows]

    def handling_seconds(self, since: datetime, until: datetime) -> dict[str, list[float]]:
        """How long operators had tickets that they concluded, by operator."""
        rows = self._session.execute(
            select(Claim.operator_id, Claim.claimed_at, Claim.released_at)
            .join(Ticket, Ticket.id == Claim.ticket_id)
            .join(Operator, Operator.id == Claim.operator_id)
            .where(
                Claim.released_at.is_not(None),
                Claim.claimed_at >= since,
                Claim.claimed_at < until,
                Ticket.concluded_by == Claim.operator_id,
            )
        )
        found: dict[str, list[float]] = {}
        for operator, began, ended in rows:
            if ended is not None:
                found.setdefault(operator, []).append((ended - began).total_seconds())
        return found


def _address(answer: dict[str, object]) -> str:
    lead = answer.get("lead")
    unit = [lead.get(key) for key in ("department", "district", "street")] if isinstance(lead, dict) else []
    handover = answer.get("handover")
    return repr((answer.get("disposition"), unit, sorted(handover) if isinstance(handover, list) else []))
