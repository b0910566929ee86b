"""The city at the HTTP edge."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import Answer


class Department(Answer):
    """A body of the city; external ones are named, never dispatched to."""

    name: str
    kind: str
    duties: list[str]


class Duty(Answer):
    """An entry of the duty list (派单目录)."""

    code: str
    level1: str
    level2: str
    lead: str | None
    co_handlers: list[str]
    level: str
    grassroots_role: str
    basis: str
    note: str
    dispatched: bool


class City(Answer):
    """A version of the city. The same content has the same version."""

    version: str
    departments: list[Department]
    duties: list[Duty]
    districts: list[str]


class CityVersion(Answer):
    """A version of the city that is kept."""

    version: str
    duties: int
    departments: int
    places: int
    tickets: int = Field(description="How many versions of tickets were made by it.")
    activated: bool = Field(description="Whether it is in force by an activation.")
    created_at: datetime
