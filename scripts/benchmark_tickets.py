#!/usr/bin/env python3
"""Measures tickets on reference calls, with intervals: a column a file.

    benchmark_tickets.py CALLS.jsonl… --scorer SCORER.py [--city DIR] [--out TABLE] [--by-duty] [--reliability PLOT.svg]

--by-duty adds how many calls of each duty went where they belong; --reliability draws, over all files, how often
tickets of some confidence were right. SCORER is a Python file with ``score(calls, tickets)`` that gives figures by
name, as the specification's does.
Intervals (95 %) are bootstrapped over calls.
"""

import argparse
import importlib.util
import json
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tickets.call import Call
from tickets.city import load_city
from tickets.structuring import prepare, structure

RESAMPLES = 400
BINS, PLOT, MARGIN, Z = 8, 320, 48, 1.96
SHOWN = {
    "dispatch_right": "disposition, lead and handover right",
    "category_top1": "category",
    "category_top3": "category among three",
    "auto_coverage": "goes out without a person",
    "auto_precision": "of these right",
    "sent_to_grassroots_wrongly": "sent to the grassroots wrongly",
    "sent_to_grassroots_wrongly_unreviewed": "of these without a person",
    "calibration_error": "calibration error",
    "emergency_recall": "emergencies: recall",
    "emergency_precision": "emergencies: precision",
    "outside_remit_recall": "outside the remit: recall",
    "co_handlers_f1": "co-handlers (F1)",
    "appeal_type": "appeal type",
    "place_name": "place: name",
    "place_district": "place: district",
    "place_street": "place: street",
    "place_detail": "place: detail",
    "callback_number": "callback number",
    "surname": "surname",
    "gender": "gender",
    "anonymous": "anonymous",
    "occurred": "occurred",
    "urgency_macro_f1": "urgency (macro F1)",
    "amount_yuan": "amount",
    "people_affected": "persons affected",
    "party": "party",
    "repeat_call": "repeat call",
    "flags_f1": "flags (F1)",
    "evidence_held": "evidence stands in the call",
    "whole_ticket": "whole ticket",
}

Line = dict[str, Any]


def load_score(path: Path) -> Any:
    """The scorer's ``score``."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score


def column(calls: list[Line], tickets: dict[str, Line], score: Any) -> dict[str, str]:
    """Figures with their intervals."""
    figures, _ = score(calls, tickets)
    draw = random.Random(0)  # noqa: S311 — resampling, no secret
    samples = [score(draw.choices(calls, k=len(calls)), tickets)[0] for _ in range(RESAMPLES)]
    cells = {}
    for name in SHOWN:
        values = sorted(sample[name] for sample in samples if sample[name] is not None)
        if figures[name] is None:
            cells[name] = "—"
        elif isinstance(figures[name], int):
            cells[name] = str(figures[name])
        else:
            low, high = values[round(0.025 * (len(values) - 1))], values[round(0.975 * (len(values) - 1))]
            cells[name] = f"{figures[name]:.3f} ({low:.2f}–{high:.2f})"
    return cells


def by_duty(judged: list[tuple[Line, Line, bool]]) -> list[str]:
    """Duties whose calls did not all go where they belong: how many did, and what they were taken for."""
    groups: dict[str, list[tuple[Line, bool]]] = {}
    for gold, ticket, right in judged:
        groups.setdefault(gold["category"] or "none", []).append((ticket, right))
    rows = [
        (sum(right for _, right in items) / len(items), code, items)
        for code, items in groups.items()
        if not all(right for _, right in items)
    ]
    table = ["| duty | right | its wrong calls were taken for |", "|---|---|---|"]
    for _, code, items in sorted(rows, key=lambda row: row[:2]):
        taken = Counter(ticket["category"] or "none" for ticket, right in items if not right)
        wrong = ", ".join(f"{other} {count}" for other, count in taken.most_common())
        table.append(f"| {code} | {sum(right for _, right in items)} of {len(items)} | {wrong} |")
    return [*table, f"| {len(groups) - len(rows)} other duties | all | |"]


def reliability(judged: list[tuple[Line, Line, bool]]) -> str:
    """An SVG: share of right tickets (with its 95 % Wilson interval) over confidence, in equally filled bins."""
    ordered = sorted((ticket["confidence"], right) for _, ticket, right in judged)
    size = -(-len(ordered) // BINS)
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]

    def x(share: float) -> float:
        return round(MARGIN + PLOT * share, 1)

    def y(share: float) -> float:
        return round(MARGIN + PLOT * (1 - share), 1)

    parts = [f'<rect x="{MARGIN}" y="{MARGIN}" width="{PLOT}" height="{PLOT}" fill="none" stroke="#999"/>',
             f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#999" stroke-dasharray="4"/>']  # fmt: skip
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<text x="{x(share)}" y="{y(0) + 16}" text-anchor="middle">{share}</text>')
        parts.append(f'<text x="{x(0) - 6}" y="{y(share) + 4}" text-anchor="end">{share}</text>')
    for group in groups:
        stated, right, n = sum(c for c, _ in group) / len(group), sum(ok for _, ok in group), len(group)
        centre = (right + Z * Z / 2) / (n + Z * Z)
        half = Z / (n + Z * Z) * (right * (n - right) / n + Z * Z / 4) ** 0.5
        low, high = centre - half, centre + half
        parts.append(f'<line x1="{x(stated)}" y1="{y(low)}" x2="{x(stated)}" y2="{y(high)}" stroke="#3a6ea5"/>')
        parts.append(f'<circle cx="{x(stated)}" cy="{y(right / n)}" r="4" fill="#3a6ea5"/>')
    parts.append(f'<text x="{x(0.5)}" y="{y(0) + 34}" text-anchor="middle">confidence ({len(ordered)} tickets)</text>')
    parts.append(f'<text x="{MARGIN}" y="{MARGIN - 8}">share that is right, 95 %</text>')
    edge = PLOT + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {edge} {edge}" width="{edge}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def main() -> None:
    """Structure the calls of every file and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path, nargs="+")
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--city", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--by-duty", action="store_true")
    parser.add_argument("--reliability", type=Path)
    args = parser.parse_args()
    score, city = load_score(args.scorer), load_city(args.city) if args.city else load_city()
    prepare(city)
    columns, times = {}, []
    judged: list[tuple[Line, Line, bool]] = []
    for path in args.calls:
        calls = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        tickets = {}
        for call in calls:
            before = time.process_time()
            tickets[call["id"]] = structure(Call.from_json(call), city).to_json()
            times.append(1000 * (time.process_time() - before))
        columns[f"{path.stem} ({len(calls)})"] = column(calls, tickets, score)
        for call in calls:
            right = score([call], tickets)[0]["dispatch_right"] == 1
            judged.append((call["gold"], tickets[call["id"]], right))
    table = ["| figure | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    table += [f"| {text} | " + " | ".join(c[name] for c in columns.values()) + " |" for name, text in SHOWN.items()]
    p95 = sorted(times)[round(0.95 * (len(times) - 1))]
    table += ["", f"A ticket takes {statistics.median(times):.1f} ms of CPU (median), {p95:.1f} ms (p95)."]
    if args.by_duty:
        table += ["", *by_duty(judged)]
    print("\n".join(table))
    if args.reliability:
        args.reliability.write_text(reliability(judged), "utf-8")
    if args.out:
        args.out.write_text("\n".join(table) + "\n", "utf-8")


if __name__ == "__main__":
    main()
