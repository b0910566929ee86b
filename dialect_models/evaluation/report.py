"""The gate's report: one page with verdicts, figures, plots and examples. Needs nothing from the network."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from dialect_models.evaluation.bootstrap import Compared
from dialect_models.evaluation.character_error import raw_errors
from dialect_models.evaluation.gating import Evidence, Pair, Verdict, points

EXAMPLES = 6

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
    loss: Sequence[tuple[int, float]] = (),
) -> str:
    """The report as HTML. ``about`` are facts to print first, ``loss`` the steps and losses of tuning where known."""
    passed = all(verdict.kept for verdict in verdicts)
    rows = "".join(
        f'<tr><td class="{"yes" if v.kept else "no"}">{"通过" if v.kept else "不通过"}</td>'
        f"<td>{escape(v.rule)}</td><td>{escape(v.figures)}</td></tr>"
        for v in verdicts
    )
    facts = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in about.items())
    compared = {
        "16 kHz 原文": evidence.raw["16 kHz"],
        "16 kHz 折合": evidence.folded["16 kHz"],
        "电话 原文": evidence.raw["telephone"],
        "电话 折合": evidence.folded["telephone"],
    } | {f"普通话 {band}": figures for band, figures in evidence.mandarin.items()}
    curve = f"<h2>训练损失</h2>{_curve(loss)}" if len(loss) > 1 else ""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}：<span class={'yes' if passed else 'no'}>"
        f"{'通过，可以安装' if passed else '未通过，不予安装'}</span></h1><table>{facts}</table>"
        f"<h2>规则</h2><table>{rows}</table>"
        f"<h2>字错率之差（候选 − 基础，95% 区间）</h2>{_intervals(compared)}"
        f"<h2>逐条录音（16 kHz）</h2>{_scatter(pairs)}{curve}"
        f"<h2>改进最多</h2>{_examples(pairs, best=True)}<h2>变差最多</h2>{_examples(pairs, best=False)}</html>"
    )


def loss_curve(log: Path) -> tuple[tuple[int, float], ...]:
    """Steps and losses from the log of a tuning run; empty where there is none."""
    if not log.is_file():
        return ()
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple((int(line["step"]), float(line["loss"])) for line in lines)


def _intervals(compared: Mapping[str, Compared]) -> str:
    width, row, left = 760, 34, 130
    reach = max([0.02, *(abs(x) for c in compared.values() for x in (c.difference.low, c.difference.high))]) * 1.1

    def at(value: float) -> float:
        return left + (width - left) * (value + reach) / (2 * reach)

    parts = [f'<line x1="{at(0):.0f}" x2="{at(0):.0f}" y1="0" y2="{row * len(compared)}" stroke="#8a94a3"/>']
    for number, (name, figures) in enumerate(compared.items()):
        y, d = row * number + row / 2, figures.difference
        colour = _colour(d.value)
        parts.append(
            f'<text x="0" y="{y + 5:.0f}" font-size="13">{escape(name)}</text>'
            f'<line x1="{at(d.low):.1f}" x2="{at(d.high):.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>'
            f'<circle cx="{at(d.value):.1f}" cy="{y}" r="5" fill="{colour}"><title>{escape(points(figures))}</title>'
            "</circle>"
        )
    return _svg(width, row * len(compared), parts)


def _scatter(pairs: Sequence[Pair]) -> str:
    size = 320
    dots = [_rates(pair) for pair in pairs if pair.base.band == "16 kHz"]
    top = max([0.1, *(value for dot in dots for value in dot)])

    def at(value: float) -> float:
        return 20 + (size - 30) * value / top

    parts = [f'<line x1="20" y1="{size - 20}" x2="{size - 10}" y2="10" stroke="#8a94a3" stroke-dasharray="4"/>'] + [
        f'<circle cx="{at(before):.1f}" cy="{size - at(after):.1f}" r="4" fill-opacity=".7" '
        f'fill="{_colour(after - before)}"/>'
        for before, after in dots
    ]
    parts.append(f'<text x="24" y="{size - 4}" font-size="12">横：基础　纵：候选　线下为改进　右上角 {top:.0%}</text>')
    return _svg(size, size, parts)


def _curve(loss: Sequence[tuple[int, float]]) -> str:
    width, height = 760, 200
    last, top = loss[-1][0], max(value for _, value in loss)
    dots = " ".join(
        f"{width * step / last:.1f},{height - 10 - (height - 20) * value / top:.1f}" for step, value in loss
    )
    return _svg(
        width,
        height,
        [
            f'<polyline points="{dots}" fill="none" stroke="#1f5fa8" stroke-width="2"/>',
            f'<text x="4" y="14" font-size="12">{top:.2f}</text>',
            f'<text x="{width - 90}" y="{height - 2}" font-size="12">{last} 步</text>',
        ],
    )


def _colour(difference: float) -> str:
    return "#0a6b3d" if difference <= 0 else "#a3201a"


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img">{"".join(parts)}</svg>'


def _examples(pairs: Sequence[Pair], *, best: bool) -> str:
    def gain(pair: Pair) -> float:
        before, after = _rates(pair)
        return before - after

    chosen = sorted(pairs, key=gain, reverse=best)[:EXAMPLES]
    chosen = [pair for pair in chosen if (gain(pair) > 0) == best and gain(pair) != 0]
    if not chosen:
        return "<p>没有。</p>"
    rows = "".join(map(_example, chosen))
    return f"<table>{rows}</table>"


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
