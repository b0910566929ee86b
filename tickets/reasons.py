"""Why the ticket says what it says, in short sentences for the operator (simplified Chinese)."""

from collections.abc import Mapping, Sequence

from tickets.city.model import Duty
from tickets.dispatch.leads import Lead
from tickets.evidence import Evidence
from tickets.fields.emergency import Emergency
from tickets.review import Decision
from tickets.ticket import TicketPlace

_LEVELS = {"city": "市级", "district": "区县", "utility": "公用事业单位", "grassroots": "街道（乡镇）"}
_ROLES = {
    "lead": "属街道（乡镇）基本履职事项，由其主办",
    "assist": "街道（乡镇）仅为配合，不得作为主办",
    "none": "不属街道（乡镇）履职事项，不得派往基层",
}
_FLAGS = {
    "group": "涉及多人共同行动",
    "minor": "涉及未成年人",
    "elderly": "涉及老年人",
    "disabled": "涉及残疾人",
    "threat": "言语中有过激行为预告",
    "self_harm": "有自伤轻生表述",
    "unreasonable": "诉求疑似不合理",
    "malicious": "疑似恶意来电",
    "confidential": "来电人要求保密",
    "legal_process": "已进入司法或行政程序",
}


def write_reasons(
    duty: Duty,
    lead: Lead | None,
    *,
    co_handlers: Sequence[str],
    handover: Sequence[str],
    place: TicketPlace | None,
    emergency: Emergency,
    flags: Mapping[str, tuple[Evidence, ...]],
    decision: Decision,
    city_version: str,
) -> tuple[str, ...]:
    """Duty and basis, unit and place, what was heard, why it waits for a person."""
    basis = f"，依据：{duty.basis}" if duty.basis else ""
    reasons = [f"事项：{duty.code} {duty.level1}—{duty.level2}{basis}（派单目录版本{city_version}）。"]
    if duty.level == "emergency":
        reasons.append(f"疑似正在发生的紧急警情，应立即转接：{'、'.join(handover)}。")
        reasons.append(
            "通话中话务员已接通或已通知救援。" if emergency.connected else "通话中未听到话务员已接通救援，请立即确认。"
        )
    elif duty.level == "redirect":
        channel = "、".join(handover)
        reasons.append(
            f"不属热线受理范围，告知法定途径：{channel}。" if channel else "不属热线受理范围，向来电人说明。"
        )
    elif duty.level == "answer":
        reasons.append("由热线直接答复或记录，不派单。")
    if lead is not None:
        unit = "".join(part for part in (lead.district, lead.street) if part)
        reasons.append(
            f"主办：{lead.department}（{'，'.join(filter(None, (_LEVELS[lead.level], unit)))}）。"
            f"{_ROLES[duty.grassroots_role]}。"
        )
    if co_handlers:
        reasons.append(f"协办：{'、'.join(co_handlers)}。")
    if place is not None and place.name:
        reasons.append(f"事发地：{place.district or ''}{place.street or ''}{place.name}{place.detail or ''}。")
    for flag, evidence in flags.items():
        heard = f"（“{evidence[0].words}”）" if evidence else ""
        reasons.append(f"{_FLAGS[flag]}{heard}。")
    reasons += [f"待人工复核：{why}。" for why in decision.why_review]
    return tuple(reasons)
