"""Who leads: built so that a street or town can't lead what isn't on its own list.

A :class:`GrassrootsLead` takes an :class:`OwnGrassrootsDuty`, and the only way to one is
:func:`own_grassroots_duty`, which gives None for every duty whose ``grassroots_role`` isn't ``lead``. A
:class:`DepartmentLead` refuses the level ``grassroots``. So assist never turns into lead (国办函〔2025〕66号).
"""

from dataclasses import dataclass
from typing import Final, Literal

from tickets.city.model import Duty

_PROOF: Final = object()


class OwnGrassrootsDuty:
    """A duty proven to be the grassroots' own (基本履职事项)."""

    __slots__ = ("_duty",)

    def __init__(self, duty: Duty, proof: object) -> None:
        if proof is not _PROOF or duty.grassroots_role != "lead" or duty.level != "grassroots":
            raise ValueError(f"{duty.code} isn't proven to be the grassroots' own; use own_grassroots_duty()")
        self._duty = duty

    @property
    def duty(self) -> Duty:
        """The duty that was proven."""
        return self._duty


def own_grassroots_duty(duty: Duty) -> OwnGrassrootsDuty | None:
    """The proof that a street or town may lead this duty; None where it may not."""
    if duty.level == "grassroots" and duty.grassroots_role == "lead":
        return OwnGrassrootsDuty(duty, _PROOF)
    return None


@dataclass(frozen=True, slots=True)
class GrassrootsLead:
    """The street office or town government of a place. District or street is None where the place is unknown."""

    own: OwnGrassrootsDuty
    district: str | None
    street: str | None

    def __post_init__(self) -> None:
        if not isinstance(self.own, OwnGrassrootsDuty):
            raise TypeError("a grassroots lead needs an OwnGrassrootsDuty")

    @property
    def department(self) -> str:
        """The department as the duty list names it."""
        return self.own.duty.lead or ""

    @property
    def level(self) -> Literal["grassroots"]:
        """Always ``grassroots``."""
        return "grassroots"

    @property
    def complete(self) -> bool:
        """Whether the unit is known."""
        return self.district is not None and self.street is not None


@dataclass(frozen=True, slots=True)
class DepartmentLead:
    """A department or utility: at city level without a district, else that district's unit (None where unknown)."""

    department: str
    level: Literal["city", "district", "utility"]
    district: str | None

    def __post_init__(self) -> None:
        if self.level not in {"city", "district", "utility"}:
            raise ValueError(f"level {self.level!r} can't be led by {self.department}")
        if self.level == "city" and self.district is not None:
            raise ValueError("a lead at city level has no district")

    @property
    def street(self) -> None:
        """Never a street."""
        return

    @property
    def complete(self) -> bool:
        """Whether the unit is known."""
        return self.level == "city" or self.district is not None


Lead = GrassrootsLead | DepartmentLead


def lead_of(duty: Duty, district: str | None, street: str | None) -> Lead | None:
    """The lead of a duty for a place, by the duty list alone; None for a duty that isn't dispatched."""
    own = own_grassroots_duty(duty)
    if own is not None:
        return GrassrootsLead(own, district, street if district else None)
    if duty.lead is None or duty.level in {"redirect", "emergency", "answer", "grassroots"}:
        return None
    if duty.level == "city":
        return DepartmentLead(duty.lead, "city", None)
    return DepartmentLead(duty.lead, "utility" if duty.level == "utility" else "district", district)


def lead_json(lead: Lead | None) -> dict[str, str | None] | None:
    """The fixed JSON form."""
    if lead is None:
        return None
    return {"department": lead.department, "level": lead.level, "district": lead.district, "street": lead.street}
