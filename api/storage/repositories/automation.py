"""Queries on rules, blind samples and notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Integer, cast, func, or_, select, update
from sqlalchemy.orm import Session

from api.storage.models import AutomationRule, BlindAnswer, BlindSample, Notice, Ticket
from api.storage.repositories.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class Judged:
    """How many of a duty's samples were judged, and how many of these the machine had right."""

    samples: int
    right: int


class AutomationRepository:
    """Rules and samples of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rules(self) -> list[AutomationRule]:
        """All rules, the one for all first."""
        return list(self._session.scalars(select(AutomationRule).order_by(AutomationRule.kind, AutomationRule.value)))

    def rule(self, kind: str, value: str) -> AutomationRule | None:
        """One rule, its row held until the transaction ends."""
        return self._session.scalar(
            select(AutomationRule).where(AutomationRule.kind == kind, AutomationRule.value == value).with_for_update()
        )

    def add_rule(self, rule: AutomationRule) -> AutomationRule:
        """Store a rule."""
        self._session.add(rule)
        self._session.flush()
        return rule

    def sample_of(self, ticket_id: str, version: int) -> BlindSample | None:
        """The sample that was drawn of a version of a ticket."""
        return self._session.scalar(
            select(BlindSample).where(BlindSample.ticket_id == ticket_id, BlindSample.version == version)
        )

    def add_sample(self, sample: BlindSample) -> None:
        """Store a sample."""
        self._session.add(sample)
        self._session.flush()

    def sample(self, sample_id: str) -> BlindSample | None:
        """One sample, its row held until the transaction ends."""
        return self._session.scalar(
            select(BlindSample)
            .where(BlindSample.id == sample_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def open_samples(self, operator_id: str, now: datetime, limit: int) -> list[BlindSample]:
        """Samples that an operator can judge, those that he has claimed first, then the oldest."""
        answered = select(BlindAnswer.sample_id).where(BlindAnswer.operator_id == operator_id)
        query = (
            select(BlindSample)
            .where(
                BlindSample.closed_at.is_(None),
                BlindSample.id.not_in(answered),
                or_(
                    BlindSample.claimed_by.is_(None),
                    BlindSample.claimed_until <= now,
                    BlindSample.claimed_by == operator_id,
                ),
            )
            .order_by((func.coalesce(BlindSample.claimed_by, "") == operator_id).desc(), BlindSample.id)
            .limit(limit)
        )
        return list(self._session.scalars(query))

    def open_count(self) -> int:
        """How many samples wait for an answer."""
        return self._session.scalar(select(func.count(BlindSample.id)).where(BlindSample.closed_at.is_(None))) or 0

    def claim_sample(self, sample_id: str, operator_id: str, now: datetime, until: datetime) -> bool:
        """Take a sample in one statement; False where another one has it."""
        result = self._session.execute(
            update(BlindSample)
            .where(
                BlindSample.id == sample_id,
                BlindSample.closed_at.is_(None),
                or_(
                    BlindSample.claimed_by.is_(None),
                    BlindSample.claimed_until <= now,
                    BlindSample.claimed_by == operator_id,
                ),
            )
            .values(claimed_by=operator_id, claimed_until=until)
            .execution_options(synchronize_session=False)
        )
        return isinstance(result, CursorResult) and result.rowcount == 1

    def blind_calls(self, operator_id: str, call_ids: Collection[str], now: datetime) -> set[str]:
        """Which of these calls an operator is judging blindly."""
        query = select(BlindSample.call_id).where(
            BlindSample.call_id.in_(call_ids),
            BlindSample.claimed_by == operator_id,
            BlindSample.claimed_until > now,
            BlindSample.closed_at.is_(None),
        )
        return set(self._session.scalars(query))

    def add_answer(self, answer: BlindAnswer) -> int:
        """Store an answer; how many the sample has now."""
        self._session.add(answer)
        self._session.flush()
        query = select(func.count(BlindAnswer.id)).where(BlindAnswer.sample_id == answer.sample_id)
        return self._session.scalar(query) or 0

    def judged(self, since: datetime) -> dict[str, Judged]:
        """Judged samples by duty since a time; those without a matter under an empty code."""
        rows = self._session.execute(
            select(BlindSample.category, func.count(), func.sum(cast(BlindSample.machine_right, Integer)))
            .where(BlindSample.judged_at >= since)
            .group_by(BlindSample.category)
        )
        return {category or "": Judged(samples, int(right or 0)) for category, samples, right in rows}

    def automatic_since(self, since: datetime) -> dict[str, int]:
        """Tickets that went out without a person since a time, by duty."""
        rows = self._session.execute(
            select(Ticket.category, func.count())
            .where(Ticket.automatic, Ticket.created_at >= since)
            .group_by(Ticket.category)
        )
        return {category or "": count for category, count in rows}

    def add_notice(self, notice: Notice) -> Notice:
        """Store a notice."""
        self._session.add(notice)
        self._session.flush()
        return notice

    def notice(self, notice_id: str) -> Notice | None:
        """One notice."""
        return self._session.get(Notice, notice_id)

    def notices(self, limit: int, cursor: str | None = None) -> Page[Notice]:
        """Notices, newest first."""
        query = select(Notice).order_by(Notice.id.desc()).limit(limit + 1)
        rows = self._session.scalars(query.where(Notice.id < cursor) if cursor else query).all()
        return page_of(rows, limit, [row.id for row in rows])
