"""How the automatic is governed: rules, the blind sample of what went out by itself, notices to supervisors."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.models.base import Base, BigKey, Json, new_id, utc_now

RuleKind = Literal["all", "duty", "district", "source"]
StoppedBy = Literal["person", "measured"]


class AutomationRule(Base):
    """Whether tickets of a duty, district or source, or all (``value`` empty), may go out without a person, and with
    which wanted precision; None leaves that to the rule above or the settings.
    """

    __tablename__ = "automation_rules"
    __table_args__ = (UniqueConstraint("kind", "value", name="uq_automation_rules_kind"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    kind: Mapped[RuleKind] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(100))
    enabled: Mapped[bool]
    wanted_precision: Mapped[float | None]
    stopped_by: Mapped[StoppedBy | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str | None] = mapped_column(String(40))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)


class BlindSample(Base):
    """A ticket that went out by itself and that operators judge without seeing the machine's answer.

    ``expected`` is where the machine sent it; ``machine_right`` what the first answer says of that. It is open until
    ``needed`` operators have answered.
    """

    __tablename__ = "blind_samples"
    __table_args__ = (
        UniqueConstraint("ticket_id", "version", name="uq_blind_samples_ticket_id"),
        Index("ix_blind_samples_open", "closed_at", "id"),
        Index("ix_blind_samples_category_judged_at", "category", "judged_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("bls"))
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(20))
    confidence: Mapped[float | None]
    expected: Mapped[dict[str, Any]] = mapped_column(Json)
    needed: Mapped[int]
    machine_right: Mapped[bool | None]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    drawn_at: Mapped[datetime] = mapped_column(default=utc_now)
    judged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class BlindAnswer(Base):
    """What an operator would have done with a sampled ticket."""

    __tablename__ = "blind_answers"
    __table_args__ = (UniqueConstraint("sample_id", "operator_id", name="uq_blind_answers_sample_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    sample_id: Mapped[str] = mapped_column(ForeignKey("blind_samples.id", ondelete="CASCADE"))
    operator_id: Mapped[str] = mapped_column(ForeignKey("operators.id"), index=True)
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    agrees: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Notice(Base):
    """Something that supervisors must know; about no citizen."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("ntc"))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))
