"""Tickets (工单) with their versions, one sub-order a handler, their events, and operators' work on them."""

from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.storage.models.base import Base, BigKey, Json, new_id, utc_now

TicketState = Literal["待审核", "已派发", "已签收", "退回", "办理中", "已答复", "已回访", "办结"]
SubOrderState = Literal["已派发", "已签收", "退回", "办理中", "已答复", "已回访", "办结", "已撤回"]
HandlerRole = Literal["主办", "协办"]
ActorKind = Literal["machine", "operator", "department", "api_key"]


WAITING_STATES: Final = ("待审核", "退回")
URGENCY_RANKS: Final = {"critical": 0, "urgent": 10}
NORMAL_RANK: Final = 20


class Ticket(Base):
    """A ticket of a call: ``matter`` 0 is the machine's one, others a person split off. Columns repeat what lists
    filter by from the current version's fields; ``flags`` stands as ``|group|minor|``.

    ``needs_review`` is set where a person must look at a ticket that is already with a department. ``queue_rank`` and
    ``waiting_since`` are set while it waits for a person: the lowest rank goes first, the most urgent (0, 10, 20) and
    among these the least certain (plus its confidence). ``claimed_by`` has it until ``claimed_until``; ``assigned_to``
    was asked. ``automatic`` went out without a person; ``machine_right`` is whether a person found the machine's answer
    right, None where nobody judged it.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_state_id", "state", "id"),
        Index("ix_tickets_mode_id", "mode", "id"),
        Index("ix_tickets_disposition_id", "disposition", "id"),
        Index("ix_tickets_queue", "queue_rank", "id"),
        UniqueConstraint("call_id", "matter", name="uq_tickets_call_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("tic"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    matter: Mapped[int] = mapped_column(default=0)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[TicketState] = mapped_column(String(10), default="待审核")
    version: Mapped[int] = mapped_column(default=1)
    dispatched_version: Mapped[int | None]
    needs_review: Mapped[bool] = mapped_column(default=False)
    disposition: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10))
    category: Mapped[str | None] = mapped_column(String(20), index=True)
    urgency: Mapped[str | None] = mapped_column(String(20), index=True)
    lead_department: Mapped[str | None] = mapped_column(String(100), index=True)
    district: Mapped[str | None] = mapped_column(String(100), index=True)
    confidence: Mapped[float | None]
    title: Mapped[str] = mapped_column(String(100), default="")
    appeal_type: Mapped[str | None] = mapped_column(String(10))
    flags: Mapped[str] = mapped_column(String(200), default="")
    dialect: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(100), default="")
    queue_rank: Mapped[float | None]
    waiting_since: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(String(40))
    automatic: Mapped[bool] = mapped_column(default=False)
    machine_right: Mapped[bool | None]
    concluded_by: Mapped[str | None] = mapped_column(String(40))
    concluded_at: Mapped[datetime | None]
    waited_seconds: Mapped[float | None]
    search_text: Mapped[str] = mapped_column(Text, default="")
    return_count: Mapped[int] = mapped_column(default=0)
    redispatch_count: Mapped[int] = mapped_column(default=0)
    first_dispatched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    versions: Mapped[list["TicketVersion"]] = relationship(order_by="TicketVersion.version", passive_deletes=True)
    sub_orders: Mapped[list["SubOrder"]] = relationship(
        order_by="(SubOrder.round, SubOrder.position)", passive_deletes=True
    )
    events: Mapped[list["TicketEvent"]] = relationship(order_by="TicketEvent.id", passive_deletes=True)


def _rank(_mapper: object, _connection: object, ticket: Ticket) -> None:
    """Set where a ticket stands in the queue by what else it says, so that no service can forget it."""
    waits = (ticket.state or "待审核") in WAITING_STATES or bool(ticket.needs_review)
    if not waits:
        ticket.queue_rank = ticket.waiting_since = None
        return
    certain = 0.0 if ticket.confidence is None else min(1.0, max(0.0, ticket.confidence))
    ticket.queue_rank = URGENCY_RANKS.get(ticket.urgency or "", NORMAL_RANK) + certain
    ticket.waiting_since = ticket.waiting_since or utc_now()


event.listen(Ticket, "before_insert", _rank)
event.listen(Ticket, "before_update", _rank)


class TicketVersion(Base):
    """What a ticket said at one time, never changed. ``cause`` makes a repeated step write it once.

    ``explanation`` is why the machine said so, by the models that it then had; None for what a person wrote.
    """

    __tablename__ = "ticket_versions"
    __table_args__ = (
        UniqueConstraint("ticket_id", "version", name="uq_ticket_versions_version"),
        UniqueConstraint("ticket_id", "cause", name="uq_ticket_versions_cause"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    version: Mapped[int]
    cause: Mapped[str] = mapped_column(String(100))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    city_version: Mapped[str | None] = mapped_column(String(100), index=True)
    created_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SubOrder(Base):
    """The part of a ticket that one handler answers for, with its own state, deadlines, return and reply.

    ``round`` counts dispatches of the ticket (派单, 改派); ``position`` is 0 for the lead (主办).
    """

    __tablename__ = "sub_orders"
    __table_args__ = (
        UniqueConstraint("ticket_id", "round", "position", name="uq_sub_orders_position"),
        Index("ix_sub_orders_department_state", "department", "state"),
        Index("ix_sub_orders_deadline", "deadline"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("sub"))
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    round: Mapped[int]
    position: Mapped[int]
    ticket_version: Mapped[int]
    role: Mapped[HandlerRole] = mapped_column(String(10))
    department: Mapped[str] = mapped_column(String(100))
    level: Mapped[str | None] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(100))
    street: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[SubOrderState] = mapped_column(String(10), default="已派发")
    sign_deadline: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    extension_count: Mapped[int] = mapped_column(default=0)
    return_reason: Mapped[str | None] = mapped_column(Text)
    return_count: Mapped[int] = mapped_column(default=0)
    reply: Mapped[dict[str, Any] | None]
    dispatched_at: Mapped[datetime] = mapped_column(default=utc_now)
    signed_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class TicketEvent(Base):
    """A change of a ticket or sub-order: who, which unit, when, why. Only ever added to."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    sub_order_id: Mapped[str | None] = mapped_column(ForeignKey("sub_orders.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[str | None] = mapped_column(String(10))
    to_state: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int | None]
    actor_kind: Mapped[ActorKind] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class TicketNumbering(Base):
    """The last ticket number given on a day (Chinese calendar day)."""

    __tablename__ = "ticket_numbering"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Alert(Base):
    """An emergency that a person must see at once; one a call. ``changed_at`` is when it last got other services."""

    __tablename__ = "alerts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("alert"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    ticket_version: Mapped[int]
    services: Mapped[list[str]]
    title: Mapped[str] = mapped_column(String(100))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)


class Claim(Base):
    """One lease of an operator on a ticket under review, kept when it is over; the ticket says who has it now."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_ticket_lease", "ticket_id", "lease_until"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    operator_id: Mapped[str] = mapped_column(ForeignKey("operators.id"))
    claimed_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease_until: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Correction(Base):
    """What a person changed in a machine's transcript or ticket; kept through re-runs, feeds tuning."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    recording_id: Mapped[str | None] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    target: Mapped[Literal["transcript", "ticket"]] = mapped_column(String(20))
    version: Mapped[int]
    path: Mapped[str] = mapped_column(String(200))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    operator_id: Mapped[str | None] = mapped_column(ForeignKey("operators.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
