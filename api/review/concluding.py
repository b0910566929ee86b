"""What an operator decides: dispatch, hand over, answer, redirect, close; ask a colleague; send back; undo; recall."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from api.calls.dispatching import Handler, handlers_of, send, withdraw
from api.calls.errors import NotFoundError
from api.calls.searching import index_call
from api.calls.ticket_events import Actor, record
from api.review.claims import held, release
from api.review.editing import add_version, current_fields, refuse_stale
from api.review.errors import CollectedError, ImpossibleError, InvalidFieldsError, Mistake
from api.review.fields import address, complete, redirect_wording
from api.storage.models import ReviewAction, SubOrder, Ticket, utc_now
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

ENDED_ORDERS: Final = frozenset({"已撤回", "办结", "已回访"})
KEPT: Final = (
    "state",
    "dispatched_version",
    "needs_review",
    "closed_at",
    "first_dispatched_at",
    "redispatch_count",
    "assigned_to",
    "automatic",
    "machine_right",
    "concluded_by",
    "concluded_at",
    "waited_seconds",
    "waiting_since",
)
"""Columns of a ticket that undoing restores."""
TIMES: Final = frozenset({"closed_at", "first_dispatched_at", "concluded_at", "waiting_since"})


def conclude(
    uow: UnitOfWork,
    city: "City",
    ticket_id: str,
    operator_id: str,
    *,
    seen: str,
    action: str,
    edits: Mapping[str, Any] | None,
    words: str | None = None,
    note: str | None = None,
) -> Ticket:
    """End the review of a ticket.

    Args:
        uow: the transaction.
        city: the city in force.
        ticket_id: the ticket.
        operator_id: who decides.
        seen: what the operator has seen, as :func:`api.review.editing.etag`.
        action: dispatch, handover, answer, redirect or close; must be what the duty asks for.
        edits: what he entered; the draft when None.
        words: the answer, or what the caller is told on a redirect.
        note: why, for the history.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: the operator doesn't have it.
        ChangedError: it was changed since it was seen.
        InvalidFieldsError: the fields can't stand together, or ask for another action.
    """
    ticket = held(uow, ticket_id, operator_id)
    refuse_stale(uow, ticket, seen)
    draft = uow.reviews.draft(ticket_id)
    entered = dict(edits) if edits is not None else dict(draft.fields) if draft else {}
    completed = complete(city, current_fields(uow, ticket), entered)
    mistakes = list(completed.mistakes)
    if action != completed.action:
        mistakes.append(Mistake("/category", f"该事项应当{ACTION_NAMES[completed.action]}，不能{ACTION_NAMES[action]}"))
    if action == "answer" and not words:
        mistakes.append(Mistake("/answer", "请填写答复内容"))
    if not completed.fields.get("title"):
        mistakes.append(Mistake("/title", "请填写标题"))
    if mistakes:
        raise InvalidFieldsError(mistakes)
    fields, actor = completed.fields, Actor("operator", operator_id)
    standing = [order for order in uow.tickets.sub_orders(ticket.id) if order.state not in ENDED_ORDERS]
    before, waiting_since = _state_of(ticket, standing), ticket.waiting_since
    machine = uow.tickets.machine_fields(ticket.id)
    add_version(uow, ticket, fields, "review", operator_id, city=city)
    sent_round = _send(uow, ticket, fields, standing, actor)
    now = utc_now()
    ticket.machine_right = address(machine) == address(fields) if machine else None
    ticket.waited_seconds = (now - waiting_since).total_seconds() if waiting_since else None
    ticket.needs_review, ticket.assigned_to = False, None
    ticket.concluded_by, ticket.concluded_at = operator_id, now
    if action == "redirect" and fields.get("category"):
        words = words or redirect_wording(city.duty_by_code[fields["category"]])
    if action == "handover":
        _acknowledge(uow, ticket, operator_id)
    record(uow, ticket, actor, f"concluded_{action}", reason=note, data={"words": words} if words else None)
    _decided(uow, ticket, operator_id, action, before, note=note, sent_round=sent_round)
    uow.reviews.delete_draft(ticket_id)
    release(uow, ticket, operator_id)
    index_call(uow, ticket.call_id)
    return ticket


ACTION_NAMES: Final = {
    "dispatch": "派单",
    "handover": "转接紧急服务",
    "answer": "直接答复",
    "redirect": "告知法定途径",
    "close": "按无诉求办结",
}


def ask_colleague(uow: UnitOfWork, ticket_id: str, operator_id: str, colleague_id: str, note: str) -> Ticket:
    """Give a ticket to a colleague with a question.

    Raises:
        NotFoundError: there is no such ticket or colleague.
        ClaimLostError: the operator doesn't have it.
    """
    ticket = held(uow, ticket_id, operator_id)
    colleague = uow.accounts.get(colleague_id)
    if colleague is None or colleague.disabled_at is not None or colleague.role == "intake":
        raise NotFoundError("colleague", colleague_id)
    before = _state_of(ticket)
    ticket.assigned_to = colleague_id
    record(uow, ticket, Actor("operator", operator_id), "asked", unit=colleague.name, reason=note)
    _decided(uow, ticket, operator_id, "ask", before, note=note)
    release(uow, ticket, operator_id)
    return ticket


def send_back(uow: UnitOfWork, ticket_id: str, operator_id: str, note: str | None) -> None:
    """Put a ticket back for anybody; the draft stays.

    Raises:
        NotFoundError: there is no such ticket.
        ClaimLostError: the operator doesn't have it.
    """
    ticket = held(uow, ticket_id, operator_id)
    before = _state_of(ticket)
    ticket.assigned_to = None
    record(uow, ticket, Actor("operator", operator_id), "sent_back", reason=note)
    _decided(uow, ticket, operator_id, "send_back", before, note=note)
    release(uow, ticket, operator_id)


def undo(uow: UnitOfWork, ticket_id: str, operator_id: str, *, anybodys: bool) -> Ticket:
    """Take the last decision on a ticket back.

    Raises:
        NotFoundError: there is no such ticket.
        ImpossibleError: there is nothing to undo, or it was another's (unless ``anybodys``).
        CollectedError: a handler has begun.
    """
    ticket = uow.reviews.ticket(ticket_id, lock=True)
    if ticket is None:
        raise NotFoundError("ticket", ticket_id)
    action = uow.reviews.last_standing_action(ticket_id)
    if action is None:
        raise ImpossibleError("没有可以撤销的操作。")
    if action.operator_id != operator_id and not anybodys:
        raise ImpossibleError("最后一步操作由其他人员完成，只能由其本人或班长撤销。")
    if collected(uow, ticket, action):
        raise CollectedError
    actor = Actor("operator", operator_id)
    sent = [order for order in uow.tickets.sub_orders(ticket_id) if order.round == action.round]
    withdraw(uow, ticket, [order for order in sent if order.state != "已撤回"], actor, "撤销派单")
    _restore_orders(uow, action)
    old = uow.tickets.version(ticket_id, int(action.before["version"]))
    if old is not None and ticket.version != old.version:
        restored = add_version(uow, ticket, old.fields, "undo", old.created_by, city=None)
        restored.city_version = old.city_version
    moved = action.before["dispatched_version"] is not None and ticket.version != action.before["version"]
    for name, value in _restored(action.before).items():
        setattr(ticket, name, value)
    if moved:
        ticket.dispatched_version = ticket.version
    ticket.claimed_by = ticket.claimed_until = None
    action.undone_at, action.undone_by = utc_now(), operator_id
    record(uow, ticket, actor, "undone", to_state=ticket.state, data={"action": action.kind})
    uow.access.audit("operator", operator_id, "undo", ticket_id, {"action": action.kind})
    index_call(uow, ticket.call_id)
    return ticket


def collected(uow: UnitOfWork, ticket: Ticket, action: ReviewAction) -> bool:
    """Whether a handler has begun with what the decision sent out."""
    if action.round is None:
        return False
    orders = [order for order in uow.tickets.sub_orders(ticket.id) if order.round == action.round]
    return any(order.state not in {"已派发", "已撤回"} for order in orders)


def recall(uow: UnitOfWork, ticket_id: str, operator_id: str, reason: str, *, wrong: bool) -> Ticket:
    """Take a ticket back that went out without a person; it waits for one again.

    Raises:
        NotFoundError: there is no such ticket.
        ImpossibleError: it didn't go out automatically, or a person has concluded it since.
        CollectedError: a handler has begun.
    """
    ticket = uow.reviews.ticket(ticket_id, lock=True)
    if ticket is None:
        raise NotFoundError("ticket", ticket_id)
    if not ticket.automatic or ticket.concluded_by is not None or ticket.state == "待审核":
        raise ImpossibleError("只能撤回自动派发且尚未人工处理的工单。")
    standing = [order for order in uow.tickets.sub_orders(ticket_id) if order.state not in ENDED_ORDERS]
    if any(order.state != "已派发" for order in standing):
        raise CollectedError
    before, actor = _state_of(ticket, standing), Actor("operator", operator_id)
    withdraw(uow, ticket, standing, actor, reason)
    was = ticket.state
    ticket.state, ticket.closed_at = "待审核", None
    if wrong:
        ticket.machine_right = False
    record(uow, ticket, actor, "recalled", from_state=was, to_state=ticket.state, reason=reason, data={"wrong": wrong})
    _decided(uow, ticket, operator_id, "recall", before, note=reason)
    return ticket


def _send(
    uow: UnitOfWork, ticket: Ticket, fields: Mapping[str, Any], standing: list[SubOrder], actor: Actor
) -> int | None:
    """Send a ticket's new version out where its handlers are others than those that have it; the round."""
    handlers = handlers_of(fields)
    have = tuple(Handler(each.role, each.department, each.level, each.district, each.street) for each in standing)
    if standing and have == handlers:
        ticket.dispatched_version = ticket.version
        return None
    withdraw(uow, ticket, standing, actor, "人工改派")
    if not send(uow, ticket, handlers, fields["disposition"], actor):
        raise ImpossibleError("该工单没有可派发的承办单位。")
    return uow.tickets.last_round(ticket.id) if handlers else None


