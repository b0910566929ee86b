"""``hotline city``: check a city folder, see what it would change, put it in force, go back."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from api.settings import get_settings

if TYPE_CHECKING:
    from api.storage.unit_of_work import Database
    from tickets.city.changes import Change
    from tickets.city.model import City
    from tickets.rerouting import Comparison, Destination

app = typer.Typer(no_args_is_help=True, help="The city: its duty list, departments and places, version by version.")
NEVER_CUT = 250
MOST_SHOWN = 40

Folder = Annotated[Path, typer.Argument(help="City folder.")]
Version = Annotated[str, typer.Argument(help="City folder, or a version that `hotline city versions` lists.")]
Tickets = Annotated[int, typer.Option("--tickets", min=0, help="How many of the database's last tickets to try it on.")]
Calls = Annotated[
    Path | None, typer.Option("--calls", help="Calls or transcripts (JSONL) to try it on, beside the last tickets.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Check a city folder: every error with file, line and what to do, then what is allowed but likely a mistake.

    Exits with 1 where there is an error.
    """
    from tickets.city.checking import check_city

    found = check_city(folder)
    if as_json:
        said = {
            name: [{"file": str(each.file), "line": each.line, "problem": each.problem} for each in each_kind]
            for name, each_kind in (("errors", found.errors), ("warnings", found.warnings))
        }
        typer.echo(json.dumps(said | {"version": found.city.version if found.city else None}, ensure_ascii=False))
    else:
        console = _console()
        for kind, style, problems in (("error", "red", found.errors), ("warning", "yellow", found.warnings)):
            for problem in problems:
                console.print(f"{kind}: {problem}", style=style, markup=False, soft_wrap=True)
        if found.city:
            city = found.city
            console.print(
                f"version {city.version}: {len(city.duties)} duties, {len(city.departments)} departments, "
                f"{len(city.places)} places, {len(city.wording)} utterances",
                soft_wrap=True,
            )
    if found.errors:
        raise typer.Exit(1)


@app.command()
def diff(old: Version, new: Version, tickets: Tickets = 200, calls: Calls = None, as_json: AsJson = False) -> None:
    """Show what changed from OLD to NEW, and which of the last tickets and of a file's calls would now go elsewhere."""
    with _refusing(), _database() as database:
        before, after = (_city_of(database, each) for each in (old, new))
        from tickets.city.changes import changes_between

        changes = changes_between(before, after)
        compared = _compared(database, before, after, tickets, calls)
        if as_json:
            typer.echo(json.dumps(_diff_json(before, after, changes, compared), ensure_ascii=False))
        else:
            _print_diff(_console(), before, after, changes, compared)


@app.command()
def activate(
    city: Version,
    tickets: Tickets = 200,
    calls: Calls = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before it is put in force.")] = False,
) -> None:
    """Put a city in force: check it, show its effect, keep a copy, and let workers and API take it for new calls.

    Nothing needs a restart but the recogniser's hot words. Tickets made before keep their version.
    """
    from api.cities.effect import figures
    from api.cities.versions import activate as put_in_force
    from tickets.city.changes import changes_between
    from tickets.city.loading import read_city

    console = _console()
    with _refusing(), _database() as database:
        after, start = _city_of(database, city), read_city(get_settings().city_dir)
        before = _in_force(database) or start
        compared = _compared(database, before, after, tickets, calls)
        _print_diff(console, before, after, changes_between(before, after), compared)
        _warn_uncalibrated(console, after)
        if not yes:
            typer.confirm(f"Put version {after.version} in force?", abort=True)
        with database.transaction() as uow:
            activation = put_in_force(uow, after, start, figures(compared))
    if activation is None:
        console.print(f"version {after.version} is in force already, with the same models")
        return
    console.print(f"version {after.version} is in force; `hotline city rollback` puts {before.version} back")


@app.command()
def rollback() -> None:
    """Put the version in force again that the present one took the place of; again goes one further back."""
    from api.cities.versions import roll_back

    with _refusing(), _database() as database, database.transaction() as uow:
        activation = roll_back(uow)
    _console().print(f"version {activation.version} is in force")


