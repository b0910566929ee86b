"""``hotline train``: a city's classifiers from its duty list, wording and confirmed calls."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.settings import get_settings

if TYPE_CHECKING:
    from tickets.call import Call
    from tickets.city import City
    from tickets.classification.store import Comparison
    from tickets.classification.validation import Figures, Validation

CONFUSIONS = 30

Folder = Annotated[Path | None, typer.Argument(help="City folder; that of the settings when left out.")]
Confirmed = Annotated[
    Path | None,
    typer.Option(
        "--confirmed", help="Calls (JSONL) whose gold or ticket a person confirmed; they join the city's folder."
    ),
]
Against = Annotated[
    Path | None, typer.Option("--leaks", help="Calls (JSONL) to be tested on: stop where the wording repeats them.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the old models though they did better.")]


def train(
    city: Folder = None,
    confirmed: Confirmed = None,
    leaks: Against = None,
    as_json: AsJson = False,
    force: Force = False,
) -> None:
    """Train and calibrate a city's models, report what they reach on held-out wording, and put them into its folder."""
    from tickets.city import load_city
    from tickets.city.gazetteer import Gazetteer
    from tickets.classification.store import (
        FOLDER,
        compare,
        read_stories,
        with_calibration,
        with_conventions,
        write_models,
    )
    from tickets.classification.training import train_classifiers
    from tickets.classification.validation import figures_of, validate
    from tickets.errors import CallError, CityError

    console = Console(stderr=True)
    settings = get_settings()
    try:
        loaded = load_city(city or settings.city_dir)
        if confirmed is not None:
            loaded = _learn(console, loaded, confirmed)
        if leaks is not None:
            _refuse_leaks(console, loaded, leaks)
        with console.status("training"):
            validation = validate(loaded, Gazetteer(loaded))
            figures = figures_of(loaded, validation, settings.automatic_precision)
            folder = _folder(loaded) / FOLDER
            comparison = compare(read_stories(folder), validation.utterances)
            replaced = force or not comparison.worse
            if replaced:
                models = with_conventions(with_calibration(train_classifiers(loaded), validation), loaded)
                write_models(folder, loaded, models, validation, figures)
    except (CityError, CallError, OSError, ValueError) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    report = _report(loaded, validation, figures, comparison)
    if as_json:
        typer.echo(json.dumps(report | {"replaced": replaced}, ensure_ascii=False))
    else:
        _print(Console(), loaded, report)
    if not replaced:
        console.print(
            f"The models in {folder} stay: of {comparison.both} utterances that both were tested on, "
            f"{comparison.only_before} were right only by them, {comparison.only_now} only by the new ones. "
            "--force replaces them.",
            style="red",
            soft_wrap=True,
            markup=False,
        )
        raise typer.Exit(1)
    console.print(f"models in {folder}", soft_wrap=True, markup=False)


def _folder(city: "City") -> Path:
    if city.folder is None:
        raise ValueError("this city was not read from a folder")
    return city.folder


def _calls(file: Path) -> "list[tuple[Call, dict[str, Any]]]":
    from tickets.call import Call
    from tickets.errors import CallError

    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            data = json.loads(line)
            found.append((Call.from_json(data), data))
        except (ValueError, CallError) as error:
            raise ValueError(f"{file}:{number}: {error}") from error
    return found


def _learn(console: Console, city: "City", file: Path) -> "City":
    """The city with the confirmed calls in its folder."""
    from tickets.city import load_city
    from tickets.classification.confirmed import add_confirmed

    lines = [data for _, data in _calls(file)]
    added = add_confirmed(city, lines)
    console.print(f"{len(added)} of {len(lines)} calls are new")
    return load_city(city.folder)


def _refuse_leaks(console: Console, city: "City", file: Path) -> None:
    from tickets.classification.confirmed import confirmed_calls
    from tickets.classification.leaks import find_leaks

    confirmed = [(item.code, item.wording) for item in confirmed_calls(city)]
    found = find_leaks((*city.wording, *confirmed), [call for call, _ in _calls(file)])
    for leak in found:
        console.print(f"{leak.code}: {leak.share:.0%} in {leak.call}: {leak.text}", soft_wrap=True, markup=False)
    if found:
        raise ValueError(f"{len(found)} utterances repeat calls of {file}; take them out of the wording")


def _report(
    city: "City", validation: "Validation", figures: "Figures | None", comparison: "Comparison"
) -> dict[str, Any]:
    from tickets.classification.validation import confusions

    by_duty: dict[str, dict[str, int]] = {}
    for kind, items in (
        ("utterances", validation.utterances.values()),
        ("calls", (*validation.calls, *validation.confirmed)),
    ):
        for item in items:
            row = by_duty.setdefault(item.code, {"utterances": 0, "utterances_right": 0, "calls": 0, "calls_right": 0})
            row[kind] += 1
            row[f"{kind}_right"] += item.guessed == item.code
    return {
        "city_version": city.version,
        "figures": asdict(figures) if figures else None,
        "calibrated": bool(validation.calibration.weights),
        "compared": asdict(comparison),
        "by_duty": dict(sorted(by_duty.items())),
        "confusions": [{"code": code, "given": given, "count": count} for code, given, count in confusions(validation)],
    }


def _print(console: Console, city: "City", report: dict[str, Any]) -> None:
    if report["figures"] is None:
        console.print("Too little wording to test on: every ticket waits for an operator until calls are confirmed.")
        return
    names = {duty.code: duty.level2 for duty in city.duties}
    # Shares, but for how many confirmed calls were judged.
    figures = [
        (name, f"{each:.1%}" if isinstance(each, float) else f"{each}") for name, each in report["figures"].items()
    ]
    console.print(_table("Held-out wording", ("figure", "value"), figures))
    rows = sorted(report["by_duty"].items(), key=lambda item: _share(item[1]["calls_right"], item[1]["calls"]))
    console.print(
        _table(
            "Right by duty, worst first",
            ("duty", "matter", "calls", "utterances"),
            [
                (
                    code,
                    names.get(code, ""),
                    f"{row['calls_right']}/{row['calls']}",
                    f"{row['utterances_right']}/{row['utterances']}",
                )
                for code, row in rows
            ],
        )
    )
    console.print(
        _table(
            "Most confused",
            ("duty", "taken for", "times"),
            [
                (
                    f"{item['code']} {names.get(item['code'], '')}",
                    f"{item['given']} {names.get(item['given'], '')}",
                    str(item["count"]),
                )
                for item in report["confusions"][:CONFUSIONS]
            ],
        )
    )


def _share(right: int, of: int) -> float:
    return right / of if of else 1.0


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    return table
