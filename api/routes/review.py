"""Reviewing tickets: drafts, decisions, undoing, revealing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from api.auditing import View
from api.privacy.masking import masked_json
from api.privacy.visibility import tickets_of, visibility_of
from api.problems import (
    BadRequest,
    ChangedMeanwhile,
    ClaimLost,
    Collected,
    Conflict,
    Forbidden,
    IdentityMasked,
    NotFound,
    Unauthenticated,
    Unprocessable,
    responses,
)
from api.representations import surname_of
from api.review.claims import claim
from api.review.concluding import ask_colleague, conclude, recall, send_back, undo
from api.review.editing import current_fields, save_draft
from api.review.errors import ChangedError, MaskedError
from api.review.fields import complete
from api.review.presenting import check_of, review_of
from api.review.splitting import join_calls, split
from api.routes.calls import full_call
from api.schemas.base import CallId
from api.schemas.calls import Call, TicketId
from api.schemas.review import (
    Check,
    CityPlace,
    Conclusion,
    DraftDemand,
    Joining,
    Question,
    Reason,
    Recalling,
    Returning,
    Revealed,
    Review,
    Splitting,
    TicketEdit,
    TicketEvent,
)
from api.security.access import Reviewer, ReviewingPerson, StateReader, SupervisingPerson
from api.security.keys import KeyHolder, Scope
from api.state import ApiState, State
from api.storage.clock import database_now
from api.storage.models import Ticket
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

router = APIRouter(prefix="/v1", tags=["review"], responses=responses(Unauthenticated, Forbidden))

Id = Annotated[TicketId, Path(description="The ticket's id.")]
Seen = Annotated[str, Header(alias="If-Match", max_length=200, description="The etag of the review that was seen.")]
CHANGING = responses(BadRequest, NotFound, Conflict, ClaimLost, ChangedMeanwhile, IdentityMasked, Unprocessable)


@router.get(
    "/tickets/{ticket_id}",
    operation_id="getReview",
    summary="A ticket for review",
    responses=responses(NotFound, Unprocessable),
)
def get_review(ticket_id: Id, state: State, holder: Reviewer, response: Response) -> Review:
    """With draft, candidates, where each field was heard, and what follows from what was entered."""
    city = state.cities.city(state.database)
    with state.database.reading() as uow:
        review = reviewed(uow, city, ticket_id, holder)
    state.views.note(holder, View.TICKET, [review.call_id])
    response.headers["ETag"] = review.etag
    return review


@router.post(
    "/tickets/{ticket_id}/check",
    operation_id="checkTicket",
    summary="What follows from what was entered",
    responses=responses(BadRequest, NotFound, Unprocessable),
)
def post_check(ticket_id: Id, demand: DraftDemand, state: State, _holder: Reviewer) -> Check:
    """Lead, co-handlers, how it would be concluded, and what keeps it from that; nothing is saved."""
    city = state.cities.city(state.database)
    with state.database.reading() as uow:
        fields = current_fields(uow, _ticket(uow, ticket_id))
    return check_of(city, complete(city, fields, demand.fields.entered()))


@router.put("/tickets/{ticket_id}/draft", operation_id="saveDraft", summary="Save what was entered", responses=CHANGING)
def put_draft(
    ticket_id: Id, demand: DraftDemand, state: State, holder: ReviewingPerson, *, seen: Seen, response: Response
) -> Review:
    """412 with the present state where somebody, perhaps you in another tab, has changed it since."""
    with _changing(state, ticket_id, holder) as (uow, city):
        edits = _entered(uow, ticket_id, holder, demand.fields)
        save_draft(uow, ticket_id, holder.key_id, seen, edits)
        review = reviewed(uow, city, ticket_id, holder)
    state.views.note(holder, View.DRAFT, [ticket_id])
    response.headers["ETag"] = review.etag
    return review


@router.post(
    "/tickets/{ticket_id}/conclude", operation_id="concludeTicket", summary="End the review", responses=CHANGING
)
def post_conclusion(ticket_id: Id, demand: Conclusion, state: State, holder: ReviewingPerson, seen: Seen) -> Review:
    """Dispatch, hand over, answer, redirect or close: what the duty asks for. Lead and level follow from duty and
    place alone."""
    with _changing(state, ticket_id, holder) as (uow, city):
        conclude(
            uow,
            city,
            ticket_id,
            holder.key_id,
            seen=seen,
            action=demand.action,
            edits=_entered(uow, ticket_id, holder, demand.fields) if demand.fields else None,
            words=demand.answer if demand.action == "answer" else demand.wording,
            note=demand.note,
        )
        return reviewed(uow, city, ticket_id, holder)


@router.post("/tickets/{ticket_id}/ask", operation_id="askColleague", summary="Ask a colleague", responses=CHANGING)
def post_question(ticket_id: Id, demand: Question, state: State, holder: ReviewingPerson) -> Review:
    """The ticket waits for the colleague."""
    with _changing(state, ticket_id, holder) as (uow, city):
        ask_colleague(uow, ticket_id, holder.key_id, demand.to, demand.note)
        return reviewed(uow, city, ticket_id, holder)


@router.post(
    "/tickets/{ticket_id}/send-back",
    status_code=204,
    operation_id="sendBack",
    summary="Put a ticket back into the queue",
    responses=responses(BadRequest, NotFound, ClaimLost, Unprocessable),
)
def post_send_back(ticket_id: Id, demand: Returning, state: State, holder: ReviewingPerson) -> None:
    """For anybody; the draft stays."""
    with state.database.transaction() as uow:
        send_back(uow, ticket_id, holder.key_id, demand.note)


@router.post(
    "/tickets/{ticket_id}/split",
    status_code=201,
    operation_id="splitTicket",
    summary="Make a second ticket of the same call",
    responses=CHANGING,
)
def post_split(ticket_id: Id, demand: Splitting, state: State, holder: ReviewingPerson) -> Review:
    """For a further matter; the new ticket is yours."""
    with _changing(state, ticket_id, holder) as (uow, city):
        edits = _entered(uow, ticket_id, holder, demand.fields)
        made = split(uow, city, ticket_id, holder.key_id, edits)
        claim(uow, made.id, holder.key_id, state.settings.claim_lease)
        return reviewed(uow, city, made.id, holder)


@router.post(
    "/tickets/{ticket_id}/undo",
    operation_id="undoLast",
    summary="Undo the last decision",
    responses=responses(NotFound, Conflict, Collected, Unprocessable),
)
def post_undo(ticket_id: Id, state: State, holder: ReviewingPerson) -> Review:
    """One's own, or anybody's for a supervisor; until a handler has begun."""
    with _changing(state, ticket_id, holder) as (uow, city):
        undo(uow, ticket_id, holder.key_id, anybodys=holder.may(Scope.SUPERVISE))
        return reviewed(uow, city, ticket_id, holder)


@router.post(
    "/tickets/{ticket_id}/recall",
    operation_id="recallTicket",
    summary="Take an automatic ticket back",
    responses=responses(BadRequest, NotFound, Conflict, Collected, Unprocessable),
)
def post_recall(ticket_id: Id, demand: Recalling, state: State, holder: SupervisingPerson) -> Review:
    """It waits for a person again; `wrong` says that the machine's answer was."""
    with _changing(state, ticket_id, holder) as (uow, city):
        recall(uow, ticket_id, holder.key_id, demand.reason, wrong=demand.wrong)
        return reviewed(uow, city, ticket_id, holder)


