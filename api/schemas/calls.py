"""Calls, tickets (工单) and alerts at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.base import (
    Answer,
    CallId,
    Demand,
    Failure,
    Line,
    Links,
    Moment,
    PageQuery,
    Progress,
    RecordingId,
)
from api.schemas.recordings import Recording, RecordingState

TicketId = Annotated[str, StringConstraints(pattern="^tic_[0-9a-f]{32}$")]
FilterText = Annotated[Line, StringConstraints(min_length=1, max_length=100)]
TicketState = Literal["待审核", "已派发", "已签收", "退回", "办理中", "已答复", "已回访", "办结"]
CallState = Literal["waiting", "structuring", "ticketed", "failed"]
CallStep = Literal["structure", "dispatch"]
Disposition = Literal["dispatch", "answer", "redirect", "emergency", "none"]
Mode = Literal["auto", "review"]


class Handler(Answer):
    """The department that leads (主办)."""

    model_config = ConfigDict(extra="allow")

    department: str
    level: str | None = None
    district: str | None = None
    street: str | None = None


class Place(Answer):
    """Where the matter is."""

    model_config = ConfigDict(extra="allow")

    district: str | None = None
    street: str | None = None
    name: str | None = None
    detail: str | None = None


class Contact(Answer):
    """How the caller can be reached."""

    model_config = ConfigDict(extra="allow")

    surname: str | None = None
    gender: Literal["男", "女"] | None = None
    callback_number: str | None = None
    anonymous: bool = False


class Candidate(Answer):
    """A duty that may fit, with its department."""

    model_config = ConfigDict(extra="allow")

    category: str
    department: str | None = None
    score: float


class Evidence(Answer):
    """Words of a turn that a field was read from."""

    model_config = ConfigDict(extra="allow")

    turn: int
    words: str


class SubOrder(Answer):
    """The part of a ticket that one handler answers for."""

    id: str
    role: Literal["主办", "协办"]
    department: str
    level: str | None
    district: str | None
    street: str | None
    state: str
    sign_deadline: datetime | None
    deadline: datetime | None
    return_reason: str | None
    return_count: int
    dispatched_at: datetime


class Ticket(Answer):
    """A ticket (工单) with the state it is in."""

    model_config = ConfigDict(extra="allow")

    id: TicketId
    matter: int = Field(0, description="0 for the machine's ticket, others a person split off.")
    masked: bool = Field(False, description="Names and numbers are hidden from whoever asks.")
    number: str = Field(examples=["20260312000001"])
    state: str = Field(description="待审核, 已派发, 已签收, 退回, 办理中, 已答复, 已回访, 办结", examples=["已派发"])
    version: int
    city_version: str | None = None
    needs_review: bool = Field(False, description="A person must look, though it is with a department already.")
    appeal_type: str | None = Field(None, examples=["投诉"])
    category: str | None = Field(None, description="Code of the duty list.", examples=["HB01"])
    disposition: Disposition
    lead: Handler | None = None
    co_handlers: list[Any] = Field(default_factory=list)
    handover: list[str] = Field(default_factory=list)
    place: Place | None = None
    contact: Contact | None = None
    occurred: str | None = Field(None, examples=["2026-03-11T22:00"])
    urgency: str | None = Field(None, examples=["normal"])
    amount_yuan: float | None = None
    people_affected: int | None = None
    party: str | None = None
    repeat_call: bool = False
    flags: list[str] = Field(default_factory=list)
    title: str = ""
    candidates: list[Candidate] = Field(default_factory=list)
    confidence: float | None = None
    mode: Mode
    reasons: list[str] = Field(default_factory=list)
    evidence: dict[str, list[Evidence]] = Field(default_factory=dict)
    summary: str = ""
    further_matters: list[dict[str, Any]] = Field(default_factory=list)
    sub_orders: list[SubOrder] = Field(default_factory=list)


class Alert(Answer):
    """An emergency that a person must see at once."""

    id: str
    call_id: CallId
    services: list[str] = Field(examples=[["119"]])
    title: str
    acknowledged_at: datetime | None
    created_at: datetime
    changed_at: datetime = Field(description="When it was raised or last got other services: show it again then.")


class Call(Answer):
    """A call: its recordings and its one ticket."""

    id: CallId
    state: CallState
    progress: Progress
    source: str
    session_id: str | None
    started_at: datetime | None
    caller_number: str | None
    recordings: list[Recording]
    ticket: Ticket | None
    further_tickets: list[Ticket] = Field(default_factory=list, description="Further matters, split off by a person.")
    alerts: list[Alert]
    error: Failure | None
    created_at: datetime
    updated_at: datetime
    links: Links


class ListedRecording(Answer):
    """A recording as lists show it."""

    id: RecordingId
    state: RecordingState
    filename: str
    duration: float | None
    error: Failure | None
    progress: Progress = Field(description="Without steps where all of the call's recordings are done.")


class ListedTicket(Answer):
    """A ticket as lists show it: without place, contact, evidence, reasons and sub-orders."""

    id: TicketId
    masked: bool
    number: str
    state: str
    needs_review: bool
    appeal_type: str | None
    category: str | None
    disposition: Disposition
    lead: Handler | None
    handover: list[str]
    urgency: str | None
    flags: list[str]
    title: str
    mode: Mode
    confidence: float | None
    district: str | None


class ListedCall(Answer):
    """A call as lists show it; `GET /v1/calls/{call_id}` has all of it."""

    id: CallId
    state: CallState
    progress: Progress = Field(description="Without steps once the ticket is made.")
    source: str
    session_id: str | None
    started_at: datetime | None
    caller_number: str | None
    recordings: list[ListedRecording]
    ticket: ListedTicket | None
    error: Failure | None
    created_at: datetime
    updated_at: datetime
    links: Links


class CallProgress(Answer):
    """What an event ``progress`` says of a call."""

    call_id: CallId
    state: CallState
    progress: Progress


class CallRerun(Demand):
    """From which step a call's ticket is made again."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_step: CallStep = Field("structure", alias="from")


class TicketQuery(PageQuery):
    """What lists are narrowed by, besides what each has of its own."""

    dialect: FilterText | None = None
    district: FilterText | None = None
    category: FilterText | None = Field(None, description="Code of the duty list.")
    urgency: Literal["critical", "urgent", "normal"] | None = None
    flag: FilterText | None = None
    source: FilterText | None = None
    since: Moment | None = Field(None, description="Tickets made at this time or later.")
    until: Moment | None = Field(None, description="Tickets made before this time.")


class CallQuery(TicketQuery):
    """What a list of calls is narrowed by."""

    state: CallState | None = None
    ticket_state: TicketState | None = None
    mode: Mode | None = None
    disposition: Disposition | None = None
    q: Annotated[Line, StringConstraints(max_length=100)] | None = Field(
        None, description="Words of transcript or ticket; or a whole ticket, caller or call number."
    )
    cursor: CallId | None = Field(None, description="next_cursor of the page before.")


class AlertQuery(PageQuery):
    """Which page of alerts is wanted."""

    cursor: Annotated[str, StringConstraints(pattern="^alert_[0-9a-f]{32}$")] | None = Field(
        None, description="next_cursor of the page before."
    )
