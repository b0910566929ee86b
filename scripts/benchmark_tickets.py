#!/usr/bin/env python3
"""Measures tickets on reference calls, with intervals: a column a file.

    benchmark_tickets.py CALLS.jsonl… --scorer SCORER.py [--city DIR] [--out TABLE]

SCORER is a Python file with ``score(calls, tickets)`` that gives figures by name, as the specification's does.
Intervals (95 %) are bootstrapped over calls.
"""

import argparse
import importlib.util
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

from tickets.call import Call
from tickets.city import load_city
from tickets.structuring import prepare, structure

RESAMPLES = 400
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


def main() -> None:
    """Structure the calls of every file and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path, nargs="+")
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--city", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    score, city = load_score(args.scorer), load_city(args.city) if args.city else load_city()
    prepare(city)
    columns, times = {}, []
    for path in args.calls:
        calls = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        tickets = {}
        for call in calls:
            before = time.process_time()
            tickets[call["id"]] = structure(Call.from_json(call), city).to_json()
            times.append(1000 * (time.process_time() - before))
        columns[f"{path.stem} ({len(calls)})"] = column(calls, tickets, score)
    table = ["| figure | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    table += [f"| {text} | " + " | ".join(c[name] for c in columns.values()) + " |" for name, text in SHOWN.items()]
    p95 = sorted(times)[round(0.95 * (len(times) - 1))]
    table += ["", f"A ticket takes {statistics.median(times):.1f} ms of CPU (median), {p95:.1f} ms (p95)."]
    print("\n".join(table))
    if args.out:
        args.out.write_text("\n".join(table) + "\n", "utf-8")


if __name__ == "__main__":
    main()
