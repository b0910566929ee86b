"""Server-sent events of the queue: its beginning as it is, then what changes. See :mod:`api.events`."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent

from api.events import HEARTBEAT_SECONDS, looks
from api.schemas.automation import Notice
from api.schemas.review import QueueCounts
from api.security.keys import KeyHolder, Scope
from api.state import ApiState
from api.storage.unit_of_work import UnitOfWork

NEWEST_NOTICES: Final = 20

Count = Callable[[UnitOfWork, KeyHolder], QueueCounts]


async def queue_events(state: ApiState, holder: KeyHolder, count: Count) -> EventSourceResponse:
    """Events ``snapshot``, then ``item``, ``gone`` and ``counts`` as the queue changes; for supervisors ``notice``."""

    supervises = holder.may(Scope.SUPERVISE)

    def look() -> tuple[dict[str, str], str, dict[str, str]]:
        items = {item.ticket_id: item.model_dump_json() for item in state.queue_watch.items()}
        with state.database.reading() as uow:
            notices = reversed(uow.automation.notices(NEWEST_NOTICES).items) if supervises else ()
            told = {row.id: Notice.model_validate(row).model_dump_json() for row in notices}
            return items, count(uow, holder).model_dump_json(), told

    async def events() -> AsyncIterator[ServerSentEvent]:
        sent: dict[str, str] | None = None
        told, noticed = "", dict[str, str]()
        async for items, counts, notices in looks(state, holder, look):
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
                for notice_id, data in notices.items():
                    if noticed.get(notice_id) != data:
                        yield ServerSentEvent(event="notice", data=data)
            sent, told, noticed = items, counts, notices

    return EventSourceResponse(events(), ping=HEARTBEAT_SECONDS)
