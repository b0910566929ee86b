"""May the ticket go out without a person? Confidence and the rules that always ask for one (FORMATS.md, ``mode``)."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from tickets.city.model import Duty
from tickets.dispatch.leads import Lead
from tickets.ticket import Mode

DEFAULT_PRECISION = 0.98
"""Wanted share of right ones among the tickets that go out without a person: better than the best published, 97 %."""
ALWAYS_REVIEWED_FLAGS = {
    "malicious": "疑似恶意来电",
    "unreasonable": "疑似不合理诉求",
    "self_harm": "来电人流露自伤轻生念头",
}
ALWAYS_REVIEWED_CODES = frozenset({"XX05"})
LOW_RECOGNITION = 0.55
GRASSROOTS_CARE = 4.0
"""How many times fewer errors than elsewhere: a street that gets what isn't its own has no power to act on it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``mode`` with the reasons (simplified Chinese) why it waits, empty if it doesn't."""

    mode: Mode
    why_review: tuple[str, ...]


def wanted_precision(precision: float, *, grassroots: bool) -> float:
    """The wanted share of right ones, higher for what goes to a street or town."""
    return 1.0 - (1.0 - precision) / GRASSROOTS_CARE if grassroots else precision


def decide_mode(
    duty: Duty | None,
    lead: Lead | None,
    flags: Collection[str],
    confidence: float,
    recognition: float | None,
    *,
    threshold: float,
    possible_danger: bool = False,
) -> Decision:
    """Auto only where confident and no rule asks for a person.

    Args:
        duty: the duty, None for a call without a matter.
        lead: the lead if it is dispatched.
        flags: the ticket's flags.
        confidence: 0…1.
        recognition: mean confidence of the recogniser 0…1, None for a reference call.
        threshold: least confidence of what goes out without a person, by the city's wanted precision.
        possible_danger: whether a danger that happens now can't be ruled out, though it isn't handed over as one.
    """
    why = [f"{words}，须人工复核" for flag, words in ALWAYS_REVIEWED_FLAGS.items() if flag in flags]
    if duty is not None and (duty.code in ALWAYS_REVIEWED_CODES or re.search(r"人工复核", duty.note)):
        why.append(f"{duty.code} {duty.level2}须人工复核")
    if possible_danger and (duty is None or duty.level != "emergency"):
        why.append("未能排除正在发生的险情，请先听录音核实")
    if lead is not None and not lead.complete:
        unit = "街道（乡镇）" if lead.level == "grassroots" and lead.district else "区县"
        why.append(f"未能确定事发地所属{unit}，无法确定承办单位")
    if recognition is not None and recognition < LOW_RECOGNITION:
        why.append("录音识别质量较低，请核对原话")
    if confidence < threshold:
        why.append(f"把握不足（{confidence:.0%}），请在候选事项中确认")
    return Decision("review" if why else "auto", tuple(why))