@app.command()
def versions(as_json: AsJson = False) -> None:
    """List all versions that are kept, newest first, and when each was put in force."""
    with _database() as database, database.reading() as uow:
        held, counts = uow.cities.in_force(), uow.cities.ticket_counts()
        activations = uow.cities.activations()
        rows = [
            {
                "version": row.version,
                "in_force": held is not None and held.version == row.version,
                "kept_since": f"{row.created_at:%Y-%m-%d %H:%M}",
                "put_in_force": [f"{a.activated_at:%Y-%m-%d %H:%M}" for a in activations if a.version == row.version],
                "tickets": counts.get(row.version, 0),
                "duties": row.duties,
                "departments": row.departments,
                "places": row.places,
            }
            for row in uow.cities.versions()
        ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    names = ("version", "in force", "kept since (UTC)", "put in force (UTC)", "tickets", "duties", "places")
    table = Table(*(Column(name, no_wrap=True) for name in names))
    for row in rows:
        times: Any = row["put_in_force"]
        table.add_row(
            str(row["version"]),
            "*" if row["in_force"] else "",
            str(row["kept_since"]),
            ", ".join(times),
            *(str(row[name]) for name in ("tickets", "duties", "places")),
        )
    _console().print(table)
    if held is None:
        _console().print("None was activated: the city of HOTLINE_CITY_DIR, else the sample city, is in force.")


def _console() -> Console:
    # A script or a pager reads the rest: a version is never cut.
    return Console(width=None if sys.stdout.isatty() else NEVER_CUT)


@contextmanager
def _refusing() -> Iterator[None]:
    """Say what is wrong and exit with 1."""
    from api.cities.versions import NoVersionBeforeError
    from tickets.errors import CityError

    try:
        yield
    except (CityError, NoVersionBeforeError, LookupError, OSError, ValueError) as error:
        message = error.args[0] if isinstance(error, LookupError) and error.args else error
        Console(stderr=True).print(str(message), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error


@contextmanager
def _database() -> "Iterator[Database]":
    from api.storage.database import upgrade
    from api.storage.unit_of_work import Database

    url = get_settings().database
    upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _city_of(database: "Database", named: str) -> "City":
    """The city of a folder, else of a kept version."""
    from api.cities.in_force import stored_city
    from tickets.city.checking import check_city

    folder = Path(named)
    if not folder.is_dir():
        with database.reading() as uow:
            if uow.cities.version(named) is None:
                raise LookupError(f"{named} is neither a folder nor a version; see `hotline city versions`")
            return stored_city(uow, get_settings().data_dir, named)
    found = check_city(folder)
    if found.city is None:
        raise ValueError("\n".join(map(str, found.errors)))
    return found.city


def _in_force(database: "Database") -> "City | None":
    from api.cities.in_force import stored_city

    with database.reading() as uow:
        held = uow.cities.in_force()
        return stored_city(uow, get_settings().data_dir, held.version) if held else None


def _compared(
    database: "Database", before: "City", after: "City", tickets: int, file: Path | None
) -> "list[Comparison]":
    from api.cities.effect import calls_of_file, last_calls
    from tickets.rerouting import compare

    calls = chain(last_calls(database, tickets) if tickets else (), calls_of_file(file) if file else ())
    with Console(stderr=True).status("calls"):
        return list(compare(calls, before, after, precision=get_settings().automatic_precision))


def _warn_uncalibrated(console: Console, city: "City") -> None:
    from tickets.structuring import prepare

    if not prepare(city).models.calibration.weights:
        console.print(
            "This city's models aren't calibrated: every ticket will wait for review. Run `hotline train` on it first.",
            style="yellow",
            soft_wrap=True,
        )


def _diff_json(
    before: "City", after: "City", changes: "Sequence[Change]", compared: "Sequence[Comparison]"
) -> dict[str, Any]:
    from api.cities.effect import figures

    return {
        "before": before.version,
        "after": after.version,
        "changes": [asdict(change) for change in changes],
        "effect": figures(compared),
        "moved": [asdict(item) for item in compared if item.moved],
    }


def _print_diff(
    console: Console, before: "City", after: "City", changes: "Sequence[Change]", compared: "Sequence[Comparison]"
) -> None:
    from api.cities.effect import figures

    console.print(f"{before.version} → {after.version}: {len(changes)} entries differ")
    for change in changes[:MOST_SHOWN]:
        console.print(f"  {change.kind} {change.subject} {change.name}", markup=False, soft_wrap=True)
        for field, old, new in change.values:
            console.print(f"    {field}: {old or '—'} → {new or '—'}", markup=False, soft_wrap=True)
    if len(changes) > MOST_SHOWN:
        console.print(f"  … and {len(changes) - MOST_SHOWN} more; --json of `hotline city diff` has all")
    counts = figures(compared)
    console.print(
        f"Of {counts['compared']} calls {counts['moved']} would now go elsewhere; {counts['now_reviewed']} that went "
        f"out by themselves would wait for a person, {counts['now_automatic']} the reverse.",
        soft_wrap=True,
    )
    moved = [item for item in compared if item.moved]
    if moved:
        table = Table("call", "from", "to")
        for item in moved[:MOST_SHOWN]:
            table.add_row(item.call_id, _said(item.before), _said(item.after))
        console.print(table)
    if len(moved) > MOST_SHOWN:
        console.print(f"… and {len(moved) - MOST_SHOWN} more")


def _said(destination: "Destination") -> str:
    """A destination in a line: the duty, who leads or takes over, who assists."""
    who = "".join(destination.lead) or "、".join(destination.handover) or destination.disposition
    assists = f"（协办：{'、'.join(destination.co_handlers)}）" if destination.co_handlers else ""
    return f"{destination.category or '—'} {who}{assists}"
