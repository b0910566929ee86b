"""The state of work: steps, intermediate results, workers, events to deliver, audio to delete."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.models.base import Base, BigKey, Json, new_id, utc_now

StepName = Literal["decode", "diarize", "transcribe", "structure", "dispatch"]
StepState = Literal["waiting", "running", "done", "failed"]


class StepProgress(Base):
    """Where a step of a recording or call (``subject_id``) stands. One that waits to begin has no row.

    ``starts`` counts how often it began in this attempt, ``fraction`` is 0…1.
    """

    __tablename__ = "step_progress"

    subject_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[StepName] = mapped_column(String(20), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    state: Mapped[StepState] = mapped_column(String(10), default="waiting")
    fraction: Mapped[float] = mapped_column(default=0.0)
    starts: Mapped[int] = mapped_column(default=0)
    worker_id: Mapped[str | None] = mapped_column(String(100))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class IntermediateResult(Base):
    """What a finished step of a recording left for the next ones."""

    __tablename__ = "intermediate_results"

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[StepName] = mapped_column(String(20), primary_key=True)
    attempt: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Transcription(Base):
    """A transcription without call or ticket (OpenAI-compatible endpoint); removed once its result was read.

    ``starts`` counts how often it began, the last time at ``worker_id``.
    """

    __tablename__ = "transcriptions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("trn"))
    audio_key: Mapped[str] = mapped_column(String(500))
    filename: Mapped[str] = mapped_column(String(300))
    options: Mapped[dict[str, Any]] = mapped_column(Json)
    starts: Mapped[int] = mapped_column(default=0)
    worker_id: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class Worker(Base):
    """A worker process with its heartbeat. The living adopt the calls of one that fell silent."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    stopped_at: Mapped[datetime | None]
    adopted_by: Mapped[str | None] = mapped_column(String(100))
    adopted_at: Mapped[datetime | None]


class OutboxEvent(Base):
    """Something that others are told, written with the change itself. Deliveries repeat under the same ``id``."""

    __tablename__ = "outbox_events"

    sequence: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("evt"))
    kind: Mapped[str] = mapped_column(String(50), index=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class PendingAudioDeletion(Base):
    """Audio that is no longer wanted, written with the change that dropped it and deleted after."""

    __tablename__ = "pending_audio_deletions"

    audio_key: Mapped[str] = mapped_column(String(500), primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(default=utc_now)
