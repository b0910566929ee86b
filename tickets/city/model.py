"""A city: departments, duty list (派单目录), places, citizens' wording. Immutable once loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

DepartmentKind = Literal["functional", "utility", "grassroots", "hotline", "external"]
DutyLevel = Literal["city", "district", "utility", "grassroots", "redirect", "emergency", "answer"]
GrassrootsRole = Literal["lead", "assist", "none"]
PlaceKind = Literal["district", "street", "town", "community", "village", "estate", "road", "venue"]

DEPARTMENT_KINDS: tuple[DepartmentKind, ...] = get_args(DepartmentKind)
DUTY_LEVELS: tuple[DutyLevel, ...] = get_args(DutyLevel)
GRASSROOTS_ROLES: tuple[GrassrootsRole, ...] = get_args(GrassrootsRole)
PLACE_KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
NO_MATTER = "NONE"
"""The code of wording that is no matter at all: silence, wrong number, test call, call-back."""


@dataclass(frozen=True, slots=True)
class Department:
    """A body of ``departments.csv``. ``duties`` are its tasks in words. ``external`` bodies aren't dispatched to."""

    name: str
    kind: DepartmentKind
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """An entry of the duty list: the matter, who leads, who may assist, at which level, on which legal basis.

    ``grassroots_role`` follows the township list of 国办函〔2025〕66号: lead (基本履职事项), assist (配合履职事项,
    at most a co-handler), none (收回事项, may not be sent to a street or town at all).
    """

    code: str
    level1: str
    level2: str
    lead: str | None
    co_handlers: tuple[str, ...]
    level: DutyLevel
    grassroots_role: GrassrootsRole
    basis: str
    note: str

    @property
    def dispatched(self) -> bool:
        """Whether the hotline sends this duty to a handler."""
        return self.level in {"city", "district", "utility", "grassroots"}


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of ``places.csv``. ``street`` is a 街道 or 镇/乡, empty for a district; ``community`` may be empty."""

    kind: PlaceKind
    name: str
    district: str
    street: str
    community: str


@dataclass(frozen=True, eq=False)
class City:
    """A validated city folder. ``version`` is the hash of its content: the same content has the same version."""

    version: str
    departments: tuple[Department, ...]
    duties: tuple[Duty, ...]
    places: tuple[Place, ...]
    wording: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """``(duty code or NONE, utterance or short dialogue)`` pairs."""
    folder: Path | None = field(default=None, repr=False)
    """Where the city was read from; trained models stand in it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, City) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    @cached_property
    def duty_by_code(self) -> Mapping[str, Duty]:
        """Duties by code."""
        return {duty.code: duty for duty in self.duties}

    @cached_property
    def department_by_name(self) -> Mapping[str, Department]:
        """Departments by name."""
        return {department.name: department for department in self.departments}

    @cached_property
    def districts(self) -> tuple[str, ...]:
        """Names of the districts, in the order of the file."""
        return tuple(place.name for place in self.places if place.kind == "district")

    def hotwords(self) -> tuple[str, ...]:
        """Words for the recogniser: places and departments, each once, areas first."""
        order: tuple[PlaceKind, ...] = ("district", "street", "town", "village", "venue", "estate", "road", "community")
        names = [place.name for kind in order for place in self.places if place.kind == kind]
        names += [department.name for department in self.departments if not department.name.isdigit()]
        return tuple(dict.fromkeys(part for name in names for part in name.split("/")))
