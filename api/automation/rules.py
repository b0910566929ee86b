"""Whether a ticket may go out without a person, by what supervisors decided."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.storage.models import AutomationRule, Ticket

NAMES: Final = {"all": "全部", "duty": "事项", "district": "区县", "source": "来源"}


def refusal(rules: Iterable[AutomationRule], *, category: str | None, district: str | None, source: str) -> str | None:
    """Why a ticket has to wait for a person, in simplified Chinese; None where no rule holds it back."""
    about = {"all": "", "duty": category or "", "district": district or "", "source": source}
    for rule in rules:
        if not rule.enabled and about[rule.kind] == rule.value:
            name = NAMES[rule.kind] + (f" {rule.value}" if rule.value else "")
            why = "实测准确率低于要求，系统自动停用" if rule.stopped_by == "measured" else "已由班长停用"
            return f"自动派单（{name}）{why}"
    return None


def refusal_of(rules: Iterable[AutomationRule], ticket: Ticket, fields: Mapping[str, Any]) -> str | None:
    """Why a ticket has to wait for a person; see :func:`refusal`."""
    return refusal(rules, category=fields.get("category"), district=ticket.district, source=ticket.source)


def wanted(rules: Iterable[AutomationRule], category: str | None, default: float) -> float:
    """The wanted precision of a duty: its own, else that for all, else that of the settings."""
    known = {(rule.kind, rule.value): rule.wanted_precision for rule in rules if rule.wanted_precision is not None}
    return known.get(("duty", category or ""), known.get(("all", ""), default))
