"""Queries on calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, and_, delete, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from api.storage.models import Alert, Call, Recording, Ticket, TicketVersion
from api.storage.models.intake import CallState
from api.storage.repositories.paging import Page, page_of
from api.storage.repositories.reviews import TicketFilter
from api.storage.repositories.search import SearchRepository


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What a list of calls is narrowed by; None leaves a field open.

    ``text`` is looked for in transcripts and tickets, or is a whole number or id.
    """

    state: CallState | None = None
    mode: str | None = None
    disposition: str | None = None
    source: str | None = None
    text: str | None = None
    ticket_state: str | None = None
    ticket: TicketFilter = field(default_factory=TicketFilter)


@dataclass(frozen=True, slots=True)
class CallListing:
    """What a list shows of a call: columns of ``calls`` and, as ``ticket_…``, of the machine's ticket, whose id is None
    where there is none; columns of its recordings; ``flags`` and ``appeal_type`` of further tickets.
    """

    row: Row[Any]
    recordings: Sequence[Row[Any]]
    further: Sequence[Row[Any]]


class CallRepository:
    """Calls of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, call_id: str, *, lock: bool = False) -> Call | None:
        """The call, its row held until the transaction ends where ``lock`` is set."""
        query = select(Call).where(Call.id == call_id).execution_options(populate_existing=lock)
        return self._session.scalar(query.with_for_update() if lock else query)

    def get_full(self, call_id: str) -> Call | None:
        """The call with recordings, alerts, and ticket with versions and sub-orders loaded."""
        return self._session.scalar(select(Call).where(Call.id == call_id).options(*_FULL))

    def full_of_recording(self, recording_id: str) -> Call | None:
        """The call of a recording, loaded as by :meth:`get_full`."""
        query = select(Call).join(Recording, Recording.call_id == Call.id).where(Recording.id == recording_id)
        return self._session.scalar(query.options(*_FULL))

    def of_session(self, source: str, session_id: str) -> Call | None:
        """The call that recordings of this source and session join."""
        return self._session.scalar(
            select(Call).where(Call.source == source, Call.session_id == session_id).with_for_update()
        )

    def add(self, call: Call) -> Call:
        """Store a new call."""
        self._session.add(call)
        self._session.flush()
        return call

    def page(self, narrowed: CallFilter, limit: int, cursor: str | None) -> Page[CallListing]:
        """Calls, newest first, with what a list shows of them."""
        rows = self._session.execute(self._listed(narrowed).limit(limit + 1).where(*_below(cursor))).all()
        page = page_of(rows, limit, [row.id for row in rows])
        ids = [row.id for row in page.items]
        recordings: dict[str, list[Row[Any]]] = {each: [] for each in ids}
        for recording in self._session.execute(
            select(*_RECORDING).where(Recording.call_id.in_(ids)).order_by(Recording.id)
        ):
            recordings[recording.call_id].append(recording)
        further: dict[str, list[Row[Any]]] = {each: [] for each in ids}
        for ticket in self._session.execute(select(*_FURTHER).where(Ticket.call_id.in_(ids), Ticket.matter > 0)):
            further[ticket.call_id].append(ticket)
        return Page([CallListing(row, recordings[row.id], further[row.id]) for row in page.items], page.next_cursor)

    def _listed(self, narrowed: CallFilter) -> Select[Any]:
        query = (
            select(*_CALL, *_TICKET)
            .outerjoin(Ticket, and_(Ticket.call_id == Call.id, Ticket.matter == 0))
            .outerjoin(
                TicketVersion, and_(TicketVersion.ticket_id == Ticket.id, TicketVersion.version == Ticket.version)
            )
            .where(*narrowed.ticket.conditions())
            .order_by(Call.id.desc())
        )
        for column, value in (
            (Call.state, narrowed.state),
            (Call.source, narrowed.source),
            (Ticket.state, narrowed.ticket_state),
            (Ticket.mode, narrowed.mode),
            (Ticket.disposition, narrowed.disposition),
        ):
            if value:
                query = query.where(column == value)
        if narrowed.text:
            query = query.where(Call.id.in_(self._found(narrowed.text)))
        return query

    def _found(self, words: str) -> CompoundSelect[Any]:
        # Each by its own index: with "or" between columns of two tables every call would be looked at.
        matching = SearchRepository(self._session).matching(words)
        if matching is None:
            matching = select(Ticket.call_id).where(
                Ticket.matter == 0, Ticket.search_text.icontains(words, autoescape=True)
            )
        return union(
            matching,
            select(Ticket.call_id).where(Ticket.matter == 0, Ticket.number == words),
            select(Call.id).where(or_(Call.caller_number == words, Call.id == words)),
        )

    def last_ticketed(self, limit: int) -> list[Call]:
        """The calls of the last tickets, newest first."""
        query = (
            select(Call)
            .join(Ticket, and_(Ticket.call_id == Call.id, Ticket.matter == 0))
            .order_by(Ticket.id.desc())
            .limit(limit)
        )
        return list(self._session.scalars(query))

    def delete(self, call_id: str) -> None:
        """Remove a call and all that belongs to it."""
        self._session.execute(delete(Call).where(Call.id == call_id))

    def alert_page(self, limit: int, cursor: str | None) -> Page[Alert]:
        """Alerts, newest first."""
        query = select(Alert).order_by(Alert.id.desc()).limit(limit + 1)
        alerts = self._session.scalars(query.where(Alert.id < cursor) if cursor else query).all()
        return page_of(alerts, limit, [alert.id for alert in alerts])


def _below(cursor: str | None) -> list[ColumnElement[bool]]:
    return [Call.id < cursor] if cursor else []


_CALL = (
    Call.id,
    Call.state,
    Call.source,
    Call.session_id,
    Call.started_at,
    Call.caller_number,
    Call.error,
    Call.created_at,
    Call.updated_at,
)
# Not the whole version: evidence, reasons and candidates of a page of tickets are most of what would be read.
_TICKET = (
    Ticket.id.label("ticket_id"),
    *(
        getattr(Ticket, name).label(f"ticket_{name}")
        for name in (
            "number",
            "state",
            "needs_review",
            "appeal_type",
            "category",
            "disposition",
            "urgency",
            "flags",
            "title",
            "mode",
            "confidence",
            "district",
        )
    ),
    TicketVersion.fields["lead"].label("ticket_lead"),
    TicketVersion.fields["handover"].label("ticket_handover"),
    TicketVersion.fields["contact"]["surname"].label("ticket_surname"),
)
_CURRENT = and_(TicketVersion.ticket_id == Ticket.id, TicketVersion.version == Ticket.version)
_FURTHER: tuple[Any, ...] = (Ticket.call_id, Ticket.flags, Ticket.appeal_type)
_RECORDING = (
    Recording.id,
    Recording.call_id,
    Recording.state,
    Recording.attempt,
    Recording.filename,
    Recording.duration,
    Recording.error,
)
_FULL = (
    selectinload(Call.recordings).joinedload(Recording.call),
    joinedload(Call.ticket).selectinload(Ticket.versions),
    joinedload(Call.ticket).selectinload(Ticket.sub_orders),
    selectinload(Call.further_tickets).selectinload(Ticket.versions),
    selectinload(Call.further_tickets).selectinload(Ticket.sub_orders),
    selectinload(Call.alerts),
)
