"""Calls and their tickets (工单)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, BackgroundTasks, Path, Query
from starlette.responses import Response

from api.auditing import View
from api.calls.deletion import delete_call, remove_dropped_audio
from api.calls.reruns import rerun_call
from api.events import call_events
from api.listing import followed, listed_call_of
from api.privacy.masking import masked_json
from api.privacy.visibility import tickets_of, visibility_of
from api.problems import BadRequest, Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable, responses
from api.representations import call_of, call_transcript_of, surname_of, ticket_of
from api.schemas.base import CallId, Page
from api.schemas.calls import Call, CallQuery, CallRerun, ListedCall, Ticket, TicketQuery
from api.schemas.explanations import Explanation
from api.schemas.transcripts import CallTranscript
from api.security.access import Administrator, Reviewer
from api.security.keys import KeyHolder
from api.state import State
from api.storage.models import Call as StoredCall
from api.storage.repositories.calls import CallFilter
from api.storage.repositories.reviews import TicketFilter
from api.storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/calls", tags=["calls"], responses=responses(Unauthenticated, Forbidden))

Id = Annotated[CallId, Path(description="The call's id.")]
EVENT_STREAM: Final[dict[str, Any]] = {"text/event-stream": {"schema": {"type": "string"}}}


@router.get("", operation_id="listCalls", summary="List calls, newest first", responses=responses(Unprocessable))
def list_calls(state: State, holder: Reviewer, query: Annotated[CallQuery, Query()]) -> Page[ListedCall]:
    """Narrowed by state, ticket and words. With what lists show; the call itself has the rest."""
    narrowed = CallFilter(
        query.state, query.mode, query.disposition, query.source, query.q, query.ticket_state, ticket_filter(query)
    )
    with state.database.reading() as uow:
        page = uow.calls.page(narrowed, query.limit, query.cursor)
        steps = uow.processing.steps(followed(page.items))
        state.views.note(holder, View.TICKET, (call.row.id for call in page.items if call.row.ticket_id))
        sees = visibility_of(uow, holder, [call.row.id for call in page.items])
        items = [listed_call_of(call, steps, sees) for call in page.items]
        return Page[ListedCall].model_construct(items=items, next_cursor=page.next_cursor)


@router.get(
    "/{call_id}",
    operation_id="getCall",
    summary="A call with recordings, ticket, alerts and progress",
    responses=responses(NotFound, Unprocessable),
)
def get_call(call_id: Id, state: State, holder: Reviewer) -> Call:
    """Poll this, or follow its events."""
    with state.database.reading() as uow:
        call = full_call(uow, call_id, holder)
    if call.ticket:
        state.views.note(holder, View.TICKET, [call_id])
    return call


@router.get(
    "/{call_id}/transcript",
    operation_id="getCallTranscript",
    summary="What was said on all recordings of a call",
    responses=responses(NotFound, Unprocessable),
)
def get_transcript(call_id: Id, state: State, holder: Reviewer) -> CallTranscript:
    """Joined in order of time, times offset by part. 404 until a recording is transcribed."""
    with state.database.reading() as uow:
        row = _row(uow, call_id)
        transcripts = uow.recordings.transcripts([recording.id for recording in row.recordings])
        if not transcripts:
            raise NotFound("There is no transcript of this call, or not yet.")
        state.views.note(holder, View.TRANSCRIPT, [call_id])
        tickets = tickets_of(row)
        unmasked = visibility_of(uow, holder, [call_id]).unmasked(call_id, tickets)
        return call_transcript_of(row, transcripts, surname_of(tickets), unmasked=unmasked)


@router.get(
    "/{call_id}/ticket",
    operation_id="getTicket",
    summary="The ticket of a call",
    responses=responses(NotFound, Unprocessable),
)
def get_ticket(call_id: Id, state: State, holder: Reviewer) -> Ticket:
    """404 until there is one."""
    with state.database.reading() as uow:
        row = _row(uow, call_id)
        sees = visibility_of(uow, holder, [call_id])
        if row.ticket is None or call_id in sees.hidden:
            raise NotFound("There is no ticket of this call, or not yet.")
        state.views.note(holder, View.TICKET, [call_id])
        return ticket_of(row.ticket, unmasked=sees.unmasked(call_id, tickets_of(row)))


@router.get(
    "/{call_id}/explanation",
    operation_id="getExplanation",
    summary="Why the ticket of a call says what it says",
    responses=responses(NotFound, Unprocessable),
)
def get_explanation(call_id: Id, state: State, holder: Reviewer) -> Explanation:
    """Evidence turns, the three best duties with why and why not, and how confidence and threshold led to the mode.

    Computed by the worker from the models that made this version. 404 until there is a ticket, and for a version that a
    person wrote or that was made before explanations were kept; `POST /v1/calls/{call_id}/rerun` makes one.
    """
    with state.database.reading() as uow:
        row = _row(uow, call_id)
        ticket, sees = row.ticket, visibility_of(uow, holder, [call_id])
        kept = uow.tickets.explanation(ticket.id, ticket.version) if ticket else None
        if ticket is None or kept is None or call_id in sees.hidden:
            raise NotFound("There is no explanation of this call's ticket; making the ticket again makes one.")
        state.views.note(holder, View.TICKET, [call_id])
        if not sees.unmasked(call_id, tickets_of(row)):
            kept = {**masked_json(kept, surname_of([ticket])), "city_version": kept["city_version"]}
        return Explanation.model_validate({**kept, "version": ticket.version})


@router.get(
    "/{call_id}/events",
    operation_id="followCall",
    summary="Follow a call (server-sent events)",
    response_class=Response,
    responses={
        200: {"description": "Events progress, ticket, alert, deleted; data is JSON.", "content": EVENT_STREAM},
        **responses(NotFound, Unprocessable),
    },
)
async def follow_call(call_id: Id, state: State, holder: Reviewer) -> Response:
    """First the state as it is, then each change. A comment each 15 seconds keeps the connection alive."""
    return await call_events(state, holder, call_id)


@router.post(
    "/{call_id}/rerun",
    status_code=202,
    operation_id="rerunCall",
    summary="Make a call's ticket again",
    responses=responses(NotFound, Conflict, Unprocessable, BadRequest),
)
def rerun(call_id: Id, demand: CallRerun, state: State, holder: Reviewer) -> Call:
    """From its transcripts (structure), or only the dispatch. 409 while it is being worked on."""
    with state.database.transaction() as uow:
        rerun_call(uow, state.queue, call_id, demand.from_step)
        uow.access.audit(holder.kind, holder.key_id, "rerun", call_id, {"from": demand.from_step})
        return full_call(uow, call_id, holder)


@router.delete(
    "/{call_id}",
    status_code=204,
    operation_id="deleteCall",
    summary="Delete a call for good",
    responses=responses(NotFound, Unprocessable),
)
def delete(call_id: Id, state: State, holder: Administrator, after: BackgroundTasks) -> None:
    """Audio, transcripts and ticket are gone; the audit log stays."""
    with state.database.transaction() as uow:
        delete_call(uow, call_id)
        uow.access.audit(holder.kind, holder.key_id, "delete", call_id)
    after.add_task(remove_dropped_audio, state.database, state.audio)


def _row(uow: UnitOfWork, call_id: str) -> StoredCall:
    row = uow.calls.get_full(call_id)
    if row is None:
        raise NotFound("There is no such call.")
    return row


def full_call(uow: UnitOfWork, call_id: str, holder: KeyHolder) -> Call:
    """A call with all that belongs to it, as ``holder`` sees it."""
    row = _row(uow, call_id)
    return call_of(row, uow.processing.steps(_subjects(row)), visibility_of(uow, holder, [call_id]))


def ticket_filter(query: TicketQuery, text: str | None = None) -> TicketFilter:
    """What a query narrows tickets by."""
    return TicketFilter(
        text=text,
        dialect=query.dialect,
        district=query.district,
        category=query.category,
        urgency=query.urgency,
        flag=query.flag,
        source=query.source,
        since=query.since,
        until=query.until,
    )


def _subjects(row: StoredCall) -> list[str]:
    return [row.id, *(recording.id for recording in row.recordings)]