@router.post(
    "/tickets/{ticket_id}/reveal",
    operation_id="revealCaller",
    summary="See names and numbers",
    responses=responses(BadRequest, NotFound, Unprocessable),
)
def post_reveal(ticket_id: Id, demand: Reason, state: State, holder: ReviewingPerson) -> Revealed:
    """Written into the audit log with the reason; the call stays unmasked for this account for a while."""
    with state.database.transaction() as uow:
        ticket = _ticket(uow, ticket_id)
        call = uow.calls.get(ticket.call_id)
        until = database_now(uow.session) + state.settings.reveal_lifetime
        uow.reviews.reveal(holder.key_id, ticket.call_id, until)
        uow.access.audit(holder.kind, holder.key_id, "reveal", ticket.call_id, {"reason": demand.reason})
        contact = current_fields(uow, ticket).get("contact") or {}
        return Revealed(
            surname=contact.get("surname"),
            gender=contact.get("gender"),
            callback_number=contact.get("callback_number"),
            anonymous=bool(contact.get("anonymous")),
            caller_number=call.caller_number if call else None,
            until=until,
        )


@router.get(
    "/tickets/{ticket_id}/history",
    operation_id="getHistory",
    summary="What happened to a ticket",
    responses=responses(NotFound, Unprocessable),
)
def get_history(ticket_id: Id, state: State, holder: Reviewer) -> list[TicketEvent]:
    """Who, which unit, when, why; oldest first."""
    with state.database.reading() as uow:
        call = uow.calls.get_full(_ticket(uow, ticket_id).call_id)
        if call is None:
            raise NotFound("There is no such ticket.")
        tickets = tickets_of(call)
        unmasked, surname = visibility_of(uow, holder, [call.id]).unmasked(call.id, tickets), surname_of(tickets)
        state.views.note(holder, View.TICKET, [call.id])
        events = uow.tickets.events(ticket_id)
        names = uow.accounts.names([event.actor for event in events])
        columns = [name for name in TicketEvent.model_fields if name not in {"at", "actor_name"}]
        return [
            TicketEvent.model_validate(
                {
                    **{name: getattr(event, name) for name in columns},
                    "at": event.created_at,
                    "actor_name": names.get(event.actor),
                    "reason": event.reason if unmasked else masked_json(event.reason, surname),
                    "data": event.data if unmasked else masked_json(event.data, surname),
                }
            )
            for event in events
        ]


