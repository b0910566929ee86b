"""``hotline structure``: calls or transcripts to tickets."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from api.settings import Settings
    from tickets.city import City

EVERY = 200
Calls = Annotated[
    Path, typer.Argument(help="Reference calls or transcripts, one JSON object a line; - for standard input.")
]
Out = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where the tickets go; standard output when left out.")
]
CityFolder = Annotated[Path | None, typer.Option("--city", help="City folder; that of the settings when left out.")]


def structure(calls: Calls, output: Out = None, city: CityFolder = None) -> None:
    """Write the ticket of every call in a file: one ``{"id", "ticket"}`` a line."""
    from api.settings import get_settings
    from tickets.city import load_city
    from tickets.errors import CityError
    from tickets.structuring import prepare

    console = Console(stderr=True)
    settings = get_settings()
    try:
        loaded = load_city(city or settings.city_dir)
        with console.status("city"):
            prepared = prepare(loaded)
        if not prepared.models.calibration.weights:
            console.print("This city's models aren't calibrated: every ticket waits for review. Run hotline train.")
        reader = sys.stdin if str(calls) == "-" else calls.open(encoding="utf-8", errors="surrogateescape")
        writer = sys.stdout if output is None else output.open("w", encoding="utf-8")
    except (CityError, OSError) as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(1) from error
    failed = written = 0
    with contextlib.ExitStack() as stack:
        for stream, owned in ((reader, reader is not sys.stdin), (writer, output is not None)):
            if owned:
                stack.enter_context(stream)
        status = stack.enter_context(console.status("calls"))
        for number, line in enumerate(_lines(reader), 1):
            if not line.strip():
                continue
            try:
                writer.write(_ticket_line(line, loaded, settings) + "\n")
                writer.flush()
                written += 1
            except Exception as error:  # one bad call must not stop the rest
                failed += 1
                console.print(
                    f"{calls}:{number}: {error or type(error).__name__}", style="red", soft_wrap=True, markup=False
                )
            if number % EVERY == 0:
                status.update(f"{written} tickets")
    if failed:
        console.print(f"{failed} of {failed + written} calls failed", style="red")
        raise typer.Exit(1)


def _lines(reader: IO[str]) -> Iterator[str]:
    """Lines of a file; bytes that aren't UTF-8 come as lone surrogates, so that only their line fails."""
    yield from reader


def _ticket_line(line: str, city: "City", settings: "Settings") -> str:
    from tickets.call import Call
    from tickets.language_model_review.review import review
    from tickets.structuring import structure as structure_call

    try:
        data = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    call = Call.from_json(data)
    precision = settings.automatic_precision
    ticket = structure_call(call, city, precision=precision)
    ticket = review(ticket, call, city, settings.language_model(), precision=precision)
    return (
        json.dumps({"id": call.id, "ticket": ticket.to_json()}, ensure_ascii=False).encode("utf-8", "replace").decode()
    )
