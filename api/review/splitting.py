"""A second matter of a call, and recordings that turn out to belong to one call."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.calls.errors import NotFoundError, UnderWayError
from api.calls.progress import CALL_STEPS
from api.calls.ticket_events import Actor, record
from api.calls.ticketing import BEIJING
from api.review.claims import held
from api.review.editing import add_version, current_fields
from api.review.errors import ImpossibleError, InvalidFieldsError, Mistake
from api.review.fields import complete
from api.storage.models import Call, Ticket, utc_now
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue

if TYPE_CHECKING:
    from tickets.city.model import City

SHARED = ("appeal_type", "place", "contact", "occurred", "urgency", "repeat_call", "flags")
"""Fields of the first matter that hold for a further one until an operator says otherwise."""


def split(uow: UnitOfWork, city: "City", ticket_id: str, operator_id: str, edits: Mapping[str, Any]) -> Ticket:
    """Make a second ticket of the same call, for a matter that the first doesn't tell.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: the operator doesn't have it.
        InvalidFieldsError: category, title or summary is lacking, or fields can't stand together.
    """
    first = held(uow, ticket_id, operator_id)
    lacking = [
        Mistake(f"/{name}", f"请填写{label}")
        for name, label in (("category", "事项"), ("title", "标题"), ("summary", "诉求内容"))
        if not edits.get(name)
    ]
    if lacking:
        raise InvalidFieldsError(lacking)
    fields = current_fields(uow, first)
    shared = {name: fields.get(name) for name in SHARED}
    blank: dict[str, Any] = {
        "amount_yuan": None,
        "people_affected": None,
        "party": None,
        "candidates": [],
        "confidence": 1.0,
        "evidence": {},
        "further_matters": [],
    }
    completed = complete(city, {**shared, **blank}, edits)
    wrong = [mistake for mistake in completed.mistakes if mistake.pointer == "/category"]
    if wrong:
        raise InvalidFieldsError(wrong)
    others = uow.reviews.tickets_of_call(first.call_id)
    ticket = Ticket(
        call_id=first.call_id,
        matter=max(each.matter for each in others) + 1,
        number=uow.tickets.next_number(utc_now().astimezone(BEIJING).date()),
        version=0,
        source=first.source,
        dialect=first.dialect,
        disposition=completed.fields["disposition"],
        mode="review",
    )
    uow.tickets.add(ticket)
    add_version(uow, ticket, completed.fields, "split", operator_id, city=city)
    actor = Actor("operator", operator_id)
    record(uow, ticket, actor, "created", to_state="待审核", data={"split_from": first.number})
    record(uow, first, actor, "split", data={"ticket": ticket.number})
    uow.access.audit("operator", operator_id, "split", first.id, {"ticket": ticket.id})
    return ticket


def join_calls(
    uow: UnitOfWork, queue: WorkQueue, call_id: str, other_id: str, operator_id: str, *, reason: str
) -> Call:
    """Move the recordings of another call to this one; the ticket is made anew from all, the other one goes.

    Raises:
        NotFoundError: there is no such call.
        UnderWayError: one of them is being worked on.
        ImpossibleError: they are the same, or the other's ticket has gone out or was decided on.
    """
    if call_id == other_id:
        raise ImpossibleError("请选择另一通来电。")
    locked = {each: uow.calls.get(each, lock=True) for each in sorted((call_id, other_id))}
    call, other = locked[call_id], locked[other_id]
    if call is None or other is None:
        raise NotFoundError("call", other_id if other is None else call_id)
    for each in (call, other):
        if uow.recordings.under_way(each.id) or each.state in {"waiting", "structuring"}:
            raise UnderWayError(each.id, each.state)
    tickets = uow.reviews.tickets_of_call(other_id)
    if any(ticket.state != "待审核" or ticket.concluded_by or ticket.matter for ticket in tickets):
        raise ImpossibleError("另一通来电的工单已派发或已处理，不能合并；请先撤回或撤销。")
    moved = [recording.id for recording in uow.recordings.of_call(other_id)]
    uow.recordings.move(other_id, call_id)
    uow.tickets.delete_of_call(other_id)
    uow.session.expire_all()
    uow.calls.delete(other_id)
    uow.session.expire_all()
    call = uow.calls.get(call_id, lock=True)
    if call is None:
        raise NotFoundError("call", call_id)
    call.revision += 1
    call.state, call.error = "waiting", None
    uow.processing.delete_steps(call_id, CALL_STEPS)
    queue.call(uow.session, call_id, call.revision)
    uow.access.audit(
        "operator", operator_id, "join_calls", call_id, {"other": other_id, "recordings": moved, "reason": reason}
    )
    return call
