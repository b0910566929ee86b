"""Queries on calls."""

from dataclasses import dataclass, field

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from api.storage.models import Alert, Call, Recording, Ticket
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

    def page(self, narrowed: CallFilter, limit: int, cursor: str | None) -> Page[Call]:
        """Calls, newest first, with all that belongs to them loaded."""
        query = select(Call).options(*_FULL).order_by(Call.id.desc()).limit(limit + 1)
        if cursor:
            query = query.where(Call.id < cursor)
        if narrowed.state:
            query = query.where(Call.state == narrowed.state)
        if narrowed.source:
            query = query.where(Call.source == narrowed.source)
        about_ticket = narrowed.ticket.conditions()
        if narrowed.mode or narrowed.disposition or narrowed.text or narrowed.ticket_state or about_ticket:
            query = query.outerjoin(Ticket, and_(Ticket.call_id == Call.id, Ticket.matter == 0)).where(*about_ticket)
        if narrowed.ticket_state:
            query = query.where(Ticket.state == narrowed.ticket_state)
        if narrowed.mode:
            query = query.where(Ticket.mode == narrowed.mode)
        if narrowed.disposition:
            query = query.where(Ticket.disposition == narrowed.disposition)
        if narrowed.text:
            found = SearchRepository(self._session).matching(narrowed.text)
            query = query.where(
                or_(
                    Ticket.search_text.icontains(narrowed.text, autoescape=True)
                    if found is None
                    else Call.id.in_(found),
                    Ticket.number == narrowed.text,
                    Call.caller_number == narrowed.text,
                    Call.id == narrowed.text,
                )
            )
        calls = self._session.scalars(query).unique().all()
        return page_of(calls, limit, [call.id for call in calls])

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


_FULL = (
    selectinload(Call.recordings).joinedload(Recording.call),
    joinedload(Call.ticket).selectinload(Ticket.versions),
    joinedload(Call.ticket).selectinload(Ticket.sub_orders),
    selectinload(Call.further_tickets).selectinload(Ticket.versions),
    selectinload(Call.further_tickets).selectinload(Ticket.sub_orders),
    selectinload(Call.alerts),
)
