"""Writes a call's ticket: one a call, a new version where what it says has changed."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.calls.searching import index_call
from api.storage.models import Alert, Call, OutboxEvent, Ticket, TicketEvent, TicketVersion, utc_now
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue

BEIJING: Final = ZoneInfo("Asia/Shanghai")
MACHINE: Final = "machine"


def write_ticket(
    uow: UnitOfWork,
    queue: WorkQueue,
    call: Call,
    fields: Mapping[str, Any],
    city_version: str | None,
    *,
    deliver_alerts: bool,
    explanation: Mapping[str, Any] | None = None,
) -> Ticket:
    """Store what a machine read from a call and why, together with the alert that it may need.

    The same call revision writes once. A version with the same fields as the one before isn't written; one that a
    person wrote stays and the ticket is marked for review; an emergency raises its alert all the same.
    """
    ticket = uow.tickets.of_call(call.id, lock=True)
    cause = f"revision:{call.revision}"
    if ticket is None:
        ticket = Ticket(
            call_id=call.id,
            number=uow.tickets.next_number(utc_now().astimezone(BEIJING).date()),
            version=0,
            source=call.source,
        )
        describe(ticket, fields)
        uow.tickets.add(ticket)
        _event(uow, ticket, "created", to_state=ticket.state, version=1)
    elif uow.tickets.version_by_cause(ticket.id, cause) is not None:
        return ticket
    ticket.dialect = _dialect(uow, call.id)
    current = uow.tickets.version(ticket.id, ticket.version)
    if current is not None and current.fields == fields and current.city_version == city_version:
        current.cause = cause
        uow.session.flush()
        _forget_deleted(uow, ticket, fields)
        return ticket
    if current is not None and current.created_by is not None:
        ticket.needs_review = True
        _event(uow, ticket, "machine_differs", reason="通话有新内容，机器识别结果与人工修改不同，请复核")
    else:
        _add_version(uow, ticket, fields, city_version, cause).explanation = dict(explanation) if explanation else None
        _publish(uow, "ticket.created" if ticket.version == 1 else "ticket.updated", ticket)
    _forget_deleted(uow, ticket, fields)
    if fields["disposition"] == "emergency":
        _raise_alert(uow, queue, ticket, fields, deliver=deliver_alerts)
    index_call(uow, call.id)
    return ticket


def _dialect(uow: UnitOfWork, call_id: str) -> str | None:
    """What is spoken on the longest recording."""
    contents = [
        transcript.content
        for transcript in uow.recordings.transcripts([each.id for each in uow.recordings.of_call(call_id)]).values()
    ]
    longest = max(contents, key=lambda content: content.get("duration") or 0.0, default={})
    label: str | None = (longest.get("dialect") or {}).get("label")
    return label


def _forget_deleted(uow: UnitOfWork, ticket: Ticket, fields: Mapping[str, Any]) -> None:
    """Remove what was read from recordings that were deleted since: versions of the ticket, and the alert's words."""
    if not uow.tickets.purge_outdated(ticket.id):
        return
    alert = uow.tickets.alert_of_call(ticket.call_id)
    if alert is not None and fields["disposition"] == "emergency":
        alert.title = _alert_title(fields)
    elif alert is not None:
        uow.tickets.delete_alert(ticket.call_id)


def _alert_title(fields: Mapping[str, Any]) -> str:
    return str(fields.get("title") or "")[:100]


def _add_version(
    uow: UnitOfWork, ticket: Ticket, fields: Mapping[str, Any], city_version: str | None, cause: str
) -> TicketVersion:
    ticket.version += 1
    describe(ticket, fields)
    version = uow.tickets.add_version(
        TicketVersion(
            ticket_id=ticket.id, version=ticket.version, cause=cause, fields=dict(fields), city_version=city_version
        )
    )
    if ticket.version > 1:
        _event(uow, ticket, "restructured", version=ticket.version, reason="通话录音有增补或重新识别，工单内容已更新")
    return version


def describe(ticket: Ticket, fields: Mapping[str, Any]) -> None:
    """Repeat in the ticket's columns what lists need of its fields."""
    lead = fields.get("lead") or {}
    place = fields.get("place") or {}
    ticket.disposition = fields["disposition"]
    ticket.mode = fields["mode"]
    ticket.category = fields.get("category")
    ticket.urgency = fields.get("urgency")
    ticket.confidence = fields.get("confidence")
    ticket.title = str(fields.get("title") or "")[:100]
    ticket.appeal_type = fields.get("appeal_type")
    ticket.flags = "".join(f"|{flag}" for flag in fields.get("flags") or ()) + "|" * bool(fields.get("flags"))
    ticket.lead_department = lead.get("department")
    ticket.district = lead.get("district") or place.get("district")
    ticket.search_text = "\n".join(
        text for text in (fields.get("title"), fields.get("summary"), place.get("name"), fields.get("party")) if text
    )


def _raise_alert(
    uow: UnitOfWork, queue: WorkQueue, ticket: Ticket, fields: Mapping[str, Any], *, deliver: bool
) -> None:
    services, title = list(fields.get("handover") or ()), _alert_title(fields)
    alert = uow.tickets.alert_of_call(ticket.call_id)
    if alert is not None and alert.services == services:
        return
    if alert is None:
        alert = uow.tickets.add_alert(
            Alert(call_id=ticket.call_id, ticket_version=ticket.version, services=services, title=title)
        )
        kind = "alert.raised"
    else:
        alert.services, alert.title, alert.ticket_version, alert.acknowledged_at = services, title, ticket.version, None
        alert.changed_at = utc_now()
        kind = "alert.changed"
    event = uow.processing.publish(
        OutboxEvent(kind=kind, call_id=ticket.call_id, data={"alert_id": alert.id, "call_id": ticket.call_id})
    )
    if deliver:
        queue.delivery(uow.session, event.id)


def _publish(uow: UnitOfWork, kind: str, ticket: Ticket) -> None:
    uow.processing.publish(
        OutboxEvent(
            kind=kind,
            call_id=ticket.call_id,
            data={"call_id": ticket.call_id, "ticket": ticket.number, "version": ticket.version},
        )
    )


def _event(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: str,
    *,
    to_state: str | None = None,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    uow.tickets.add_event(
        TicketEvent(
            ticket_id=ticket.id,
            kind=kind,
            to_state=to_state,
            version=version,
            actor_kind="machine",
            actor=MACHINE,
            reason=reason,
        )
    )
