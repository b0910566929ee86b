"""The queue of what waits for a person, and who works on what."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.problems import (
    BadRequest,
    Claimed,
    ClaimLost,
    Conflict,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unprocessable,
    responses,
)
from api.queue_events import queue_events
from api.review.claims import claim, claim_next, held, release, renew
from api.review.errors import ClaimedError, ClaimLostError
from api.review.presenting import person_of, queue_items
from api.routes.calls import EVENT_STREAM, ticket_filter
from api.routes.review import reviewed
from api.schemas.calls import TicketId
from api.schemas.review import Claim, NextDemand, QueueCounts, QueuePage, QueueQuery, Review
from api.security.access import Reviewer, ReviewingPerson
from api.security.keys import KeyHolder
from api.state import State
from api.storage.clock import database_now
from api.storage.models import Ticket
from api.storage.repositories.reviews import QueueView, TicketFilter
from api.storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["queue"], responses=responses(Unauthenticated, Forbidden))

Id = Annotated[TicketId, Path(description="The ticket's id.")]


@router.get("/queue", operation_id="listQueue", summary="What waits for a person", responses=responses(Unprocessable))
def list_queue(state: State, holder: Reviewer, query: Annotated[QueueQuery, Query()]) -> QueuePage:
    """Most urgent first, and among these what the machine was least certain of."""
    after = _position(query.cursor)
    with state.database.reading() as uow:
        view = QueueView(query.view, holder.key_id, database_now(uow.session))
        rows = uow.reviews.queue(ticket_filter(query, query.q), view, query.limit + 1, after)
        shown = rows[: query.limit]
        last = shown[-1] if len(rows) > query.limit else None
        return QueuePage(
            items=queue_items(uow, shown), next_cursor=f"{last.queue_rank!r}:{last.id}" if last is not None else None
        )


@router.get("/queue/counts", operation_id="countQueue", summary="How much waits")
def count_queue(state: State, holder: Reviewer) -> QueueCounts:
    """All that waits, by what the queue can be narrowed by."""
    with state.database.reading() as uow:
        return queue_counts(uow, holder)


@router.get(
    "/queue/stream",
    operation_id="followQueue",
    summary="Follow the queue (server-sent events)",
    response_class=Response,
    responses={
        200: {"description": "Events snapshot, item, gone, counts, notice; data is JSON.", "content": EVENT_STREAM}
    },
)
async def follow_queue(state: State, holder: Reviewer) -> Response:
    """First the beginning of the queue as it is, then what changes in it."""
    return await queue_events(state, holder, queue_counts)


@router.post(
    "/queue/next",
    operation_id="claimNext",
    summary="Take the next ticket",
    response_model=Review,
    responses={204: {"description": "Nothing waits."}, **responses(BadRequest, Unprocessable)},
)
def post_next(demand: NextDemand, state: State, holder: ReviewingPerson) -> Any:
    """What you were asked about first, then the most urgent and least certain that nobody has."""
    city = state.cities.city(state.database)
    with state.database.transaction() as uow:
        ticket = claim_next(uow, holder.key_id, TicketFilter(**demand.model_dump()), state.settings.claim_lease)
        return Response(status_code=204) if ticket is None else reviewed(uow, city, ticket.id, holder)


@router.post(
    "/tickets/{ticket_id}/claim",
    operation_id="claimTicket",
    summary="Take a ticket",
    responses=responses(NotFound, Claimed, Conflict, Unprocessable),
)
def post_claim(ticket_id: Id, state: State, holder: ReviewingPerson) -> Claim:
    """Nobody else can take it while the lease lasts; send a heartbeat before it is over."""
    try:
        with state.database.transaction() as uow:
            return _claim(uow, claim(uow, ticket_id, holder.key_id, state.settings.claim_lease))
    except ClaimedError as error:
        with state.database.reading() as uow:
            person = person_of(uow, error.holder)
        raise Claimed(
            f"该工单正由{person.name}处理。",
            holder=person.model_dump(),
            lease_until=error.until.isoformat() if error.until else None,
        ) from None


@router.post(
    "/tickets/{ticket_id}/heartbeat",
    operation_id="renewClaim",
    summary="Keep a ticket",
    responses=responses(NotFound, ClaimLost, Unprocessable),
)
def post_heartbeat(ticket_id: Id, state: State, holder: ReviewingPerson) -> Claim:
    """Three times within the lease."""
    with state.database.transaction(durable=False) as uow:
        return _claim(uow, renew(uow, ticket_id, holder.key_id, state.settings.claim_lease))


@router.delete(
    "/tickets/{ticket_id}/claim",
    status_code=204,
    operation_id="releaseTicket",
    summary="Leave a ticket to others",
    responses=responses(NotFound, Unprocessable),
)
def delete_claim(ticket_id: Id, state: State, holder: ReviewingPerson) -> None:
    """The draft stays. Releasing what one doesn't have does no harm."""
    with state.database.transaction() as uow:
        try:
            release(uow, held(uow, ticket_id, holder.key_id), holder.key_id)
            uow.access.audit(holder.kind, holder.key_id, "release", ticket_id)
        except ClaimLostError:
            return


def queue_counts(uow: UnitOfWork, holder: KeyHolder) -> QueueCounts:
    """How much waits, all told and for ``holder``."""
    counted = uow.reviews.queue_counts(holder.key_id, database_now(uow.session))
    return QueueCounts(
        waiting=counted.waiting,
        claimed=counted.claimed,
        mine=counted.mine,
        assigned=counted.assigned,
        by_urgency=dict(counted.by["urgency"]),
        by_district=dict(counted.by["district"]),
        by_category=dict(counted.by["category"]),
        by_dialect=dict(counted.by["dialect"]),
        by_source=dict(counted.by["source"]),
        by_flag=dict(counted.by["flags"]),
    )


def _claim(uow: UnitOfWork, ticket: Ticket) -> Claim:
    return Claim.model_validate(
        {
            "ticket_id": ticket.id,
            "operator": person_of(uow, str(ticket.claimed_by)),
            "lease_until": ticket.claimed_until,
        }
    )


def _position(cursor: str | None) -> tuple[float, str] | None:
    if cursor is None:
        return None
    rank, _, ticket_id = cursor.partition(":")
    return float(rank), ticket_id
