"""Governing the automatic, at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Answer, CallId, Demand, Line, PageQuery
from api.schemas.review import PlaceEdit, Service, Words

Share = Annotated[float, Field(ge=0, le=1)]


class Rule(Answer):
    """Whether something may go out without a person, and how precise it must be."""

    kind: Literal["all", "duty", "district", "source"]
    value: str
    enabled: bool
    wanted_precision: float | None
    stopped_by: Literal["person", "measured"] | None
    reason: str
    changed_by: str | None
    changed_at: datetime


class Stop(Answer):
    """Who or what stopped a duty, when and why."""

    by: Literal["person", "measured"]
    at: datetime
    reason: str


class DutyAutomation(Answer):
    """How the automatic does on one duty: judged samples of the last 90 days, with the interval at 95 % (Wilson)."""

    category: str
    level2: str | None
    enabled: bool
    wanted_precision: float
    samples: int
    right: int
    precision: float | None
    low: float | None
    high: float | None
    automatic_today: int
    stopped: Stop | None


class Automation(Answer):
    """How the automatic is governed."""

    enabled: bool
    wanted_precision: float
    sample_share: float
    blind_samples: int = Field(description="Samples that wait for an answer.")
    rules: list[Rule]
    duties: list[DutyAutomation]


class RuleDemand(Demand):
    """A switch to set."""

    kind: Literal["all", "duty", "district", "source"]
    value: Annotated[Line, StringConstraints(max_length=100)] = ""
    enabled: bool
    wanted_precision: Share | None = Field(None, description="Null leaves it to the rule for all, or the settings.")
    reason: Words

    @model_validator(mode="after")
    def _all_or_one(self) -> "RuleDemand":
        if (self.kind == "all") != (not self.value):
            raise ValueError("value names the duty, district or source, and is empty for all")
        return self


class Notice(Answer):
    """Something that supervisors must know."""

    id: str
    kind: str
    title: str
    data: dict[str, Any]
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class NoticeQuery(PageQuery):
    """Which page of notices is wanted."""

    cursor: Annotated[str, StringConstraints(pattern="^ntc_[0-9a-f]{32}$")] | None = None


class BlindSample(Answer):
    """A call to judge without seeing the machine's answer."""

    id: str
    call_id: CallId
    lease_until: datetime


class BlindAnswer(Demand):
    """What the operator would have done; no category where the call has no matter."""

    category: Annotated[Line, StringConstraints(max_length=20)] | None
    place: PlaceEdit | None = None
    handover: Annotated[list[Service], Field(max_length=4)] | None = None