@router.post(
    "/calls/{call_id}/join",
    operation_id="joinCalls",
    summary="Move the recordings of another call to this one",
    responses=responses(BadRequest, NotFound, Conflict, Unprocessable),
)
def post_join(
    call_id: Annotated[CallId, Path(description="The call that stays.")],
    demand: Joining,
    state: State,
    holder: ReviewingPerson,
) -> Call:
    """Its ticket is made anew from all; the other call goes. 409 where the other's ticket has gone out."""
    with state.database.transaction() as uow:
        join_calls(uow, state.queue, call_id, demand.other_call_id, holder.key_id, reason=demand.reason)
        return full_call(uow, call_id, holder)


@router.get("/city/places", operation_id="listPlaces", summary="The places of the city", tags=["city"])
def list_places(state: State, _holder: StateReader) -> list[CityPlace]:
    """For choosing district, street and name; a place may stand in several districts."""
    return [CityPlace.model_validate(place) for place in state.cities.city(state.database).places]


def reviewed(uow: UnitOfWork, city: "City", ticket_id: str, holder: KeyHolder) -> Review:
    """A ticket for review as ``holder`` sees it."""
    ticket = _ticket(uow, ticket_id)
    uow.session.flush()
    uow.session.expire_all()
    call = uow.calls.get_full(ticket.call_id)
    sees = visibility_of(uow, holder, [ticket.call_id])
    if call is None or ticket.call_id in sees.hidden:
        raise NotFound("There is no such ticket.")
    return review_of(uow, city, call, ticket, sees)


def _ticket(uow: UnitOfWork, ticket_id: str) -> Ticket:
    ticket = uow.reviews.ticket(ticket_id)
    if ticket is None:
        raise NotFound("There is no such ticket.")
    return ticket


def _entered(uow: UnitOfWork, ticket_id: str, holder: KeyHolder, fields: TicketEdit) -> dict[str, object]:
    """What was entered; nobody overwrites a caller that he doesn't see."""
    edits = fields.entered()
    if "contact" in edits:
        call = uow.calls.get_full(_ticket(uow, ticket_id).call_id)
        sees = visibility_of(uow, holder, [call.id] if call else [])
        if call is None or not sees.unmasked(call.id, tickets_of(call)):
            raise MaskedError
    return edits


@contextmanager
def _changing(state: ApiState, ticket_id: str, holder: KeyHolder) -> "Iterator[tuple[UnitOfWork, City]]":
    """A transaction that changes a ticket; what was changed by others meanwhile is answered with its present state."""
    city = state.cities.city(state.database)
    try:
        with state.database.transaction() as uow:
            yield uow, city
    except ChangedError as error:
        with state.database.reading() as uow:
            current = reviewed(uow, city, ticket_id, holder)
        raise ChangedMeanwhile(str(error), current=current.model_dump(mode="json")) from None
