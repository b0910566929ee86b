"""The picture of learning curves: error against minutes trained on, and the power law through it with its bounds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialect_models.evaluation.drawing import INK, PALE, SERIES, area, dot, label, line, path, picture
from dialect_models.evaluation.power_law import PowerLaw

_WIDTH, _HEIGHT, _GAP, _LEFT, _TOP, _BOTTOM = 420, 320, 20, 48, 70, 60
_STEPS = 40
_HOUR = 60.0
_NOTHING_AT = 0.5
"""Where the base stands on the axis, as a share of the least that was trained on: logarithms have no zero."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A dialect's curve: minutes (the first 0: the base), and the laws of the error raw and folded."""

    dialect: str
    minutes: tuple[float, ...]
    raw: PowerLaw
    folded: PowerLaw


def draw(curves: Sequence[Curve], farthest: float = 10 * _HOUR) -> str:
    """The picture as SVG: one panel for the raw error, one for the folded; dashed beyond what was measured."""
    least = min(minutes for curve in curves for minutes in curve.minutes if minutes > 0)
    begin, end = math.log(least * _NOTHING_AT), math.log(farthest)
    parts = [label((_LEFT, 20), "Character error after tuning, by minutes trained on (other recordings)", size=14)]
    for number, curve in enumerate(curves):
        parts += [
            dot((_LEFT + 6 + 130 * number, 38), SERIES[number]),
            label((_LEFT + 16 + 130 * number, 42), curve.dialect),
        ]
    for panel, (name, law_of) in enumerate((("raw", _raw), ("function words folded to Mandarin", _folded))):
        left = _LEFT + panel * (_WIDTH + _GAP)

        def across(minutes: float, left: int = left) -> float:
            place = math.log(max(minutes, least * _NOTHING_AT))
            return left + (_WIDTH - _LEFT) * (place - begin) / (end - begin)

        parts += _frame(left, name, across, least, farthest)
        for number, curve in enumerate(curves):
            parts += _one(curve, law_of(curve), SERIES[number], across, farthest)
    title = "Learning curves: " + ", ".join(curve.dialect for curve in curves)
    return picture(_LEFT + 2 * _WIDTH + _GAP, _TOP + _HEIGHT + _BOTTOM, parts, title=title)


def _raw(curve: Curve) -> PowerLaw:
    return curve.raw


def _folded(curve: Curve) -> PowerLaw:
    return curve.folded


def _down(rate: float) -> float:
    return _TOP + _HEIGHT * (1 - min(max(rate, 0.0), 1.2) / 1.2)


def _frame(left: int, name: str, across: Callable[[float], float], least: float, farthest: float) -> list[str]:
    right = across(farthest)
    parts = [label((left, _TOP - 8), name, size=13)]
    for percent in range(0, 121, 20):
        parts.append(line((left, _down(percent / 100)), (right, _down(percent / 100)), "#e3e8ee"))
        parts.append(label((left - 6, _down(percent / 100) + 4), f"{percent}", size=11, anchor="end", colour=PALE))
    for minutes, said in ((0.0, "none"), (1, "1 min"), (10, "10 min"), (60, "1 h"), (600, "10 h")):
        if minutes == 0 or least <= minutes <= farthest:
            parts.append(label((across(minutes), _TOP + _HEIGHT + 18), said, size=11, anchor="middle", colour=PALE))
    parts.append(
        label(
            (left, _TOP + _HEIGHT + 40), "CER in %; dashed: power law, shaded: its 95 % interval", size=11, colour=INK
        )
    )
    return parts


def _one(curve: Curve, law: PowerLaw, colour: str, across: Callable[[float], float], farthest: float) -> list[str]:
    trained = [minutes for minutes in curve.minutes if minutes > 0]
    first, last = min(trained), max(trained)
    steps = [first * (farthest / first) ** (number / _STEPS) for number in range(_STEPS + 1)]
    rates = [law.rate(minutes) for minutes in steps]
    upper = [(across(m), _down(rate.high)) for m, rate in zip(steps, rates, strict=True)]
    lower = [(across(m), _down(rate.low)) for m, rate in zip(steps, rates, strict=True)]
    parts = [area([*upper, *reversed(lower)], colour)]
    parts.append(
        path([(across(m), _down(rate.value)) for m, rate in zip(steps, rates, strict=True)], colour, 1.5, dashed=True)
    )
    measured = list(zip(curve.minutes, law.rates, strict=True))
    parts.append(path([(across(m), _down(rate.value)) for m, rate in measured], colour))
    for minutes, rate in measured:
        tip = (
            f"{curve.dialect}, {minutes:.1f} of {last:.1f} minutes: {rate.value:.1%} ({rate.low:.1%} … {rate.high:.1%})"
        )
        parts.append(line((across(minutes), _down(rate.low)), (across(minutes), _down(rate.high)), colour))
        parts.append(dot((across(minutes), _down(rate.value)), colour, filled=minutes > 0, tip=tip))
    return parts
