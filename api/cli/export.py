"""``hotline export``: what persons confirmed and set right, as training data."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from api.cli.keys import open_database
from api.settings import get_settings

if TYPE_CHECKING:
    from api.storage.unit_of_work import Database

app = typer.Typer(no_args_is_help=True, help="Training data from operators' work.")


@app.command()
def tickets(
    output: Annotated[Path, typer.Option("-o", "--output", help="File (JSONL) for `hotline train --confirmed`.")],
) -> None:
    """Write calls whose ticket a person concluded, without names and numbers."""
    from api.review.training_data import confirmed_calls

    with open_database() as database:
        number = _write(output, confirmed_calls(database))
        _audit(database, "tickets", number)
    Console(stderr=True).print(f"{number} confirmed calls in {output}", soft_wrap=True)


@app.command()
def turns(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for manifest.jsonl and the audio.")],
    without_flag: Annotated[
        bool, typer.Option(help="Also recordings whose system says nothing of consent (custom field consent).")
    ] = False,
) -> None:
    """Write recordings with corrected turns as a manifest for `hotline models tune`, where the caller consented."""
    from api.audio_store import open_audio_store
    from api.review.training_data import UnconvertibleError, corrected_recordings

    output.mkdir(parents=True, exist_ok=True)
    manifest = output / "manifest.jsonl"
    try:
        with open_database() as database:
            store = open_audio_store(get_settings())
            number = _write(manifest, corrected_recordings(database, store, output, without_flag=without_flag))
            _audit(database, "turns", number)
    except UnconvertibleError as error:
        Console(stderr=True).print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    Console(stderr=True).print(f"{number} recordings in {manifest}", soft_wrap=True)


def _audit(database: "Database", what: str, number: int) -> None:
    with database.transaction() as uow:
        uow.access.audit("command", "hotline export", f"export_{what}", what, {"number": number})


def _write(file: Path, lines: Iterable[Mapping[str, Any]]) -> int:
    number = 0
    with file.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            number += 1
    return number
