"""The ticket (工单) that the product makes of a call. Immutable; its JSON form is fixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tickets.dispatch.leads import Lead, lead_json
from tickets.evidence import Evidence

Disposition = Literal["dispatch", "answer", "redirect", "emergency", "none"]
Mode = Literal["auto", "review"]
LONGEST_TITLE = 30
LONGEST_SUMMARY = 199


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """Where the matter is; ``detail`` with normal digits."""

    district: str | None
    street: str | None
    name: str | None
    detail: str | None

    def to_json(self) -> dict[str, str | None]:
        """The fixed JSON form."""
        return {"district": self.district, "street": self.street, "name": self.name, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call back. ``callback_number`` digits or None; the system keeps the caller's number beside it."""

    surname: str | None
    gender: str | None
    callback_number: str | None
    anonymous: bool

    def to_json(self) -> dict[str, Any]:
        """The fixed JSON form."""
        return {
            "surname": self.surname,
            "gender": self.gender,
            "callback_number": self.callback_number,
            "anonymous": self.anonymous,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A duty that it may be, its department, and its share 0…1."""

    category: str
    department: str | None
    score: float


@dataclass(frozen=True, slots=True)
class FurtherMatter:
    """A second or later matter of the same call."""

    category: str
    place: TicketPlace | None
    summary: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """All fields of a ticket. ``category`` is None only where there is no matter (``disposition`` ``none``)."""

    appeal_type: str | None
    category: str | None
    disposition: Disposition
    lead: Lead | None
    co_handlers: tuple[str, ...]
    handover: tuple[str, ...]
    place: TicketPlace | None
    contact: Contact
    occurred: str | None
    urgency: str
    amount_yuan: float | None
    people_affected: int | None
    party: str | None
    repeat_call: bool
    flags: tuple[str, ...]
    title: str
    summary: str
    candidates: tuple[Candidate, ...]
    confidence: float
    mode: Mode
    reasons: tuple[str, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    further_matters: tuple[FurtherMatter, ...]
    city_version: str
    service_connected: bool | None = None
    """Emergencies: whether the operator already connected the service; None for everything else."""

    def to_json(self) -> dict[str, Any]:
        """The fixed JSON form."""
        amount = self.amount_yuan
        return {
            "appeal_type": self.appeal_type,
            "category": self.category,
            "disposition": self.disposition,
            "lead": lead_json(self.lead),
            "co_handlers": list(self.co_handlers),
            "handover": list(self.handover),
            "place": self.place.to_json() if self.place else None,
            "contact": self.contact.to_json(),
            "occurred": self.occurred,
            "urgency": self.urgency,
            "amount_yuan": int(amount) if amount is not None and float(amount).is_integer() else amount,
            "people_affected": self.people_affected,
            "party": self.party,
            "repeat_call": self.repeat_call,
            "flags": list(self.flags),
            "title": self.title,
            "summary": self.summary,
            "candidates": [
                {"category": item.category, "department": item.department, "score": item.score}
                for item in self.candidates
            ],
            "confidence": self.confidence,
            "mode": self.mode,
            "reasons": list(self.reasons),
            "evidence": {field: [item.to_json() for item in items] for field, items in self.evidence.items() if items},
            "further_matters": [
                {
                    "category": item.category,
                    "place": item.place.to_json() if item.place else None,
                    "summary": item.summary,
                }
                for item in self.further_matters
            ],
            "city_version": self.city_version,
            "service_connected": self.service_connected,
        }
