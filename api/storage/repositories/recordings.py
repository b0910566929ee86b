"""Queries on recordings, their transcripts and what steps left for each other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, select, true, update
from sqlalchemy.orm import Session

from api.storage.models import Correction, IntermediateResult, Recording, StepProgress, Transcript
from api.storage.models.intake import ENDED, RecordingState
from api.storage.models.processing import StepName
from api.storage.repositories.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class RecordingFilter:
    """What a list of recordings is narrowed by; None leaves a field open."""

    state: RecordingState | None = None
    source: str | None = None
    session_id: str | None = None
    owner: str | None = None


class RecordingRepository:
    """Recordings of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, recording_id: str, *, lock: bool = False) -> Recording | None:
        """The recording, its row held until the transaction ends where ``lock`` is set."""
        query = select(Recording).where(Recording.id == recording_id).execution_options(populate_existing=lock)
        return self._session.scalar(query.with_for_update() if lock else query)

    def same(self, source: str, source_recording_id: str, sha256: str) -> Recording | None:
        """The recording that a recording system has delivered before under the same id with the same bytes."""
        return self._session.scalar(
            select(Recording).where(
                Recording.source == source,
                Recording.source_recording_id == source_recording_id,
                Recording.sha256 == sha256,
            )
        )

    def known(self, recording_ids: Collection[str]) -> set[str]:
        """Which of these recordings there are."""
        return set(self._session.scalars(select(Recording.id).where(Recording.id.in_(recording_ids))))

    def add(self, recording: Recording) -> Recording:
        """Store a new recording."""
        self._session.add(recording)
        self._session.flush()
        return recording

    def of_call(self, call_id: str) -> list[Recording]:
        """All recordings of a call in the order of arrival."""
        return list(self._session.scalars(select(Recording).where(Recording.call_id == call_id).order_by(Recording.id)))

    def under_way(self, call_id: str) -> bool:
        """Whether work on a recording of the call isn't over yet."""
        return bool(
            self._session.scalar(select(exists().where(Recording.call_id == call_id, Recording.state.not_in(ENDED))))
        )

    def page(self, narrowed: RecordingFilter, limit: int, cursor: str | None) -> Page[Recording]:
        """Recordings, newest first."""
        query = select(Recording).order_by(Recording.id.desc()).limit(limit + 1)
        if cursor:
            query = query.where(Recording.id < cursor)
        if narrowed.state:
            query = query.where(Recording.state == narrowed.state)
        if narrowed.source:
            query = query.where(Recording.source == narrowed.source)
        if narrowed.session_id:
            query = query.where(Recording.session_id == narrowed.session_id)
        if narrowed.owner is not None:
            query = query.where(Recording.owner == narrowed.owner)
        recordings = self._session.scalars(query).all()
        return page_of(recordings, limit, [recording.id for recording in recordings])

    def move(self, from_call: str, to_call: str) -> None:
        """Let a call's recordings, with their steps and corrections, belong to another call."""
        for table in (Recording, StepProgress, Correction):
            ids = StepProgress.subject_id != from_call if table is StepProgress else true()
            self._session.execute(
                update(table)
                .where(table.call_id == from_call, ids)
                .values(call_id=to_call)
                .execution_options(synchronize_session=False)
            )

    def of_session(self, source: str, session_id: str) -> Recording | None:
        """A recording of a source's session: which call it belongs to now."""
        return self._session.scalar(
            select(Recording)
            .where(Recording.source == source, Recording.session_id == session_id)
            .order_by(Recording.id)
            .limit(1)
        )

    def delete(self, recording_id: str) -> None:
        """Remove a recording and all that belongs to it."""
        self._session.execute(delete(Recording).where(Recording.id == recording_id))

    def transcript(self, recording_id: str) -> Transcript | None:
        """The transcript that holds."""
        return self._session.scalar(
            select(Transcript)
            .where(Transcript.recording_id == recording_id)
            .order_by(Transcript.version.desc())
            .limit(1)
        )

    def transcripts(self, recording_ids: Sequence[str]) -> dict[str, Transcript]:
        """The transcripts that hold, by recording."""
        rows = self._session.scalars(
            select(Transcript).where(Transcript.recording_id.in_(recording_ids)).order_by(Transcript.version)
        )
        return {row.recording_id: row for row in rows}

    def add_transcript(
        self, recording_id: str, content: dict[str, Any], *, attempt: int | None = None, created_by: str | None = None
    ) -> Transcript:
        """Store the next version; a repeat of the same ``attempt`` gives back the one stored before."""
        if attempt is not None:
            stored = self._session.scalar(
                select(Transcript).where(Transcript.recording_id == recording_id, Transcript.attempt == attempt)
            )
            if stored:
                return stored
        last = self._session.scalar(select(func.max(Transcript.version)).where(Transcript.recording_id == recording_id))
        transcript = Transcript(
            recording_id=recording_id, version=(last or 0) + 1, attempt=attempt, content=content, created_by=created_by
        )
        self._session.add(transcript)
        self._session.flush()
        return transcript

    def last_corrected(self, recording_id: str) -> Transcript | None:
        """The last version that a person wrote."""
        return self._session.scalar(
            select(Transcript)
            .where(Transcript.recording_id == recording_id, Transcript.created_by.is_not(None))
            .order_by(Transcript.version.desc())
            .limit(1)
        )

    def corrected(self) -> list[str]:
        """Recordings in whose transcript persons set something right, in order."""
        query = select(Correction.recording_id).where(Correction.target == "transcript").distinct()
        return sorted(each for each in self._session.scalars(query) if each)

    def add_correction(self, correction: Correction) -> None:
        """Log what a person set right."""
        self._session.add(correction)
        self._session.flush()

    def corrections(self, recording_id: str) -> list[Correction]:
        """What persons set right in a recording's transcript, in order."""
        return list(
            self._session.scalars(
                select(Correction).where(Correction.recording_id == recording_id).order_by(Correction.id)
            )
        )

    def result(self, recording_id: str, step: StepName) -> IntermediateResult | None:
        """What a step left for the next."""
        return self._session.get(IntermediateResult, (recording_id, step))

    def save_result(self, recording_id: str, step: StepName, attempt: int, data: dict[str, Any]) -> None:
        """Keep what a step found, in the place of what it found before."""
        self._session.merge(IntermediateResult(recording_id=recording_id, step=step, attempt=attempt, data=data))
        self._session.flush()
