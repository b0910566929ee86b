"""Server-sent events (WHATWG HTML, 9.2): the progress of a call, and emergency alerts.

Each stream looks into the database from a thread, twice a second: a few reads by primary key, so that a hundred open
pages cost little, and nothing is missed whichever worker or process made the change.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.auditing import View
from api.privacy.visibility import tickets_of, visibility_of
from api.problems import NotFound
from api.representations import alert_of, call_progress, recording_of, ticket_of
from api.schemas.calls import Alert, CallProgress
from api.schemas.recordings import RecordingProgress
from api.security.keys import KeyHolder
from api.state import ApiState

LOOK_EVERY: Final = 0.5
HEARTBEAT_SECONDS: Final = 15
KEY_CHECKED_EVERY: Final = 30.0
NEWEST_ALERTS: Final = 100
OVERLAP: Final = timedelta(seconds=60)

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a call that a page shows: ``key`` names it, ``event`` is its kind, ``data`` its JSON."""

    key: str
    event: str
    data: str


def look_at_call(state: ApiState, holder: KeyHolder, call_id: str) -> list[Part] | None:
    """The call as it is now and ``holder`` sees it; ``None`` where it is gone."""
    with state.database.reading() as uow:
        row = uow.calls.get_full(call_id)
        if row is None:
            return None
        sees = visibility_of(uow, holder, [call_id])
        unmasked, shown = sees.unmasked(call_id, tickets_of(row)), call_id not in sees.hidden
        steps = uow.processing.steps([row.id, *(recording.id for recording in row.recordings)])
        parts = []
        for stored in row.recordings:
            recording = recording_of(stored, steps)
            told = RecordingProgress(recording_id=recording.id, **recording.model_dump(include=_TOLD))
            parts.append(Part(recording.id, "progress", told.model_dump_json()))
        progress = CallProgress(call_id=row.id, state=row.state, progress=call_progress(row, steps))
        parts.append(Part(row.id, "progress", progress.model_dump_json()))
        if not shown:
            return parts
        if row.ticket and row.ticket.versions:
            parts.append(Part("ticket", "ticket", ticket_of(row.ticket, unmasked=unmasked).model_dump_json()))
        parts += [Part(alert.id, "alert", alert_of(alert, unmasked=unmasked).model_dump_json()) for alert in row.alerts]
        return parts


_TOLD: Final = {"call_id", "state", "progress", "duration"}


async def call_events(state: ApiState, holder: KeyHolder, call_id: str) -> EventSourceResponse:
    """Events ``progress``, ``ticket`` and ``alert`` of a call: first as it is, then what changes.

    Raises :class:`NotFound`. Ends with an event ``deleted`` when the call is deleted.
    """
    if await run_in_threadpool(look_at_call, state, holder, call_id) is None:
        raise NotFound("There is no such call.")

    async def events() -> AsyncIterator[ServerSentEvent]:
        sent: dict[str, str] = {}
        async for parts in looks(state, holder, lambda: look_at_call(state, holder, call_id)):
            if parts is None:
                yield ServerSentEvent(event="deleted", data="{}")
                return
            for part in parts:
                if sent.get(part.key) != part.data:
                    sent[part.key] = part.data
                    if part.event == "ticket":
                        state.views.note(holder, View.TICKET, [call_id])
                    yield ServerSentEvent(event=part.event, data=part.data)

    return EventSourceResponse(events(), ping=HEARTBEAT_SECONDS)


def look_at_alerts(state: ApiState, *, unmasked: bool) -> list[Alert]:
    """The newest alerts, oldest first."""
    with state.database.reading() as uow:
        return [
            alert_of(alert, unmasked=unmasked) for alert in reversed(uow.calls.alert_page(NEWEST_ALERTS, None).items)
        ]


async def alert_events(state: ApiState, holder: KeyHolder, last_event_id: str | None) -> EventSourceResponse:
    """Events ``alert``, raised or changed from a minute before now on, or before the alert ``last_event_id``.

    The minute covers what was raised while a page asked for the list, and transactions that end out of order: an
    alert may come twice, its id tells, and none is missed.
    """
    since = (_raised_at(last_event_id) or datetime.now(UTC)) - OVERLAP

    async def events() -> AsyncIterator[ServerSentEvent]:
        sent: dict[str, str] | None = None
        async for alerts in looks(state, holder, lambda: look_at_alerts(state, unmasked=holder.person is None)):
            if sent is None:
                sent = {alert.id: alert.model_dump_json() for alert in alerts if alert.changed_at < since}
            for alert in alerts:
                data = alert.model_dump_json()
                if sent.get(alert.id) != data:
                    sent[alert.id] = data
                    yield ServerSentEvent(event="alert", id=alert.id, data=data)

    return EventSourceResponse(events(), ping=HEARTBEAT_SECONDS)


def _raised_at(alert_id: str | None) -> datetime | None:
    # The first 48 bits of a UUIDv7 are the milliseconds since 1970 (RFC 9562, 5.7).
    prefix, _, number = (alert_id or "").partition("_")
    if prefix != "alert" or len(number) != 32:
        return None
    try:
        return datetime.fromtimestamp(int(number[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


async def looks(state: ApiState, holder: KeyHolder, look: Callable[[], Seen]) -> AsyncIterator[Seen]:
    """What ``look`` sees, again and again for as long as the key of ``holder`` is valid."""
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while True:
        yield await run_in_threadpool(look)
        await asyncio.sleep(LOOK_EVERY)
        if loop.time() - checked > KEY_CHECKED_EVERY:
            checked = loop.time()
            if not await run_in_threadpool(state.gatekeeper.still_valid, holder):
                return
