"""A ticket under review in the form in which it is answered."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from api.calls.joining import joined_transcript
from api.privacy.masking import HIDDEN_FIELDS, masked_fields, masked_json, masked_text
from api.privacy.visibility import Visibility, tickets_of
from api.representations import surname_of, ticket_of
from api.review.claims import holds
from api.review.concluding import collected
from api.review.editing import etag
from api.review.fields import GUARD, Completed, complete, redirect_wording
from api.schemas.review import (
    Check,
    Draft,
    FieldProblem,
    HeardWords,
    ItemClaim,
    Note,
    Person,
    QueueItem,
    Review,
    ReviewCandidate,
    Sibling,
    Undoable,
)
from api.storage.clock import database_now
from api.storage.models import Call, Ticket
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

UNKNOWN: Final = "（账号已删除）"
_QUIET: Final = re.compile(r"[^\w]")


def review_of(uow: UnitOfWork, city: "City", call: Call, ticket: Ticket, sees: Visibility) -> Review:
    """All that the review of a ticket needs; ``call`` must be loaded in full."""
    now = database_now(uow.session)
    tickets = tickets_of(call)
    row = next(each for each in tickets if each.id == ticket.id)
    unmasked, surname = sees.unmasked(call.id, tickets), surname_of(tickets)
    draft, action = uow.reviews.draft(ticket.id), uow.reviews.last_standing_action(ticket.id)
    fields: Mapping[str, Any] = max(row.versions, key=lambda version: version.version).fields
    names = _Names(
        uow,
        [draft.updated_by if draft else None, action.operator_id if action else None, row.assigned_to, row.claimed_by],
    )
    completed = complete(city, fields, draft.fields if draft else {})
    shown_draft = dict(draft.fields) if draft else {}
    if not unmasked:
        # Only where a person may have put a name: times and places would be taken for numbers.
        shown_draft = {
            key: masked_json(value, surname) if key in HIDDEN_FIELDS else value
            for key, value in shown_draft.items()
            if key != "contact"
        }
    undoable = action is not None and not holds_other(row, action.operator_id, now) and not collected(uow, row, action)
    return Review(
        ticket=ticket_of(row, unmasked=unmasked),
        call_id=call.id,
        etag=etag(uow, row),
        masked=not unmasked,
        draft=Draft(fields=shown_draft, updated_at=draft.updated_at, updated_by=names.of(draft.updated_by))
        if draft
        else None,
        claim=claim_of(row, names, now),
        assigned_to=names.of(row.assigned_to) if row.assigned_to else None,
        note=Note(
            text=action.note if unmasked or not action.note else masked_text(action.note, surname),
            by=names.of(action.operator_id),
            at=action.created_at,
            kind=action.kind,
        )
        if action and action.note
        else None,
        candidates=list(_candidates(city, fields)),
        evidence=_evidence(joined_transcript(uow, call), fields, masked=not unmasked),
        check=check_of(city, completed),
        can_undo=Undoable(action=action.kind, at=action.created_at, by=names.of(action.operator_id))
        if action and undoable
        else None,
        siblings=[
            Sibling(
                ticket_id=each.id,
                number=each.number,
                matter=each.matter,
                title=each.title if unmasked else masked_text(each.title, surname),
                state=each.state,
            )
            for each in tickets
            if each.id != ticket.id
        ],
    )


def holds_other(ticket: Ticket, operator_id: str, now: Any) -> bool:
    """Whether somebody other than the operator works on the ticket."""
    return ticket.claimed_by not in {None, operator_id} and holds(ticket, str(ticket.claimed_by), now)


def check_of(city: "City", completed: Completed) -> Check:
    """What follows from what was entered."""
    fields = completed.fields
    duty = city.duty_by_code.get(fields.get("category") or "")
    return Check.model_validate(
        {
            "action": completed.action,
            "disposition": fields["disposition"],
            "lead": fields["lead"],
            "co_handlers": fields["co_handlers"],
            "listed_co_handlers": list(duty.co_handlers) if duty and duty.dispatched else [],
            "handover": fields["handover"],
            "guard": completed.guard,
            "wording": redirect_wording(duty) if duty and duty.level == "redirect" else None,
            "problems": [
                FieldProblem(pointer=f"/fields{mistake.pointer}", detail=mistake.detail)
                for mistake in completed.mistakes
            ],
        }
    )


def queue_items(uow: UnitOfWork, tickets: Sequence[Ticket]) -> list[QueueItem]:
    """Tickets that wait, without names and numbers."""
    now = database_now(uow.session)
    names = _Names(uow, [each for ticket in tickets for each in (ticket.claimed_by, ticket.assigned_to)])
    return [
        QueueItem(
            ticket_id=ticket.id,
            call_id=ticket.call_id,
            number=ticket.number,
            matter=ticket.matter,
            title=masked_text(ticket.title),
            appeal_type=ticket.appeal_type,
            category=ticket.category,
            disposition=ticket.disposition,
            urgency=ticket.urgency,
            confidence=ticket.confidence,
            district=ticket.district,
            lead_department=ticket.lead_department,
            dialect=ticket.dialect,
            source=ticket.source,
            flags=[flag for flag in ticket.flags.split("|") if flag],
            mode=ticket.mode,
            state=ticket.state,
            needs_review=ticket.needs_review,
            returned=ticket.state == "退回",
            waiting_since=ticket.waiting_since,
            claim=claim_of(ticket, names, now),
            assigned_to=names.of(ticket.assigned_to) if ticket.assigned_to else None,
        )
        for ticket in tickets
    ]


def claim_of(ticket: Ticket, names: "_Names", now: Any) -> ItemClaim | None:
    """Who works on a ticket now."""
    if ticket.claimed_by is None or ticket.claimed_until is None or ticket.claimed_until <= now:
        return None
    return ItemClaim(operator=names.of(ticket.claimed_by), lease_until=ticket.claimed_until)


class _Names:
    """Names of accounts, looked up once."""

    def __init__(self, uow: UnitOfWork, account_ids: Iterable[str | None]) -> None:
        self._names = uow.accounts.names(list(account_ids))

    def of(self, account_id: str) -> Person:
        """An account by name."""
        return Person(id=account_id, name=self._names.get(account_id, UNKNOWN))


def person_of(uow: UnitOfWork, account_id: str) -> Person:
    """An account by name."""
    return _Names(uow, [account_id]).of(account_id)


def _candidates(city: "City", fields: Mapping[str, Any]) -> Iterable[ReviewCandidate]:
    for candidate in fields.get("candidates") or ():
        duty = city.duty_by_code.get(candidate["category"])
        yield ReviewCandidate(
            category=candidate["category"],
            department=candidate.get("department"),
            score=candidate["score"],
            level1=duty.level1 if duty else None,
            level2=duty.level2 if duty else None,
            basis=duty.basis if duty else None,
            note=duty.note if duty else None,
            grassroots_role=duty.grassroots_role if duty else None,
            guard=GUARD[duty.grassroots_role] if duty and duty.dispatched else None,
        )


def _evidence(transcript: Mapping[str, Any], fields: Mapping[str, Any], *, masked: bool) -> dict[str, list[HeardWords]]:
    shown = (masked_fields(fields) if masked else fields).get("evidence") or {}
    segments = transcript["segments"]
    return {
        name: [
            _heard(segments, item, shown_item.get("words", ""))
            for item, shown_item in zip(items, shown[name], strict=True)
        ]
        for name, items in (fields.get("evidence") or {}).items()
    }


def _heard(segments: Sequence[Mapping[str, Any]], item: Mapping[str, Any], shown: str) -> HeardWords:
    """Where words stand now: in the turn that they were read from, else in the first that has them."""
    turn, words = int(item["turn"]), str(item["words"])
    order = sorted(range(len(segments)), key=lambda index: (abs(index - turn), index))
    found = next((index for index in order if words and words in segments[index]["text"]), None)
    if found is None:
        return HeardWords(turn=turn, words=shown, recording_id=None, start=None, end=None)
    segment = segments[found]
    start, end = _times(segment, words)
    return HeardWords(turn=found, words=shown, recording_id=segment.get("recording_id"), start=start, end=end)


def _times(segment: Mapping[str, Any], words: str) -> tuple[float, float]:
    """From the first to the last word that the phrase covers; the whole turn where the words don't tell."""
    wanted = _QUIET.sub("", words)
    spoken = [(_QUIET.sub("", str(word["text"])), word) for word in segment.get("words") or ()]
    at = "".join(text for text, _ in spoken).find(wanted)
    if not wanted or at < 0:
        return float(segment["start"]), float(segment["end"])
    covered, position = [], 0
    for text, word in spoken:
        if position < at + len(wanted) and position + len(text) > at:
            covered.append(word)
        position += len(text)
    return float(covered[0]["start"]), float(covered[-1]["end"])