def _decided(
    uow: UnitOfWork,
    ticket: Ticket,
    operator_id: str,
    kind: str,
    before: dict[str, Any],
    *,
    note: str | None = None,
    sent_round: int | None = None,
) -> None:
    uow.reviews.add_action(
        ReviewAction(
            ticket_id=ticket.id, operator_id=operator_id, kind=kind, note=note, before=before, round=sent_round
        )
    )
    uow.access.audit("operator", operator_id, kind, ticket.id, {"version": ticket.version})


def _state_of(ticket: Ticket, standing: list[SubOrder] | None = None) -> dict[str, Any]:
    kept = {name: getattr(ticket, name) for name in KEPT}
    told = {name: value.isoformat() if name in TIMES and value else value for name, value in kept.items()}
    return {**told, "version": ticket.version, "orders": [[order.id, order.state] for order in standing or ()]}


def _restored(before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(before[name]) if name in TIMES and before[name] else before[name] for name in KEPT
    }


def _restore_orders(uow: UnitOfWork, action: ReviewAction) -> None:
    for order_id, state in action.before.get("orders", ()):
        order = uow.tickets.sub_order(order_id)
        if order is not None and order.state == "已撤回":
            order.state, order.closed_at = state, None


def _acknowledge(uow: UnitOfWork, ticket: Ticket, operator_id: str) -> None:
    alert = uow.tickets.alert_of_call(ticket.call_id)
    if alert is not None and alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = utc_now(), operator_id
