"""Queue, claims and review at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api.schemas.accounts import AccountId
from api.schemas.base import Answer, CallId, Demand, Line, Moment, RecordingId, storable
from api.schemas.calls import Disposition, FilterText, Handler, Ticket, TicketId, TicketQuery

AppealType = Literal["咨询", "求助", "投诉", "举报", "建议", "表扬"]
Urgency = Literal["critical", "urgent", "normal"]
Flag = Literal[
    "group",
    "minor",
    "elderly",
    "disabled",
    "threat",
    "self_harm",
    "unreasonable",
    "malicious",
    "confidential",
    "legal_process",
]
Service = Literal["110", "119", "120", "122"]
Action = Literal["dispatch", "handover", "answer", "redirect", "close"]
Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True), AfterValidator(storable)]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(storable)
]
Short = Annotated[Line, StringConstraints(max_length=100)]


class Person(Answer):
    """An account by name."""

    id: AccountId
    name: str


class Claim(Answer):
    """Who works on a ticket, and until when he has it."""

    ticket_id: TicketId
    operator: Person
    lease_until: datetime


class ItemClaim(Answer):
    """Who works on it, and until when he has it."""

    operator: Person
    lease_until: datetime


class QueueItem(Answer):
    """A ticket that waits for a person; holds no names or numbers."""

    ticket_id: TicketId
    call_id: CallId
    number: str
    matter: int
    title: str
    appeal_type: str | None
    category: str | None
    disposition: Disposition
    urgency: str | None
    confidence: float | None
    district: str | None
    lead_department: str | None
    dialect: str | None
    source: str
    flags: list[str]
    mode: str
    state: str
    needs_review: bool
    returned: bool = Field(description="A department gave it back.")
    waiting_since: datetime | None
    claim: ItemClaim | None
    assigned_to: Person | None


class QueuePage(Answer):
    """Some of what waits, most urgent and then least certain first."""

    items: list[QueueItem]
    next_cursor: str | None = Field(None, description="Pass as cursor to get the next page.")


class QueueQuery(TicketQuery):
    """What the queue is narrowed by."""

    q: FilterText | None = Field(None, description="Words of transcript or ticket, or a whole ticket number.")
    view: Literal["open", "mine", "assigned", "all"] = "all"
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}(\.[0-9]{1,20})?:tic_[0-9a-f]{32}$")] | None = None


class NextDemand(Demand):
    """What the next ticket is narrowed by."""

    dialect: FilterText | None = None
    district: FilterText | None = None
    category: FilterText | None = None
    urgency: Urgency | None = None
    flag: Flag | None = None
    source: FilterText | None = None
    since: Moment | None = None
    until: Moment | None = None


class QueueCounts(Answer):
    """How much waits."""

    waiting: int
    claimed: int
    mine: int
    assigned: int = Field(description="What you were asked about.")
    by_urgency: dict[str, int]
    by_district: dict[str, int]
    by_category: dict[str, int]
    by_dialect: dict[str, int]
    by_flag: dict[str, int]
    by_source: dict[str, int]


class PlaceEdit(Demand):
    """Where the matter is: district, street and name must hold together in the city's list of places."""

    district: Short | None = None
    street: Short | None = None
    name: Short | None = None
    detail: Annotated[Line, StringConstraints(max_length=200)] | None = None


class ContactEdit(Demand):
    """How the caller can be reached."""

    surname: Annotated[Line, StringConstraints(max_length=10)] | None = None
    gender: Literal["男", "女"] | None = None
    callback_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,20}$")] | None = None
    anonymous: bool = False


class TicketEdit(Demand):
    """What an operator enters; what is left out stays. Lead, level and disposition follow from category and place."""

    appeal_type: AppealType | None = None
    category: Annotated[Line, StringConstraints(max_length=20)] | None = None
    place: PlaceEdit | None = None
    contact: ContactEdit | None = None
    occurred: (
        Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-\d{2}(T([01]\d|2[0-3]):[0-5]\d)?$")] | None
    ) = None
    urgency: Urgency = "normal"
    amount_yuan: Annotated[float, Field(ge=0, le=1e12)] | None = None
    people_affected: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    party: Short | None = None
    repeat_call: bool = False
    flags: Annotated[list[Flag], Field(max_length=10)] = Field(default_factory=list)
    title: Annotated[Line, StringConstraints(max_length=30)] = ""
    summary: Annotated[str, StringConstraints(max_length=199), AfterValidator(storable)] = ""
    co_handlers: Annotated[list[Short], Field(max_length=20)] | None = None
    handover: Annotated[list[Service], Field(max_length=4)] | None = None

    def entered(self) -> dict[str, Any]:
        """What was sent, in the form in which tickets are kept."""
        edits = self.model_dump(exclude_unset=True)
        if edits.get("flags"):
            edits["flags"] = list(dict.fromkeys(edits["flags"]))
        return edits


