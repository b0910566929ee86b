"""Trains the packaged models that read the detail of the place and the party from calls with their tickets.

Usage: train_field_models.py CALLS.jsonl… [--city DIR] [--out FILE.npz]

Each line of CALLS is a reference call with its ticket in ``gold``; the city is the one whose places the calls name.
What the models learn is the language, not the places: names of places are masked. The same calls give the same file.
"""

import argparse
import json
from pathlib import Path

from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.fields.tagging.store import PACKAGED, save
from tickets.fields.tagging.training import example, train


def main() -> None:
    """Train on all calls and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", nargs="+", type=Path)
    parser.add_argument("--city", type=Path, help="city folder; the sample city when left out")
    parser.add_argument("--out", type=Path, default=PACKAGED)
    given = parser.parse_args()
    gazetteer = Gazetteer(load_city(given.city))
    lines = [line for file in given.calls for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    examples = [example(json.loads(line), gazetteer) for line in lines]
    save(train(examples), given.out, len(examples))
    print(f"{given.out}: trained on {len(examples)} calls, {given.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
