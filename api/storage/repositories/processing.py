"""Queries on steps, workers, transcriptions, events to deliver and audio to delete."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from api.storage.clock import database_now
from api.storage.models import (
    OutboxEvent,
    PendingAudioDeletion,
    Recording,
    StepProgress,
    Transcription,
    Worker,
    utc_now,
)
from api.storage.models.intake import ENDED
from api.storage.models.processing import StepName


class ProcessingRepository:
    """Rows on work under way, of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def step(self, subject_id: str, name: StepName) -> StepProgress | None:
        """One step of a recording or call."""
        return self._session.get(StepProgress, (subject_id, name))

    def steps(self, subject_ids: Sequence[str]) -> dict[str, list[StepProgress]]:
        """The steps of recordings and calls, by subject."""
        found: dict[str, list[StepProgress]] = {subject: [] for subject in subject_ids}
        for row in self._session.scalars(select(StepProgress).where(StepProgress.subject_id.in_(subject_ids))):
            found[row.subject_id].append(row)
        return found

    def save_step(self, step: StepProgress) -> None:
        """Store a step row, new or changed."""
        self._session.add(step)
        self._session.flush()

    def set_fraction(self, subject_id: str, name: StepName, attempt: int, fraction: float) -> bool:
        """Note how far a running step is, 0…1; False where it isn't this attempt's any more."""
        changed = self._session.execute(
            update(StepProgress)
            .where(
                StepProgress.subject_id == subject_id,
                StepProgress.name == name,
                StepProgress.attempt == attempt,
                StepProgress.state == "running",
            )
            .values(fraction=fraction, updated_at=utc_now())
            .returning(StepProgress.name)
        )
        return changed.first() is not None

    def delete_steps(self, subject_id: str, names: Sequence[StepName] | None = None) -> None:
        """Forget the steps of a recording or call, all or those named."""
        query = delete(StepProgress).where(StepProgress.subject_id == subject_id)
        self._session.execute(query.where(StepProgress.name.in_(names)) if names is not None else query)

    def beat(self, worker_id: str, host: str, pid: int, *, started: bool) -> None:
        """Note that a worker lives."""
        now = database_now(self._session)
        worker = self._session.get(Worker, worker_id)
        if worker is None:
            worker = Worker(id=worker_id, host=host, pid=pid, started_at=now)
            self._session.add(worker)
        if started:
            worker.started_at = now
        worker.host, worker.pid, worker.seen_at = host, pid, now
        worker.stopped_at = worker.adopted_by = worker.adopted_at = None
        self._session.flush()

    def beating(self, worker_id: str, silence: timedelta) -> Worker | None:
        """The worker of a name, where it has neither ended nor been silent for that long."""
        return self._session.scalar(
            select(Worker).where(
                Worker.id == worker_id,
                Worker.stopped_at.is_(None),
                Worker.seen_at >= database_now(self._session) - silence,
            )
        )

    def stopped(self, worker_id: str) -> None:
        """Note that a worker ended by itself. What it was at then doesn't count as begun."""
        self._session.execute(
            update(Worker).where(Worker.id == worker_id).values(stopped_at=database_now(self._session))
        )
        self._session.execute(
            update(StepProgress)
            .where(StepProgress.worker_id == worker_id, StepProgress.state == "running", StepProgress.starts > 0)
            .values(starts=StepProgress.starts - 1, worker_id=None)
        )
        self._session.execute(
            update(Transcription)
            .where(Transcription.worker_id == worker_id, Transcription.finished_at.is_(None), Transcription.starts > 0)
            .values(starts=Transcription.starts - 1, worker_id=None)
        )

    def orphaned(self, silence: timedelta) -> list[Worker]:
        """Workers that stopped or have been silent for that long, and whose calls nobody has adopted."""
        silent_since = database_now(self._session) - silence
        return list(
            self._session.scalars(
                select(Worker).where(
                    Worker.adopted_at.is_(None), or_(Worker.seen_at < silent_since, Worker.stopped_at.is_not(None))
                )
            )
        )

    def adopted(self, worker_ids: Sequence[str], by: str, silence: timedelta) -> None:
        """Note who took over the work of workers that haven't come back meanwhile."""
        silent_since = database_now(self._session) - silence
        self._session.execute(
            update(Worker)
            .where(Worker.id.in_(worker_ids), or_(Worker.seen_at < silent_since, Worker.stopped_at.is_not(None)))
            .values(adopted_by=by, adopted_at=utc_now())
        )

    def transcription(self, transcription_id: str, *, lock: bool = False) -> Transcription | None:
        """One transcription without a call."""
        query = select(Transcription).where(Transcription.id == transcription_id)
        return self._session.scalar(query.with_for_update() if lock else query)

    def add_transcription(self, transcription: Transcription) -> Transcription:
        """Store a transcription to be made."""
        self._session.add(transcription)
        self._session.flush()
        return transcription

    def abandoned_transcriptions(self, finished: datetime, created: datetime) -> list[Transcription]:
        """Transcriptions that nobody fetched: finished before a time, or not at all though made before another."""
        return list(
            self._session.scalars(
                select(Transcription).where(
                    or_(
                        Transcription.finished_at < finished,
                        Transcription.finished_at.is_(None) & (Transcription.created_at < created),
                    )
                )
            )
        )

    def under_way(self, subject_id: str) -> bool:
        """Whether a recording or transcription is there and its work isn't over yet."""
        recording = select(Recording.id).where(Recording.id == subject_id, Recording.state.not_in(ENDED))
        transcription = select(Transcription.id).where(
            Transcription.id == subject_id, Transcription.finished_at.is_(None)
        )
        return self._session.scalar(recording.union_all(transcription).limit(1)) is not None

    def delete_transcription(self, transcription_id: str) -> None:
        """Remove a transcription."""
        self._session.execute(delete(Transcription).where(Transcription.id == transcription_id))

    def publish(self, event: OutboxEvent) -> OutboxEvent:
        """Store an event to be told to others."""
        self._session.add(event)
        self._session.flush()
        return event

    def outbox_event(self, event_id: str) -> OutboxEvent | None:
        """One event."""
        return self._session.scalar(select(OutboxEvent).where(OutboxEvent.id == event_id))

    def drop_audio(self, audio_key: str) -> None:
        """Mark audio to be deleted once this transaction holds."""
        self._session.merge(PendingAudioDeletion(audio_key=audio_key))
        self._session.flush()

    def dropped_audio(self, limit: int = 1000) -> list[str]:
        """Keys of audio to delete."""
        return list(self._session.scalars(select(PendingAudioDeletion.audio_key).limit(limit)))

    def audio_deleted(self, audio_key: str) -> None:
        """Note that audio is gone."""
        self._session.execute(delete(PendingAudioDeletion).where(PendingAudioDeletion.audio_key == audio_key))
