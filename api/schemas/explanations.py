"""Why a ticket says what it says, at the HTTP edge."""

from pydantic import Field

from api.schemas.base import Answer


class SpokenWords(Answer):
    """Words of a turn, exactly as they stand there, and what they add to a duty's score."""

    turn: int
    words: str
    contribution: float


class Signal(Answer):
    """One term of the regression behind a chance: value times weight, in log-odds."""

    name: str = Field(examples=["领先次优主办的幅度"])
    value: float
    weight: float
    contribution: float


class EvidenceTurn(Answer):
    """A turn that fields of the ticket were read from."""

    turn: int
    role: str
    text: str
    words: dict[str, list[str]] = Field(description="The words by field of the ticket.")


class DutyExplanation(Answer):
    """Why one of the three best duties, and why not."""

    code: str
    level1: str
    level2: str
    department: str | None
    basis: str = Field(description="The legal basis, from the duty list.")
    share: float = Field(description="0…1, after the rules.")
    model_share: float | None = Field(description="0…1, by the model alone; null for emergencies.")
    score: float | None = Field(description="The model's decision value; null for emergencies.")
    rule_factor: float = Field(description="What the rules of law multiply the share by.")
    spoke_for: list[SpokenWords]
    spoke_against: list[SpokenWords]
    compared_with: str | None = Field(description="The best duty; for the best one the next.")
    spoke_for_other: list[SpokenWords] = Field(description="Words that speak more for that one.")


class Explanation(Answer):
    """Why a ticket says what it says."""

    version: int = Field(description="The version of the ticket that it explains.")
    city_version: str
    category: str | None
    disposition: str
    mode: str
    turns: list[EvidenceTurn]
    duties: list[DutyExplanation]
    danger_chance: float | None = Field(description="The chance of a danger now, 0…1.")
    danger_bar: float = Field(description="From this chance on it is an emergency.")
    danger_signals: list[Signal]
    confidence: float
    wanted_precision: float = Field(description="The wanted share of right ones among those that go out by themselves.")
    threshold: float = Field(description="The least confidence for it; above 1 where none gives it.")
    confidence_signals: list[Signal]
    why_review: list[str]
    why_no_matter: str | None
