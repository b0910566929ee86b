"""Governing what goes out without a person."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import StringConstraints
from starlette.responses import Response

from api.automation.precision import wilson
from api.automation.rules import wanted
from api.automation.sampling import WINDOW, judge, take_sample
from api.calls.ticketing import BEIJING
from api.problems import (
    BadRequest,
    ClaimLost,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unprocessable,
    pointer_error,
    responses,
)
from api.schemas.automation import (
    Automation,
    BlindAnswer,
    BlindSample,
    DutyAutomation,
    Notice,
    NoticeQuery,
    Rule,
    RuleDemand,
    Stop,
)
from api.schemas.base import Page
from api.security.access import ReviewingPerson, SupervisingPerson, Supervisor
from api.state import ApiState, State
from api.storage.models import AutomationRule, utc_now
from api.storage.repositories.automation import Judged
from api.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tickets.city.model import City

router = APIRouter(prefix="/v1", tags=["automation"], responses=responses(Unauthenticated, Forbidden))

SampleId = Annotated[str, StringConstraints(pattern="^bls_[0-9a-f]{32}$"), Path(description="The sample's id.")]
NoticeId = Annotated[str, StringConstraints(pattern="^ntc_[0-9a-f]{32}$"), Path(description="The notice's id.")]


@router.get("/automation", operation_id="getAutomation", summary="How the automatic is governed and how it does")
def get_automation(state: State, _holder: Supervisor) -> Automation:
    """Switches, wanted precision, and the precision that blind samples measure, by duty."""
    city = state.cities.city(state.database)
    with state.database.reading() as uow:
        return _automation(state, uow, city)


@router.put(
    "/automation/rules",
    operation_id="setAutomation",
    summary="Switch the automatic on or off",
    responses=responses(BadRequest, Unprocessable),
)
def put_rule(demand: RuleDemand, state: State, holder: SupervisingPerson) -> Automation:
    """As a whole, for a duty, a district or a source; holds for every ticket that isn't dispatched yet."""
    city = state.cities.city(state.database)
    if demand.kind == "duty" and demand.value not in city.duty_by_code:
        told = f"派单目录中没有事项 {demand.value}"
        raise Unprocessable(told, errors=[pointer_error("/value", told)])
    if demand.kind == "district" and demand.value not in city.districts:
        told = f"地名库中没有区县 {demand.value}"
        raise Unprocessable(told, errors=[pointer_error("/value", told)])
    with state.database.transaction() as uow:
        uow.lock("automation")
        rule = uow.automation.rule(demand.kind, demand.value)
        if rule is None:
            rule = uow.automation.add_rule(
                AutomationRule(kind=demand.kind, value=demand.value, enabled=demand.enabled, reason=demand.reason)
            )
        rule.enabled, rule.wanted_precision, rule.reason = demand.enabled, demand.wanted_precision, demand.reason
        rule.stopped_by = None if demand.enabled else "person"
        rule.changed_by, rule.changed_at = holder.key_id, utc_now()
        uow.access.audit(
            holder.kind, holder.key_id, "set_automation", demand.value or "all", demand.model_dump(mode="json")
        )
        uow.session.flush()
        return _automation(state, uow, city)


@router.get(
    "/notices", operation_id="listNotices", summary="What supervisors must know", responses=responses(Unprocessable)
)
def list_notices(state: State, _holder: Supervisor, query: Annotated[NoticeQuery, Query()]) -> Page[Notice]:
    """Newest first."""
    with state.database.reading() as uow:
        page = uow.automation.notices(query.limit, query.cursor)
        return Page[Notice](items=[Notice.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.post(
    "/notices/{notice_id}/acknowledge",
    operation_id="acknowledgeNotice",
    summary="Note that a notice was seen",
    responses=responses(NotFound, Unprocessable),
)
def post_acknowledgement(notice_id: NoticeId, state: State, holder: SupervisingPerson) -> Notice:
    """The first time counts."""
    with state.database.transaction() as uow:
        notice = uow.automation.notice(notice_id)
        if notice is None:
            raise NotFound("There is no such notice.")
        if notice.acknowledged_at is None:
            notice.acknowledged_at, notice.acknowledged_by = utc_now(), holder.key_id
            uow.access.audit(holder.kind, holder.key_id, "acknowledge", notice_id)
        return Notice.model_validate(notice)


@router.post(
    "/blind-samples/next",
    operation_id="takeBlindSample",
    summary="Take a call to judge blindly",
    response_model=BlindSample,
    responses={204: {"description": "Nothing waits."}},
)
def post_next(state: State, holder: ReviewingPerson) -> Any:
    """A call that went out by itself; its ticket is hidden from you until you have answered."""
    with state.database.transaction() as uow:
        taken = take_sample(uow, holder.key_id)
        if taken is None:
            return Response(status_code=204)
        sample, until = taken
        return BlindSample(id=sample.id, call_id=sample.call_id, lease_until=until)


@router.post(
    "/blind-samples/{sample_id}/answer",
    status_code=204,
    operation_id="answerBlindSample",
    summary="Say what you would have done",
    responses=responses(BadRequest, NotFound, ClaimLost, Unprocessable),
)
def post_answer(sample_id: SampleId, demand: BlindAnswer, state: State, holder: ReviewingPerson) -> None:
    """Feeds the measured precision; stops automatic dispatch of the duty where that is too low."""
    city = state.cities.city(state.database)
    with state.database.transaction() as uow:
        edits = demand.model_dump(exclude_unset=True)
        judge(uow, city, sample_id, holder.key_id, edits, default_precision=state.settings.automatic_precision)


def _automation(state: ApiState, uow: UnitOfWork, city: "City") -> Automation:
    rules, default = uow.automation.rules(), state.settings.automatic_precision
    judged = uow.automation.judged(utc_now() - WINDOW)
    today = uow.automation.automatic_since(_midnight())
    of_all = next((rule for rule in rules if rule.kind == "all"), None)
    by_duty = {rule.value: rule for rule in rules if rule.kind == "duty"}
    codes = sorted({*judged, *today, *by_duty} & {*city.duty_by_code})
    return Automation(
        enabled=of_all is None or of_all.enabled,
        wanted_precision=wanted(rules, None, default),
        sample_share=state.settings.blind_sample_share,
        blind_samples=uow.automation.open_count(),
        rules=[Rule.model_validate(rule) for rule in rules],
        duties=[
            _duty(
                city.duty_by_code[code].level2,
                code,
                by_duty.get(code),
                judged.get(code, Judged(0, 0)),
                wanted_precision=wanted(rules, code, default),
                today=today.get(code, 0),
            )
            for code in codes
        ],
    )


def _duty(
    name: str, code: str, rule: AutomationRule | None, judged: Judged, *, wanted_precision: float, today: int
) -> DutyAutomation:
    interval = wilson(judged.right, judged.samples)
    stopped = rule is not None and not rule.enabled
    return DutyAutomation(
        category=code,
        level2=name,
        enabled=not stopped,
        wanted_precision=wanted_precision,
        samples=judged.samples,
        right=judged.right,
        precision=interval.share if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        automatic_today=today,
        stopped=Stop(by=rule.stopped_by or "person", at=rule.changed_at, reason=rule.reason)
        if rule and stopped
        else None,
    )


def _midnight() -> datetime:
    now = utc_now().astimezone(BEIJING)
    return now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
