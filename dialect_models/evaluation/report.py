"""The gate's report: one page with verdicts, figures, plots and examples. Needs nothing from the network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from dialect_models.card import Band
from dialect_models.evaluation.bootstrap import Compared, Interval
from dialect_models.evaluation.character_error import raw_errors
from dialect_models.evaluation.drawing import BETTER, PALE, SERIES, WORSE, dot, label, line, path, picture
from dialect_models.evaluation.gating import BANDS, Evidence, Pair, Verdict, points

EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class Loss:
    """Steps of a tuning run and its losses there: on what it trains on, and on what was held out."""

    training: tuple[tuple[int, float], ...] = ()
    held_out: tuple[tuple[int, float], ...] = ()


_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
td,th{border-bottom:1px solid #d8dee6;padding:.35rem .6rem;text-align:left;vertical-align:top}
.yes{color:#0a6b3d}.no{color:#a3201a;font-weight:600}svg{max-width:100%;height:auto}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}small{color:#5a6675}
"""


def page(
    title: str,
    about: Mapping[str, str],
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    pairs: Sequence[Pair],
    *,
    mandarin: Sequence[Pair] = (),
    loss: Loss = Loss(),
) -> str:
    """The report as HTML. ``about`` are facts to print first, ``loss`` that of tuning where known."""
    passed = all(verdict.kept for verdict in verdicts)
    rows = "".join(
        f'<tr><td class="{"yes" if v.kept else "no"}">{"通过" if v.kept else "不通过"}</td>'
        f"<td>{escape(v.rule)}</td><td>{escape(v.figures)}</td></tr>"
        for v in verdicts
    )
    facts = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in about.items())
    scatters = "".join(
        f"<h2>逐句（{'16 kHz' if band == '16 kHz' else '电话'}）</h2>{_scatter(pairs, band)}" for band in BANDS
    )
    curve = f"<h2>训练损失</h2>{_curve(loss)}" if len(loss.training) > 1 else ""
    moved = [pair for pair in mandarin if pair.candidate is not pair.base]
    sent = f"<h2>误送本模型的普通话</h2>{_table(moved)}" if moved else ""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}：<span class={'yes' if passed else 'no'}>"
        f"{'通过，可以安装' if passed else '未通过，不予安装'}</span></h1><table>{facts}</table>"
        f"<h2>规则</h2><table>{rows}</table>"
        f"<h2>字错率</h2>{_figures(_compared(evidence))}"
        f"<h2>字错率之差（候选 − 基础，95% 区间）</h2>{_intervals(_compared(evidence))}"
        f"{scatters}{curve}"
        f"<h2>改进最多</h2>{_examples(pairs, best=True)}<h2>变差最多</h2>{_examples(pairs, best=False)}{sent}</html>"
    )


