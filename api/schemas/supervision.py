"""Figures for supervisors at the HTTP edge."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from api.schemas.base import Answer, Demand
from api.schemas.review import Person

LONGEST_DAYS = 400
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class FiguresQuery(Demand):
    """Beijing days, both included; today where left out."""

    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "FiguresQuery":
        if self.since and self.until and not 0 <= (self.until - self.since).days <= LONGEST_DAYS:
            raise ValueError(f"until is since or up to {LONGEST_DAYS} days later")
        return self


class ExportQuery(FiguresQuery):
    """Which days, and as what."""

    format: Literal["csv", "xlsx"] = "csv"


class Precision(Answer):
    """How often what went out by itself was right, of what is known (blind samples, recalls, returns), at 95 %."""

    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None


class Waiting(Answer):
    """What waits now, and how long tickets waited for a decision."""

    now: int
    median_seconds: float | None
    p90_seconds: float | None


class Row(Answer):
    """Tickets that have something in common; an empty key is where it is unknown."""

    key: str
    label: str
    tickets: int
    automatic: int
    automatic_share: float
    reviewed: int
    changed: int
    judged: int
    right: int
    precision: float | None


class DayRow(Answer):
    """A day."""

    day: date
    calls: int
    tickets: int
    automatic: int
    reviewed: int
    changed: int


class Heat(Answer):
    """Calls of an hour on a weekday (0 is Monday)."""

    weekday: int
    hour: int
    calls: int


class CalibrationPoint(Answer):
    """Judged tickets whose confidence lies between two bounds."""

    low: float
    high: float
    mean_confidence: float
    right_share: float
    tickets: int


class OperatorRow(Answer):
    """An operator's work; ``unchanged`` left the address as the machine had it."""

    operator: Person
    concluded: int
    unchanged: int
    median_seconds: float | None
    blind_answers: int
    blind_agreed: int


class Agreement(Answer):
    """Pairs of operators who judged the same call blindly, and how many would have sent it to the same place."""

    pairs: int
    agreed: int
    share: float | None


class Figures(Answer):
    """How the hotline does in some days."""

    since: date
    until: date
    calls: int
    tickets: int
    automatic: int
    automatic_share: float
    precision: Precision
    waiting: Waiting
    by_dialect: list[Row]
    by_category: list[Row]
    by_district: list[Row]
    days: list[DayRow]
    heat: list[Heat]
    calibration: list[CalibrationPoint]
    operators: list[OperatorRow]
    agreement: Agreement
