"""Corrections of turns at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, RootModel, StringConstraints

from api.schemas.base import Answer, Demand, storable
from api.schemas.review import Person
from api.schemas.transcripts import Role, Segment

Index = Annotated[int, Field(ge=0, le=1_000_000)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=5000, strip_whitespace=True), AfterValidator(storable)]


class _Correction(Demand):
    transcript_version: Annotated[int, Field(ge=1, le=2**31)] = Field(description="The version that was seen.")
    segment: Index = Field(description="Index of the turn in its recording's transcript.")


class TextCorrection(_Correction):
    """What was really said."""

    kind: Literal["text"]
    text: Said


class RoleCorrection(_Correction):
    """Who really spoke."""

    kind: Literal["role"]
    role: Role


class SplitCorrection(_Correction):
    """Two turns that were taken for one."""

    kind: Literal["split"]
    at: Index = Field(description="The second begins with this character of the text.")


class MergeCorrection(_Correction):
    """One turn that was taken for two: with the next."""

    kind: Literal["merge"]


class TurnCorrection(
    RootModel[
        Annotated[TextCorrection | RoleCorrection | SplitCorrection | MergeCorrection, Field(discriminator="kind")]
    ]
):
    """A correction of one turn."""


class CorrectedTranscript(Answer):
    """The turns after a correction."""

    transcript_version: int
    segments: list[Segment]


class LoggedCorrection(Answer):
    """Who set what right, and when."""

    id: int
    at: datetime
    by: Person | None
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