class Draft(Answer):
    """What was entered and not concluded."""

    fields: dict[str, Any]
    updated_at: datetime
    updated_by: Person


class Note(Answer):
    """What a colleague asked or said last."""

    text: str | None
    by: Person
    at: datetime
    kind: str


class ReviewCandidate(Answer):
    """A duty that may fit, with what the duty list says of it."""

    category: str
    department: str | None
    score: float
    level1: str | None
    level2: str | None
    basis: str | None
    note: str | None
    grassroots_role: str | None
    guard: str | None = Field(description="What the grassroots may have to do with it.")


class HeardWords(Answer):
    """Words that a field was read from; times in seconds from the start of the call, null where they stand nowhere."""

    turn: int
    words: str
    recording_id: RecordingId | None
    start: float | None
    end: float | None


class Undoable(Answer):
    """The last decision, while it can be undone."""

    action: str
    at: datetime
    by: Person


class Sibling(Answer):
    """Another ticket of the same call."""

    ticket_id: TicketId
    number: str
    matter: int
    title: str
    state: str


class FieldProblem(Answer):
    """What keeps the ticket from being concluded: a JSON pointer into the request, and why."""

    pointer: str
    detail: str


class Check(Answer):
    """What follows from what was entered."""

    action: Action
    disposition: Disposition
    lead: Handler | None
    co_handlers: list[str]
    listed_co_handlers: list[str] = Field(description="Those that the duty list allows.")
    handover: list[str]
    guard: str | None
    wording: str | None = Field(description="What to tell the caller on a redirect.")
    problems: list[FieldProblem]


class Review(Answer):
    """A ticket with all that its review needs."""

    ticket: Ticket
    call_id: CallId
    etag: str
    masked: bool
    draft: Draft | None
    claim: ItemClaim | None
    assigned_to: Person | None
    note: Note | None
    candidates: list[ReviewCandidate]
    evidence: dict[str, list[HeardWords]]
    check: Check
    can_undo: Undoable | None
    siblings: list[Sibling]


class DraftDemand(Demand):
    """What was entered so far."""

    fields: TicketEdit


class Conclusion(Demand):
    """How the review of a ticket ends."""

    action: Action
    fields: TicketEdit | None = Field(None, description="What was entered; the draft where left out.")
    answer: Words | None = Field(None, description="What the caller was answered; needed for answer.")
    wording: Words | None = Field(None, description="What the caller was told on a redirect; the usual where left out.")
    note: Text | None = None


class Question(Demand):
    """A question to a colleague."""

    to: AccountId
    note: Words


class Returning(Demand):
    """Why a ticket goes back to the queue."""

    note: Text | None = None


class Splitting(Demand):
    """A further matter of the same call."""

    fields: TicketEdit


class Recalling(Demand):
    """Why an automatic ticket is taken back; ``wrong`` where the machine's answer was."""

    reason: Words
    wrong: bool = True


class Reason(Demand):
    """Why somebody must see what is hidden."""

    reason: Words


class Revealed(Answer):
    """The caller, and until when the account sees the call unmasked."""

    surname: str | None
    gender: str | None
    callback_number: str | None
    anonymous: bool
    caller_number: str | None
    until: datetime


class Joining(Demand):
    """A call whose recordings belong to another."""

    other_call_id: CallId
    reason: Words


class TicketEvent(Answer):
    """Something that happened to a ticket."""

    at: datetime
    kind: str
    actor_kind: str
    actor: str
    actor_name: str | None = None
    from_state: str | None
    to_state: str | None
    version: int | None
    unit: str | None
    reason: str | None
    data: dict[str, Any] | None


class CityPlace(Answer):
    """A place of the city, for choosing district, street and name."""

    kind: str
    name: str
    district: str
    street: str
    community: str
