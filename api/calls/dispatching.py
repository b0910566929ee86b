"""Sends tickets out (派单): one sub-order a handler, or to an operator where the machine is unsure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.automation.rules import refusal_of
from api.automation.sampling import draw
from api.calls.ticket_events import MACHINE, Actor, record
from api.calls.ticketing import describe
from api.storage.models import OutboxEvent, SubOrder, Ticket, TicketVersion, utc_now
from api.storage.models.tickets import HandlerRole, TicketState
from api.storage.unit_of_work import UnitOfWork

STATE_WITHOUT_HANDLER: Final[dict[str, TicketState]] = {
    "answer": "已答复",
    "redirect": "办结",
    "none": "办结",
    "emergency": "已派发",
}
"""Where an automatic ticket without sub-orders stands: answered in the call, told the lawful channel, nothing to do,
handed over to the emergency service."""


@dataclass(frozen=True, slots=True)
class Handler:
    """Who is to handle a ticket."""

    role: HandlerRole
    department: str
    level: str | None = None
    district: str | None = None
    street: str | None = None


def handlers_of(fields: Mapping[str, Any]) -> tuple[Handler, ...]:
    """The lead (主办) and co-handlers (协办) that a ticket names, the lead first; none unless it is dispatched."""
    if fields["disposition"] != "dispatch" or not fields.get("lead"):
        return ()
    co_handlers = (
        Handler("协办", each) if isinstance(each, str) else _handler("协办", each)
        for each in fields.get("co_handlers") or ()
    )
    return (_handler("主办", fields["lead"]), *co_handlers)


def dispatch(uow: UnitOfWork, ticket: Ticket, *, sample_share: float = 0.0) -> None:
    """Dispatch the ticket's current version where its mode is ``auto`` and no supervisor holds it back; a version goes
    out once. ``sample_share`` of what goes out by itself is judged blindly by operators.

    A ticket that is out already is sent anew only where its handlers have changed and none of them has begun; where one
    has, a person decides. A ticket that ended without a handler is open again where its new version isn't ``auto``.
    """
    version = uow.tickets.version(ticket.id, ticket.version)
    if version is None or ticket.dispatched_version == ticket.version:
        return
    standing = [order for order in uow.tickets.sub_orders(ticket.id) if order.state != "已撤回"]
    version = _held_back(uow, ticket, version)
    if version.fields["mode"] != "auto":
        if standing:
            _ask_review(uow, ticket, "内容更新后机器把握不足，工单已在办，请复核")
        elif ticket.state != "待审核":
            _reopen(uow, ticket, "内容更新后机器把握不足，工单转人工审核")
        return
    handlers = handlers_of(version.fields)
    if standing and tuple(map(_handler_of, standing)) == handlers:
        ticket.dispatched_version = ticket.version
        return
    if any(order.state != "已派发" for order in standing):
        _ask_review(uow, ticket, "内容更新后承办单位有变，原承办单位已签收，请复核")
        return
    withdraw(uow, ticket, standing, MACHINE, "通话录音有增补，承办单位改变")
    ticket.automatic = send(uow, ticket, handlers, version.fields["disposition"], MACHINE)
    if ticket.automatic:
        draw(uow, ticket, version.fields, sample_share)


def send(uow: UnitOfWork, ticket: Ticket, handlers: tuple[Handler, ...], disposition: str, actor: Actor) -> bool:
    """Send the ticket's current version out to its handlers, or end it as its disposition says; whether it left."""
    turn = uow.tickets.last_round(ticket.id) + 1
    for position, handler in enumerate(handlers):
        order = uow.tickets.add_sub_order(
            SubOrder(
                ticket_id=ticket.id,
                round=turn,
                position=position,
                ticket_version=ticket.version,
                role=handler.role,
                department=handler.department,
                level=handler.level,
                district=handler.district,
                street=handler.street,
            )
        )
        record(uow, ticket, actor, "dispatched", sub_order=order, to_state=order.state, unit=handler.department)
    before = ticket.state
    ticket.state = "已派发" if handlers else STATE_WITHOUT_HANDLER.get(disposition, "待审核")
    ticket.dispatched_version = ticket.version
    if ticket.state == "待审核":
        return False
    now = utc_now()
    if handlers and ticket.first_dispatched_at is not None:
        ticket.redispatch_count += 1
    if handlers:
        ticket.first_dispatched_at = ticket.first_dispatched_at or now
    ticket.closed_at = now if ticket.state == "办结" else None
    record(uow, ticket, actor, "state", from_state=before, to_state=ticket.state)
    uow.processing.publish(
        OutboxEvent(
            kind="ticket.dispatched",
            call_id=ticket.call_id,
            data={"call_id": ticket.call_id, "ticket": ticket.number, "version": ticket.version, "state": ticket.state},
        )
    )
    return True


def withdraw(uow: UnitOfWork, ticket: Ticket, orders: list[SubOrder], actor: Actor, reason: str) -> None:
    """Take sub-orders back."""
    for order in orders:
        before = order.state
        order.state, order.closed_at = "已撤回", utc_now()
        record(
            uow,
            ticket,
            actor,
            "withdrawn",
            sub_order=order,
            from_state=before,
            to_state=order.state,
            unit=order.department,
            reason=reason,
        )


def _held_back(uow: UnitOfWork, ticket: Ticket, version: TicketVersion) -> TicketVersion:
    """The version that holds once supervisors' rules were asked: another one, for a person, where they hold it back."""
    if version.fields["mode"] != "auto":
        return version
    why = refusal_of(uow.automation.rules(), ticket, version.fields)
    if why is None:
        return version
    reasons = [*(version.fields.get("reasons") or ()), f"待人工复核：{why}。"]
    fields = {**version.fields, "mode": "review", "reasons": reasons}
    ticket.version += 1
    describe(ticket, fields)
    return uow.tickets.add_version(
        TicketVersion(
            ticket_id=ticket.id,
            version=ticket.version,
            cause=f"held_back:{ticket.version}",
            fields=fields,
            city_version=version.city_version,
        )
    )


def _reopen(uow: UnitOfWork, ticket: Ticket, reason: str) -> None:
    before = ticket.state
    ticket.state, ticket.closed_at = "待审核", None
    record(uow, ticket, MACHINE, "state", from_state=before, to_state=ticket.state, reason=reason)


def _ask_review(uow: UnitOfWork, ticket: Ticket, reason: str) -> None:
    if not ticket.needs_review:
        ticket.needs_review = True
        record(uow, ticket, MACHINE, "review_asked", reason=reason)


def _handler(role: HandlerRole, named: Mapping[str, Any]) -> Handler:
    return Handler(role, named["department"], named.get("level"), named.get("district"), named.get("street"))


def _handler_of(order: SubOrder) -> Handler:
    return Handler(order.role, order.department, order.level, order.district, order.street)
