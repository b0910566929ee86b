#!/usr/bin/env python3
"""Trains the packaged choice among the days and hours that a call names, from calls with tickets.

Usage: train_occurrence.py CALLS.jsonl… [--out FILE.npz] [--folds N]

Each line of CALLS is a reference call with its ticket in ``gold``. The same calls give the same file. With --folds
nothing is written: each call is read by a choice that never saw it, and the share read right is shown for each file.
"""

import argparse
import json
import zlib
from pathlib import Path
from typing import Any

from tickets.call import Call
from tickets.conversation import Conversation
from tickets.fields import occurrence_choice
from tickets.fields.occurrence import read_occurrence
from tickets.fields.occurrence_training import train_choice

Known = tuple[Path, Conversation, dict[str, Any]]


def read(files: list[Path]) -> list[Known]:
    """The calls of all files with their tickets."""
    lines = [(file, line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        (file, Conversation(Call.from_json(call)), call["gold"]) for file, line in lines for call in [json.loads(line)]
    ]


def cross_validate(calls: list[Known], folds: int) -> None:
    """Show what is read right by choices that never saw the call."""
    right: dict[Path, list[bool]] = {file: [] for file, _, _ in calls}
    for fold in range(folds):
        parts: tuple[list[Known], list[Known]] = ([], [])
        for known in calls:
            parts[zlib.crc32(known[1].call.id.encode()) % folds == fold].append(known)
        choice = train_choice([(conversation, gold) for _, conversation, gold in parts[0]])
        for file, conversation, gold in parts[1]:
            if gold["disposition"] != "none":
                right[file].append(read_occurrence(conversation, choice).value == gold["occurred"])
    for file, hits in right.items():
        print(f"{file.stem:24} {sum(hits)} of {len(hits)}: {sum(hits) / max(1, len(hits)):.3f}")


def main() -> None:
    """Train on all calls and write the file, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=occurrence_choice.PACKAGED, help="the package when left out")
    parser.add_argument("--folds", type=int, help="cross-validate over so many parts instead")
    given = parser.parse_args()
    calls = read(given.calls)
    if given.folds:
        cross_validate(calls, given.folds)
        return
    occurrence_choice.save(
        train_choice([(conversation, gold) for _, conversation, gold in calls]), given.out, len(calls)
    )
    print(f"{given.out}: trained on {len(calls)} calls")


if __name__ == "__main__":
    main()
