"""The picture of an evaluation: error by dialect with intervals, base and model, and what each costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialect_models.card import Band
from dialect_models.evaluation.bootstrap import Compared, Interval
from dialect_models.evaluation.drawing import PALE, SERIES, dot, label, line, picture

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 820, 230, 40, 40, 56
_BASE, _MODEL = SERIES[1], SERIES[0]


@dataclass(frozen=True, slots=True)
class Row:
    """Errors on the recordings of a dialect in a band; ``error`` is ``raw`` or ``folded``."""

    dialect: str
    band: Band
    error: str
    figures: Compared


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What a model costs in a band: CPU seconds a second of audio, peak of the process in MB (resident)."""

    model: str
    band: Band
    cpu_per_second: float
    peak_mb: float


def draw(base: str, model: str, rows: Sequence[Row], costs: Sequence[ModelCost]) -> str:
    """The picture as SVG."""
    height = _TOP + _ROW * len(rows) + 50 + 18 * len(costs)
    reach = max([0.1, *(end.high for row in rows for end in (row.figures.base, row.figures.candidate))])

    def at(value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / reach

    bottom = _TOP + _ROW * len(rows)
    parts = [*_legend(base, model)]
    for number in range(6):
        tick = reach * number / 5
        parts.append(line((at(tick), _TOP - 6), (at(tick), bottom), "#e3e8ee"))
        parts.append(label((at(tick), bottom + 16), f"{100 * tick:.0f} %", anchor="middle", colour=PALE))
    for number, row in enumerate(rows):
        middle = _TOP + _ROW * (number + 0.5)
        parts.append(label((0, middle + 4), f"{row.dialect}, {row.band}, {row.error}"))
        parts += _interval(row.figures.base, middle - 7, at, _BASE, base)
        parts += _interval(row.figures.candidate, middle + 7, at, _MODEL, model)
    for number, cost in enumerate(costs):
        said = (
            f"{cost.model}, {cost.band}: {cost.cpu_per_second:.2f} CPU-s a second of audio, peak {cost.peak_mb:.0f} MB"
        )
        parts.append(label((0, bottom + 46 + 18 * number), said))
    return picture(
        _WIDTH, height, parts, title=f"Character error of {base} and {model} by dialect, with 95 % intervals"
    )


def _legend(base: str, model: str) -> list[str]:
    return [
        label((0, 16), "Character error, 95 % intervals over recordings", size=14),
        dot((6, 34), _BASE, filled=False),
        label((18, 38), base),
        dot((_LEFT + 6, 34), _MODEL),
        label((_LEFT + 18, 38), model),
    ]


def _interval(value: Interval, height: float, at: Callable[[float], float], colour: str, name: str) -> list[str]:
    tip = f"{name}: {value.value:.1%} ({value.low:.1%} … {value.high:.1%})"
    return [
        line((at(value.low), height), (at(value.high), height), colour, 2.5),
        dot((at(value.value), height), colour, filled=colour == _MODEL, tip=tip),
    ]
