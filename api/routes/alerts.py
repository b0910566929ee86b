"""Emergency alerts."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from api.auditing import View
from api.events import alert_events
from api.problems import Forbidden, Unauthenticated, Unprocessable, responses
from api.representations import alert_of
from api.routes.calls import EVENT_STREAM
from api.schemas.base import Page
from api.schemas.calls import Alert, AlertQuery
from api.security.access import Reviewer
from api.state import State

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], responses=responses(Unauthenticated, Forbidden))


@router.get(
    "", operation_id="listAlerts", summary="List emergency alerts, newest first", responses=responses(Unprocessable)
)
def list_alerts(state: State, holder: Reviewer, query: Annotated[AlertQuery, Query()]) -> Page[Alert]:
    """One alert a call; it changes with the call's ticket."""
    with state.database.reading() as uow:
        page = uow.calls.alert_page(query.limit, query.cursor)
        state.views.note(holder, View.TICKET, (row.call_id for row in page.items))
        return Page[Alert](
            items=[alert_of(row, unmasked=holder.person is None) for row in page.items], next_cursor=page.next_cursor
        )


@router.get(
    "/stream",
    operation_id="followAlerts",
    summary="Follow emergency alerts (server-sent events)",
    response_class=Response,
    responses={
        200: {"description": "Events alert; data is JSON.", "content": EVENT_STREAM},
        **responses(Unprocessable),
    },
)
async def follow_alerts(
    state: State, holder: Reviewer, last_event_id: Annotated[str | None, Header(max_length=100)] = None
) -> Response:
    """Alerts raised or changed from now on, or since `Last-Event-ID`. One may come twice; its id tells."""
    return await alert_events(state, holder, last_event_id)
