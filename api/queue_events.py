"""Server-sent events of the queue: its beginning as it is, then what changes. See :mod:`api.events`."""

import json
from collections.abc import AsyncIterator, Callable

from sse_starlette import EventSourceResponse, ServerSentEvent

from api.events import HEARTBEAT_SECONDS, looks
from api.schemas.review import QueueCounts
from api.security.keys import KeyHolder
from api.state import ApiState
from api.storage.unit_of_work import UnitOfWork

Count = Callable[[UnitOfWork, KeyHolder], QueueCounts]


async def queue_events(state: ApiState, holder: KeyHolder, count: Count) -> EventSourceResponse:
    """Events ``snapshot``, then ``item``, ``gone`` and ``counts`` as the queue changes."""

    def look() -> tuple[dict[str, str], str]:
        items = {item.ticket_id: item.model_dump_json() for item in state.queue_watch.items()}
        with state.database.reading() as uow:
            return items, count(uow, holder).model_dump_json()

    async def events() -> AsyncIterator[ServerSentEvent]:
        sent: dict[str, str] | None = None
        told = ""
        async for items, counts in looks(state, holder, look):
            if sent is None:
                snapshot = {"items": [json.loads(each) for each in items.values()], "counts": json.loads(counts)}
                yield ServerSentEvent(event="snapshot", data=json.dumps(snapshot, ensure_ascii=False))
            else:
                for ticket_id, data in items.items():
                    if sent.get(ticket_id) != data:
                        yield ServerSentEvent(event="item", data=data)
                for ticket_id in sent.keys() - items.keys():
                    yield ServerSentEvent(event="gone", data=json.dumps({"ticket_id": ticket_id}))
                if counts != told:
                    yield ServerSentEvent(event="counts", data=counts)
            sent, told = items, counts

    return EventSourceResponse(events(), ping=HEARTBEAT_SECONDS)
