"""Operators' work on tickets: drafts, what they did, what they revealed; and the text that calls are found by."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.models.base import Base, BigKey, Json, utc_now


class TicketDraft(Base):
    """What an operator has entered and not concluded; ``edition`` grows with each save."""

    __tablename__ = "ticket_drafts"

    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(default=1)
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_by: Mapped[str] = mapped_column(String(40))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class ReviewAction(Base):
    """What a person decided on a ticket. ``before`` is what undoing it restores; ``round`` the one it dispatched."""

    __tablename__ = "review_actions"
    __table_args__ = (Index("ix_review_actions_ticket_id_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    operator_id: Mapped[str] = mapped_column(ForeignKey("operators.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    round: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(40))


class Reveal(Base):
    """An account sees the names and numbers of a call until a time; why stands in the audit log."""

    __tablename__ = "reveals"

    operator_id: Mapped[str] = mapped_column(ForeignKey("operators.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, index=True)
    until: Mapped[datetime]


class SearchDocument(Base):
    """What a call is found by: its transcripts and tickets in :func:`api.storage.search_terms.normalised` form.

    Its pairs of characters are in the table ``search_index``, which is SQLite's FTS5 or an array under GIN.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
