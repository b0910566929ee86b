"""Tells others of alerts: posted until they are taken, each time under the same event id.

Each attempt is a workflow of its own, put on the queue for its time, so that a receiver that is away holds up no other
alert.
"""

import json
import time
from datetime import timedelta
from typing import Any, Final

import httpx
import structlog
from dbos import DBOS

from api.signing import signed_headers
from api.storage.models import OutboxEvent, utc_now
from api.storage.unit_of_work import UnitOfWork
from api.workflows.runtime import runtime

TIMEOUT: Final = 10.0
"""Seconds that a receiver has for its answer."""
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=15)

log = structlog.get_logger(__name__)


@DBOS.workflow(name="delivery", max_recovery_attempts=None)
def deliver(event_id: str) -> bool:
    """Post one event once; whether it was taken."""
    return post_event(event_id)


@DBOS.step(name="post_event")
def post_event(event_id: str) -> bool:
    """One attempt; after any answer but 2xx the next one is put on the queue, as long as the event is there."""
    worker = runtime()
    url, secret = worker.settings.alert_webhook_url, worker.settings.alert_webhook_secret
    if url is None:
        return False
    begun = worker.change(lambda uow: _begin(uow, event_id))
    if begun is None:
        return False
    message, attempt = begun
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {
        "content-type": "application/json",
        **signed_headers(secret.get_secret_value() if secret else None, event_id, int(time.time()), body),
    }
    try:
        httpx.post(str(url), content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False).raise_for_status()
    except httpx.HTTPError as error:
        pause = pause_after(attempt)
        log.warning(
            "event not taken", event_id=event_id, attempt=attempt, reason=type(error).__name__, again_in=str(pause)
        )
        worker.change(lambda uow: worker.queue.delivery(uow.session, event_id, attempt + 1, pause))
        return False
    worker.change(lambda uow: _delivered(uow, event_id))
    return True


def pause_after(attempt: int) -> timedelta:
    """The time between an attempt (the first is 1) and the next: doubled each time, a quarter of an hour at most."""
    # The exponent is limited, since the attempts are not.
    return min(FIRST_PAUSE * float(1 << min(attempt - 1, 20)), LONGEST_PAUSE)


def _begin(uow: UnitOfWork, event_id: str) -> tuple[dict[str, Any], int] | None:
    """The message and the number of this attempt; None where there is nothing to post any more."""
    event = uow.processing.outbox_event(event_id)
    if event is None or event.delivered_at is not None:
        return None
    event.attempts += 1
    message = _message(uow, event)
    return (message, event.attempts) if message is not None else None


def _message(uow: UnitOfWork, event: OutboxEvent) -> dict[str, Any] | None:
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
