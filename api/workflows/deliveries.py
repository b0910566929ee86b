"""Tells others of alerts: posted until they are taken, each time under the same event id."""

from typing import Any

import httpx
import structlog
from dbos import DBOS
from dbos import error as dbos_error

from api.storage.models import utc_now
from api.storage.unit_of_work import UnitOfWork
from api.workflows.runtime import runtime

TIMEOUT = 10.0
"""Seconds that a receiver has for its answer."""

log = structlog.get_logger(__name__)


@DBOS.workflow(name="delivery", max_recovery_attempts=None)
def deliver(event_id: str) -> bool:
    """Post one event; whether it was taken."""
    try:
        return post_event(event_id)
    except dbos_error.DBOSMaxStepRetriesExceeded:
        log.error("event not delivered", event_id=event_id)
        return False


@DBOS.step(name="post_event", retries_allowed=True, max_attempts=12, interval_seconds=1.0, backoff_rate=2.0)
def post_event(event_id: str) -> bool:
    """One attempt; any answer but 2xx is tried again, for half an hour in all."""
    worker = runtime()
    url = worker.settings.alert_webhook_url
    message = worker.change(lambda uow: _message(uow, event_id))
    if message is None or url is None:
        return False
    answer = httpx.post(
        str(url), json=message, headers={"webhook-id": event_id}, timeout=TIMEOUT, follow_redirects=False
    )
    answer.raise_for_status()
    worker.change(lambda uow: _delivered(uow, event_id))
    return True


def _message(uow: UnitOfWork, event_id: str) -> dict[str, Any] | None:
    event = uow.processing.outbox_event(event_id)
    if event is None or event.delivered_at is not None:
        return None
    event.attempts += 1
    alert = uow.tickets.alert(event.data["alert_id"])
    ticket = uow.tickets.of_call(alert.call_id) if alert else None
    if alert is None or ticket is None:
        return None
    return {
        "id": event.id,
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "data": {
            "alert_id": alert.id,
            "call_id": alert.call_id,
            "ticket": ticket.number,
            "services": alert.services,
            "title": alert.title,
        },
    }


def _delivered(uow: UnitOfWork, event_id: str) -> None:
    event = uow.processing.outbox_event(event_id)
    if event is not None:
        event.delivered_at = utc_now()
