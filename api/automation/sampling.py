"""The blind sample: operators judge some of what went out by itself without seeing the machine's answer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from api.automation.precision import too_low, wilson
from api.automation.rules import wanted
from api.calls.errors import NotFoundError
from api.calls.ticket_events import Actor, record
from api.review.errors import ClaimLostError, InvalidFieldsError
from api.review.fields import address, complete
from api.storage.clock import database_now
from api.storage.models import AutomationRule, BlindAnswer, BlindSample, Notice, OutboxEvent, Ticket, utc_now
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

LEASE: Final = timedelta(minutes=30)
WINDOW: Final = timedelta(days=90)
"""How far back measured precision looks: duties, wording and models change."""
TWICE: Final = 0.2
"""Share of samples that two operators judge, which shows how far operators agree."""
TRIED_AT_ONCE: Final = 5
EXPECTED: Final = ("disposition", "lead", "handover", "category")


def draw(uow: UnitOfWork, ticket: Ticket, fields: Mapping[str, Any], share: float) -> None:
    """Put a ticket that goes out by itself into the sample, or not.

    Decided by a hash of its id, which is random: a step that is repeated decides alike.
    """
    if _fraction(ticket.id, ticket.version, "drawn") >= share:
        return
    if uow.automation.sample_of(ticket.id, ticket.version) is not None:
        return
    uow.automation.add_sample(
        BlindSample(
            ticket_id=ticket.id,
            call_id=ticket.call_id,
            version=ticket.version,
            category=fields.get("category"),
            confidence=fields.get("confidence"),
            expected={name: fields.get(name) for name in EXPECTED},
            needed=2 if _fraction(ticket.id, ticket.version, "twice") < TWICE else 1,
        )
    )


def take_sample(uow: UnitOfWork, operator_id: str) -> tuple[BlindSample, datetime] | None:
    """A sample for an operator to judge, and until when it is his; None where there is none."""
    now = database_now(uow.session)
    for sample in uow.automation.open_samples(operator_id, now, TRIED_AT_ONCE):
        if uow.automation.claim_sample(sample.id, operator_id, now, now + LEASE):
            uow.access.audit("operator", operator_id, "take_blind_sample", sample.call_id)
            return sample, now + LEASE
    return None


def judge(
    uow: UnitOfWork,
    city: "City",
    sample_id: str,
    operator_id: str,
    edits: Mapping[str, Any],
    *,
    default_precision: float,
) -> None:
    """Keep what an operator would have done, and stop what is measured to go wrong too often.

    Raises:
        NotFoundError: there is no such sample.
        ClaimLostError: the operator doesn't have it.
        InvalidFieldsError: the answer can't stand.
    """
    sample = uow.automation.sample(sample_id)
    if sample is None:
        raise NotFoundError("blind sample", sample_id)
    now = database_now(uow.session)
    if sample.claimed_by != operator_id or sample.claimed_until is None or sample.claimed_until <= now:
        raise ClaimLostError
    if sample.closed_at is not None:
        raise ClaimLostError
    completed = complete(city, {}, edits)
    if completed.mistakes:
        raise InvalidFieldsError(completed.mistakes)
    agrees = address(completed.fields) == address(sample.expected)
    answers = uow.automation.add_answer(
        BlindAnswer(
            sample_id=sample_id,
            operator_id=operator_id,
            answer={name: completed.fields[name] for name in EXPECTED if name in completed.fields},
            agrees=agrees,
        )
    )
    sample.claimed_by = sample.claimed_until = None
    if answers >= sample.needed:
        sample.closed_at = utc_now()
    uow.access.audit("operator", operator_id, "judge_blind_sample", sample.call_id)
    if sample.judged_at is None:
        sample.judged_at, sample.machine_right = utc_now(), agrees
        _tell_ticket(uow, sample, operator_id, agrees=agrees)
        uow.session.flush()
        stop_where_too_low(uow, sample.category, default_precision)


def stop_where_too_low(uow: UnitOfWork, category: str | None, default_precision: float) -> bool:
    """Stop automatic dispatch of a duty whose measured precision lies below the wanted one; whether it was."""
    measured = uow.automation.judged(utc_now() - WINDOW).get(category or "")
    if measured is None or not category:
        return False
    precision = wanted(uow.automation.rules(), category, default_precision)
    interval = wilson(measured.right, measured.samples)
    if interval is None or not too_low(measured.right, measured.samples, precision):
        return False
    uow.lock("automation")
    rule = uow.automation.rule("duty", category)
    if rule is not None and not rule.enabled:
        return False
    reason = (
        f"抽查 {measured.samples} 件，机器正确 {measured.right} 件，准确率区间上限 {interval.high:.1%}"
        f" 低于要求的 {precision:.1%}"
    )
    if rule is None:
        rule = uow.automation.add_rule(AutomationRule(kind="duty", value=category, enabled=False, reason=reason))
    rule.enabled, rule.stopped_by, rule.reason = False, "measured", reason
    rule.changed_by, rule.changed_at = None, utc_now()
    data = {
        "category": category,
        "samples": measured.samples,
        "right": measured.right,
        "low": interval.low,
        "high": interval.high,
        "wanted_precision": precision,
    }
    uow.automation.add_notice(
        Notice(kind="automation_stopped", title=f"事项 {category} 的自动派单已停用：{reason}", data=data)
    )
    uow.processing.publish(OutboxEvent(kind="automation.stopped", call_id=None, data=data))
    uow.access.audit("machine", "automation", "stop_automation", category, data)
    return True


def _tell_ticket(uow: UnitOfWork, sample: BlindSample, operator_id: str, *, agrees: bool) -> None:
    ticket = uow.reviews.ticket(sample.ticket_id, lock=True)
    if ticket is None or ticket.version != sample.version or ticket.concluded_by is not None:
        return
    ticket.machine_right = agrees
    if not agrees and not ticket.needs_review:
        ticket.needs_review = True
        record(uow, ticket, Actor("operator", operator_id), "review_asked", reason="抽查意见与自动派单不同，请复核")


def _fraction(ticket_id: str, version: int, purpose: str) -> float:
    digest = hashlib.sha256(f"{purpose}:{ticket_id}:{version}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
