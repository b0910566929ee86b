"""What a ticket says once an operator's entries are put in: everything that follows from duty and place is derived.

The lead is never entered: it comes from the duty list alone (:func:`tickets.dispatch.leads.lead_of`), so that no entry
can send to a street or town what isn't its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from api.review.errors import Mistake
from tickets.dispatch.leads import Lead, lead_json, lead_of

if TYPE_CHECKING:
    from tickets.city.model import City, Duty

EMERGENCY_SERVICES: Final = ("110", "119", "120", "122")
ACTION_OF: Final = {
    "dispatch": "dispatch",
    "emergency": "handover",
    "answer": "answer",
    "redirect": "redirect",
    "none": "close",
}
"""How a ticket of each disposition is concluded."""
GUARD: Final = {
    "lead": "属街道（乡镇）基本履职事项，由其主办",
    "assist": "街道（乡镇）仅为配合，不得作为主办",
    "none": "不属街道（乡镇）履职事项，不得派往基层",
}
STREETS: Final = ("street", "town")


@dataclass(frozen=True, slots=True)
class Completed:
    """The fields of a ticket with what follows from them, and what keeps it from being concluded."""

    fields: dict[str, Any]
    mistakes: tuple[Mistake, ...]
    guard: str | None

    @property
    def action(self) -> str:
        """How it is concluded."""
        return ACTION_OF[self.fields["disposition"]]


def complete(city: "City", fields: Mapping[str, Any], edits: Mapping[str, Any]) -> Completed:
    """Put an operator's ``edits`` into a ticket's ``fields``; what is not edited stays."""
    merged = {**fields, **edits}
    mistakes: list[Mistake] = []
    code = merged.get("category")
    duty = city.duty_by_code.get(code) if code else None
    if code and duty is None:
        mistakes.append(Mistake("/category", f"派单目录中没有事项 {code}"))
    place, wrong = _place(city, merged.get("place"))
    mistakes += wrong
    lead = (
        lead_of(duty, place["district"], place["street"])
        if duty and place
        else lead_of(duty, None, None)
        if duty
        else None
    )
    mistakes += _lacking(lead)
    merged |= {
        "place": place,
        "disposition": _disposition(duty, known=not code),
        "lead": lead_json(lead),
        "co_handlers": _co_handlers(duty, fields, edits, mistakes),
        "handover": _handover(duty, fields, edits, mistakes),
        "mode": "review",
        "reasons": list(fields.get("reasons") or ())
        if code == fields.get("category") and "lead" in fields and fields["lead"] == lead_json(lead)
        else _reasons(duty, lead),
        "city_version": city.version,
    }
    return Completed(merged, tuple(mistakes), GUARD[duty.grassroots_role] if duty and duty.dispatched else None)


def address(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """What must be the same for the machine to have been right: where the ticket goes."""
    lead = fields.get("lead") or {}
    return (
        fields.get("disposition"),
        tuple(lead.get(key) for key in ("department", "district", "street")),
        tuple(sorted(fields.get("handover") or ())),
    )


def redirect_wording(duty: "Duty") -> str:
    """What to tell a caller whose matter the hotline may not take."""
    basis = f"（依据：{duty.basis}）" if duty.basis else ""
    if duty.lead:
        return (
            f"您反映的事项属于“{duty.level2}”，按规定不属于12345热线受理范围{basis}。"
            f"请您通过法定途径向{duty.lead}提出，热线不再转办。"
        )
    return f"您反映的事项属于“{duty.level2}”，按规定不属于12345热线受理范围{basis}，热线无法办理，请您理解。"


def _place(city: "City", entered: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, list[Mistake]]:
    """The place as the gazetteer has it; district, street and name must hold together."""
    if not entered or not any(entered.get(key) for key in ("district", "street", "name", "detail")):
        return None, []
    district, street, name = (entered.get(key) or None for key in ("district", "street", "name"))
    place = {"district": district, "street": street, "name": name, "detail": entered.get("detail") or None}
    mistakes = []
    if district and district not in city.districts:
        mistakes.append(Mistake("/place/district", f"地名库中没有区县 {district}"))
    if street and not any(
        each.kind in STREETS and each.name == street and (not district or each.district == district)
        for each in city.places
    ):
        mistakes.append(Mistake("/place/street", f"{district or '地名库'}中没有街道（乡镇）{street}"))
    if name:
        named = [
            each
            for each in city.places
            if each.name == name
            and (not district or each.district == district)
            and (not street or not each.street or each.street == street)
        ]
        if not named:
            mistakes.append(
                Mistake("/place/name", f"{district or ''}{street or ''}没有地点 {name}；补充说明请填入详细地址")
            )
    return place, mistakes


def _lacking(lead: Lead | None) -> list[Mistake]:
    if lead is None or lead.complete:
        return []
    if lead.level == "grassroots" and lead.district:
        return [Mistake("/place/street", "须填写事发地所属街道（乡镇），才能确定承办单位")]
    return [Mistake("/place/district", "须填写事发地所属区县，才能确定承办单位")]


def _disposition(duty: "Duty | None", *, known: bool) -> str:
    if duty is None:
        return "none" if known else "dispatch"
    return duty.level if duty.level in {"redirect", "emergency", "answer"} else "dispatch"


def _co_handlers(
    duty: "Duty | None", fields: Mapping[str, Any], edits: Mapping[str, Any], mistakes: list[Mistake]
) -> list[str]:
    if duty is None or not duty.dispatched:
        return []
    if edits.get("co_handlers") is not None:
        entered = list(edits["co_handlers"])
        if strange := [name for name in entered if name not in duty.co_handlers]:
            mistakes.append(Mistake("/co_handlers", f"派单目录未将{'、'.join(strange)}列为 {duty.code} 的协办单位"))
        return entered
    if duty.code == fields.get("category"):
        return list(fields.get("co_handlers") or ())
    return list(duty.co_handlers)


def _handover(
    duty: "Duty | None", fields: Mapping[str, Any], edits: Mapping[str, Any], mistakes: list[Mistake]
) -> list[str]:
    if duty is None or duty.level not in {"redirect", "emergency"}:
        return []
    if duty.level == "redirect":
        return [duty.lead] if duty.lead else []
    entered = edits.get("handover")
    if entered is None:
        entered = fields.get("handover") if fields.get("disposition") == "emergency" else None
    services = list(entered or ([duty.lead] if duty.lead else []))
    if not services or any(service not in EMERGENCY_SERVICES for service in services):
        mistakes.append(Mistake("/handover", f"请选择要转接的紧急服务：{'、'.join(EMERGENCY_SERVICES)}"))
    return services


def _reasons(duty: "Duty | None", lead: Lead | None) -> list[str]:
    if duty is None:
        return ["人工确认：本次通话没有需要办理的诉求。"]
    basis = f"，依据：{duty.basis}" if duty.basis else ""
    reasons = [f"人工确认事项：{duty.code} {duty.level1}—{duty.level2}{basis}。"]
    if lead is not None:
        unit = "".join(part for part in (lead.district, lead.street) if part)
        reasons.append(f"主办：{unit}{lead.department}。{GUARD[duty.grassroots_role]}。")
    return reasons
