"""Calls, their recordings, what was said on them, and which calls belong together."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.storage.models.base import Base, BigKey, Json, new_id, utc_now
from api.storage.models.tickets import Alert, Ticket

RecordingState = Literal["received", "decoding", "diarizing", "transcribing", "transcribed", "failed"]
CallState = Literal["waiting", "structuring", "ticketed", "failed"]
Direction = Literal["inbound", "outbound"]

ENDED: tuple[RecordingState, ...] = ("transcribed", "failed")
"""States in which no work on a recording is under way."""


class Call(Base):
    """A call: all recordings of one source with one session id. It has one ticket, and one more for each further matter
    that a person split off.

    ``revision`` counts what changes the call's matter (a recording arriving, ending, a re-run); a ticket made for an
    older revision is never written.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("source", "session_id", name="uq_calls_source_session"),
        Index("ix_calls_state_id", "state", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("call"))
    source: Mapped[str] = mapped_column(String(100))
    session_id: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[CallState] = mapped_column(String(20), default="waiting")
    revision: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(index=True)
    caller_number: Mapped[str | None] = mapped_column(String(40), index=True)
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    recordings: Mapped[list["Recording"]] = relationship(
        back_populates="call", order_by="Recording.id", passive_deletes=True
    )
    ticket: Mapped[Ticket | None] = relationship(
        uselist=False, viewonly=True, primaryjoin="and_(Ticket.call_id == Call.id, Ticket.matter == 0)"
    )
    further_tickets: Mapped[list[Ticket]] = relationship(
        viewonly=True, primaryjoin="and_(Ticket.call_id == Call.id, Ticket.matter > 0)", order_by="Ticket.matter"
    )
    alerts: Mapped[list[Alert]] = relationship(order_by=Alert.id, viewonly=True)


class Recording(Base):
    """One audio file of a call, as the recording system gave it.

    ``attempt`` grows with each re-run, ``owner`` is the id of the API key that sent it last.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("source", "source_recording_id", "sha256", name="uq_recordings_source_id_sha256"),
        Index("ix_recordings_state_id", "state", "id"),
        Index("ix_recordings_owner_id", "owner", "id"),
        Index("ix_recordings_source_session_id", "source", "session_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("rec"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    owner: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(100))
    source_recording_id: Mapped[str | None] = mapped_column(String(200))
    session_id: Mapped[str | None] = mapped_column(String(200))
    part: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime | None]
    caller_number: Mapped[str | None] = mapped_column(String(40))
    operator_number: Mapped[str | None] = mapped_column(String(40))
    direction: Mapped[Direction | None] = mapped_column(String(10))
    channel_roles: Mapped[list[str] | None]
    raw_format: Mapped[dict[str, Any] | None]
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    filename: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str | None] = mapped_column(String(100))
    audio_key: Mapped[str] = mapped_column(String(500), unique=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    duration: Mapped[float | None]
    channels: Mapped[int | None]
    state: Mapped[RecordingState] = mapped_column(String(20), default="received")
    attempt: Mapped[int] = mapped_column(default=1)
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    call: Mapped[Call] = relationship(back_populates="recordings")


class Transcript(Base):
    """A version of a recording's transcript in the fixed JSON form; the highest version holds.

    A machine's version carries the recording's ``attempt``, at most one for each; a person's carries ``created_by``.
    """

    __tablename__ = "transcripts"
    __table_args__ = (
        UniqueConstraint("recording_id", "version", name="uq_transcripts_recording_version"),
        UniqueConstraint("recording_id", "attempt", name="uq_transcripts_recording_attempt"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    version: Mapped[int]
    attempt: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CallLink(Base):
    """Calls on one matter: the later one joined to the earlier (并单), urging it (催办), or grouped with it."""

    __tablename__ = "call_links"
    __table_args__ = (UniqueConstraint("later_call_id", "earlier_call_id", "kind", name="uq_call_links"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    kind: Mapped[Literal["repeat", "urge", "group"]] = mapped_column(String(10))
    later_call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    earlier_call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    score: Mapped[float | None]
    created_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