def as_json(about: Mapping[str, str], evidence: Evidence, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The report for programs: every figure and verdict, no words of a caller."""
    return {
        "about": dict(about),
        "passed": all(verdict.kept for verdict in verdicts),
        "rules": [{"rule": v.rule, "kept": v.kept, "figures": v.figures} for v in verdicts],
        "figures": {name: asdict(figures) for name, figures in _compared(evidence).items()},
        "invented": {name: {"base": a, "candidate": b} for name, (a, b) in evidence.invented.items()},
        "times_lost": {"base": evidence.times_lost[0], "candidate": evidence.times_lost[1]},
    }


def _compared(evidence: Evidence) -> dict[str, Compared]:
    return {
        "16 kHz 原文": evidence.raw["16 kHz"],
        "16 kHz 折合": evidence.folded["16 kHz"],
        "电话 原文": evidence.raw["telephone"],
        "电话 折合": evidence.folded["telephone"],
    } | {f"普通话 {band}": figures for band, figures in evidence.mandarin.items()}


def loss_curve(log: Path) -> Loss:
    """The losses in the log of a tuning run; none where there is no log."""
    if not log.is_file():
        return Loss()
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Loss(
        tuple((int(row["step"]), float(row["loss"])) for row in lines),
        tuple((int(row["step"]), float(row["validation"])) for row in lines if row["validation"] is not None),
    )


def _figures(compared: Mapping[str, Compared]) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{_with_bounds(c.base)}</td><td>{_with_bounds(c.candidate)}</td>"
        f"<td>{c.relative:+.0%}</td></tr>"
        for name, c in compared.items()
    )
    return f"<table><tr><th></th><th>基础</th><th>候选</th><th>相对变化</th></tr>{rows}</table>"


def _with_bounds(value: Interval) -> str:
    return f"{value.value:.1%}（{value.low:.1%} … {value.high:.1%}）"


def _intervals(compared: Mapping[str, Compared]) -> str:
    width, row, left = 760, 34, 130
    reach = max([0.02, *(abs(x) for c in compared.values() for x in (c.difference.low, c.difference.high))]) * 1.1

    def at(value: float) -> float:
        return left + (width - left) * (value + reach) / (2 * reach)

    parts = [line((at(0), 0), (at(0), row * len(compared)), PALE)]
    for number, (name, figures) in enumerate(compared.items()):
        y, d = row * number + row / 2, figures.difference
        colour = _colour(d.value)
        parts += [
            label((0, y + 5), name, size=13),
            line((at(d.low), y), (at(d.high), y), colour, 3),
            dot((at(d.value), y), colour, radius=5, tip=points(figures)),
        ]
    return picture(width, row * len(compared), parts)


def _scatter(pairs: Sequence[Pair], band: Band) -> str:
    size = 320
    dots = [(_rates(pair), pair) for pair in pairs if pair.base.band == band]
    top = max([0.1, *(value for values, _ in dots for value in values)])

    def at(value: float) -> float:
        return 20 + (size - 30) * value / top

    parts = [line((20, size - 20), (size - 10, 10), PALE, dashed=True)]
    parts += [
        dot((at(before), size - at(after)), _colour(after - before), radius=4, tip=pair.base.utterance.recording)
        for (before, after), pair in dots
    ]
    parts.append(label((24, size - 4), f"横：基础　纵：候选　线下为改进　右上角 {top:.0%}"))
    return picture(size, size, parts)


def _curve(loss: Loss) -> str:
    width, height = 760, 200
    last, top = loss.training[-1][0], max(value for _, value in (*loss.training, *loss.held_out))

    def place(step: int, value: float) -> tuple[float, float]:
        return width * step / last, height - 20 - (height - 40) * value / top

    parts = [path([place(*one) for one in loss.training], SERIES[0])]
    if loss.held_out:
        parts += [path([place(*one) for one in loss.held_out], SERIES[1], dashed=True)]
        parts += [dot(place(*one), SERIES[1], radius=3) for one in loss.held_out]
    parts += [
        label((4, 14), f"最高 {top:.2f}"),
        label((width - 4, height - 2), f"{last} 步；实线为训练，虚线为留出", anchor="end"),
    ]
    return picture(width, height, parts)


def _colour(difference: float) -> str:
    return BETTER if difference <= 0 else WORSE


def _examples(pairs: Sequence[Pair], *, best: bool) -> str:
    def gain(pair: Pair) -> float:
        before, after = _rates(pair)
        return before - after

    chosen = sorted(pairs, key=gain, reverse=best)[:EXAMPLES]
    chosen = [pair for pair in chosen if (gain(pair) > 0) == best and gain(pair) != 0]
    if not chosen:
        return "<p>没有。</p>"
    return _table(chosen)


def _table(pairs: Sequence[Pair]) -> str:
    return f"<table>{''.join(map(_example, pairs))}</table>"


def _example(pair: Pair) -> str:
    before, after = _rates(pair)
    return (
        f"<tr><td>{escape(pair.base.utterance.recording)}<br><small>{pair.base.band}</small></td>"
        f"<td>原文：{escape(pair.base.utterance.text)}<br>基础 {before:.0%}：{escape(pair.base.heard.text)}<br>"
        f"候选 {after:.0%}：{escape(pair.candidate.heard.text)}</td></tr>"
    )


def _rates(pair: Pair) -> tuple[float, float]:
    wanted = pair.base.utterance.text
    return raw_errors(wanted, pair.base.heard.text).rate, raw_errors(wanted, pair.candidate.heard.text).rate
