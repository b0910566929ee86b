"""Trains the packaged models that choose the place of the matter, its detail and the party from calls with tickets.

Usage: train_field_models.py CALLS.jsonl… [--city DIR] [--out FOLDER]

Each line of CALLS is a reference call with its ticket in ``gold``; the city is the one whose places the calls name.
What the models learn is the language, not the places: names of places are masked. The same calls give the same files.
"""

import argparse
import json
from pathlib import Path

from tickets.call import Call
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields import place_choice
from tickets.fields.place_training import train_choice
from tickets.fields.tagging import store
from tickets.fields.tagging.training import examples_of, train


def main() -> None:
    """Train on all calls and write the files; the fields are learnt with places chosen as in calls never seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", nargs="+", type=Path)
    parser.add_argument("--city", type=Path, help="city folder; the sample city when left out")
    parser.add_argument("--out", type=Path, help="the package when left out")
    given = parser.parse_args()
    choice_file, fields_file = (
        (given.out / file.name) if given.out else file for file in (place_choice.PACKAGED, store.PACKAGED)
    )
    gazetteer = Gazetteer(load_city(given.city))
    lines = [line for file in given.calls for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    calls = [(Conversation(Call.from_json(data)), data["gold"]) for data in map(json.loads, lines)]
    choice = train_choice(calls, gazetteer)
    place_choice.save(choice, choice_file, len(calls))
    store.save(train(examples_of(calls, gazetteer)), fields_file, len(calls))
    print(f"{choice_file}, {fields_file}: trained on {len(calls)} calls")


if __name__ == "__main__":
    main()
