"""Counts for those who watch over the system; nothing in them is about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session

from api.storage.clock import database_now
from api.storage.models import Call, Recording, StepProgress, Ticket, Worker


@dataclass(frozen=True, slots=True)
class StepStatistics:
    """Finished runs of a step that are stored, and the seconds that they took in all."""

    finished: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much of what there is. Tickets are keyed by mode and disposition; ``queue_depth`` counts recordings that
    wait for their first step."""

    recordings: Mapping[str, int]
    calls: Mapping[str, int]
    tickets: Mapping[tuple[str, str], int]
    queue_depth: int
    live_workers: int
    steps: Mapping[str, StepStatistics]


class StatisticsRepository:
    """Counts of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self, worker_dead_after: timedelta) -> Statistics:
        """Everything counted; workers are alive where they have not been silent for that long."""
        recordings = self._session.execute(select(Recording.state, func.count()).group_by(Recording.state)).all()
        calls = self._session.execute(select(Call.state, func.count()).group_by(Call.state)).all()
        tickets = self._session.execute(
            select(Ticket.mode, Ticket.disposition, func.count()).group_by(Ticket.mode, Ticket.disposition)
        ).all()
        steps = self._session.execute(
            select(StepProgress.name, func.count(), func.sum(self._seconds()))
            .where(StepProgress.state == "done", StepProgress.started_at.is_not(None))
            .group_by(StepProgress.name)
        ).all()
        by_state = {str(state): count for state, count in recordings}
        return Statistics(
            recordings=by_state,
            calls={str(state): count for state, count in calls},
            tickets={(mode, disposition): count for mode, disposition, count in tickets},
            queue_depth=by_state.get("received", 0),
            live_workers=self.live_workers(worker_dead_after),
            steps={str(name): StepStatistics(count, float(seconds or 0)) for name, count, seconds in steps},
        )

    def live_workers(self, dead_after: timedelta) -> int:
        """How many workers have not ended and not been silent for that long."""
        seen_since = database_now(self._session) - dead_after
        query = select(func.count(Worker.id)).where(Worker.seen_at >= seen_since, Worker.stopped_at.is_(None))
        return self._session.scalar(query) or 0

    def _seconds(self) -> ColumnElement[float]:
        if self._session.get_bind().dialect.name == "sqlite":
            days: ColumnElement[float] = func.julianday(StepProgress.finished_at) - func.julianday(
                StepProgress.started_at
            )
            return days * 86400.0
        return cast("ColumnElement[float]", extract("epoch", StepProgress.finished_at - StepProgress.started_at))
