"""Figures for supervisors, and their export."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.calls.ticketing import BEIJING
from api.problems import Forbidden, Unauthenticated, Unprocessable, pointer_error, responses
from api.review.presenting import person_of
from api.schemas.review import Person
from api.schemas.supervision import (
    LONGEST_DAYS,
    Agreement,
    CalibrationPoint,
    DayRow,
    ExportQuery,
    Figures,
    FiguresQuery,
    Heat,
    OperatorRow,
    Precision,
    Row,
    Waiting,
)
from api.security.access import Supervisor
from api.state import State
from api.storage.models import utc_now
from api.supervision import counting
from api.supervision.exporting import CSV, XLSX, as_csv, as_xlsx

router = APIRouter(
    prefix="/v1/supervision", tags=["supervision"], responses=responses(Unauthenticated, Forbidden, Unprocessable)
)
FILE: Final = {"schema": {"type": "string", "format": "binary"}}


@router.get("/figures", operation_id="getFigures", summary="How the hotline does")
def get_figures(state: State, _holder: Supervisor, query: Annotated[FiguresQuery, Query()]) -> Figures:
    """Counted from the tickets made on these days."""
    since, until = _days(query)
    begins, ends = _moment(since), _moment(until + timedelta(days=1))
    labels = {duty.code: duty.level2 for duty in state.cities.city(state.database).duties}
    with state.database.reading() as uow:
        rows = list(uow.figures.tickets(begins, ends))
        calls = uow.figures.calls_at(begins, ends)
        answers = uow.figures.answers(begins, ends)
        work = counting.conduct(rows, answers, uow.figures.handling_seconds(begins, ends))
        persons = {operator: person_of(uow, operator) for operator in work}
        waiting = uow.figures.waiting()
    judged, right, interval = counting.precision(rows)
    middle, late = counting.waits(rows)
    automatic = sum(row.automatic for row in rows)
    agreed = counting.agreement(answers)
    return Figures(
        since=since,
        until=until,
        calls=len(calls),
        tickets=len(rows),
        automatic=automatic,
        automatic_share=automatic / len(rows) if rows else 0.0,
        precision=Precision(
            judged=judged,
            right=right,
            share=interval.share if interval else None,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
        ),
        waiting=Waiting(now=waiting, median_seconds=middle, p90_seconds=late),
        by_dialect=_rows(counting.grouped(rows, lambda row: row.dialect), {}),
        by_category=_rows(counting.grouped(rows, lambda row: row.category), labels),
        by_district=_rows(counting.grouped(rows, lambda row: row.district), {}),
        days=_day_rows(since, until, counting.grouped(rows, lambda row: f"{counting.day_of(row.created_at)}"), calls),
        heat=[
            Heat(weekday=weekday, hour=hour, calls=count)
            for (weekday, hour), count in sorted(counting.heat(calls).items())
        ],
        calibration=[CalibrationPoint.model_validate(point) for point in counting.calibration(rows)],
        operators=_operators(work, persons),
        agreement=Agreement(
            pairs=agreed.pairs, agreed=agreed.agreed, share=agreed.agreed / agreed.pairs if agreed.pairs else None
        ),
    )


@router.get(
    "/export",
    operation_id="exportTickets",
    summary="Tickets as a file",
    response_class=Response,
    responses={200: {"description": "A row a ticket.", "content": {CSV: FILE, XLSX: FILE}}},
)
def get_export(state: State, holder: Supervisor, query: Annotated[ExportQuery, Query()]) -> Response:
    """Without names and numbers; written into the audit log."""
    since, until = _days(query)
    with state.database.transaction() as uow:
        rows = list(uow.figures.tickets(_moment(since), _moment(until + timedelta(days=1))))
        detail = {"since": f"{since}", "until": f"{until}", "format": query.format, "tickets": len(rows)}
        uow.access.audit(holder.kind, holder.key_id, "export_tickets", "tickets", detail)
    content, media_type = (as_xlsx(rows), XLSX) if query.format == "xlsx" else (as_csv(rows), CSV)
    name = f"tickets-{since}-{until}.{query.format}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _days(query: FiguresQuery) -> tuple[date, date]:
    today = utc_now().astimezone(BEIJING).date()
    until = query.until or max(today, query.since or today)
    since = query.since or min(today, until)
    if not 0 <= (until - since).days <= LONGEST_DAYS:
        told = f"最多可查询 {LONGEST_DAYS} 天，且开始不晚于结束"
        raise Unprocessable(told, errors=[pointer_error("/since", told)])
    return since, until


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _rows(groups: Mapping[str, counting.Group], labels: Mapping[str, str]) -> list[Row]:
    return [
        Row(
            key=key,
            label=labels.get(key, key),
            tickets=group.tickets,
            automatic=group.automatic,
            automatic_share=group.automatic / group.tickets,
            reviewed=group.reviewed,
            changed=group.changed,
            judged=group.judged,
            right=group.right,
            precision=group.right / group.judged if group.judged else None,
        )
        for key, group in groups.items()
    ]


def _day_rows(since: date, until: date, groups: Mapping[str, counting.Group], calls: list[datetime]) -> list[DayRow]:
    came = Counter(counting.day_of(moment) for moment in calls)
    nothing = counting.Group()
    found = [(day, groups.get(f"{day}", nothing)) for day in counting.days(since, until)]
    return [
        DayRow(
            day=day,
            calls=came[day],
            tickets=group.tickets,
            automatic=group.automatic,
            reviewed=group.reviewed,
            changed=group.changed,
        )
        for day, group in found
    ]


def _operators(work: Mapping[str, counting.Conduct], persons: Mapping[str, Person]) -> list[OperatorRow]:
    return [
        OperatorRow(
            operator=persons[operator],
            concluded=each.concluded,
            unchanged=each.unchanged,
            median_seconds=each.median_seconds,
            blind_answers=each.blind_answers,
            blind_agreed=each.blind_agreed,
        )
        for operator, each in sorted(work.items(), key=lambda item: -item[1].concluded)
    ]
