"""``hotline models``: fetch and check the files of models."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import TextColumn

from api.cli.identify_train import identify_train
from api.settings import get_settings

if TYPE_CHECKING:
    from dialect_models.card import ModelCard
    from dialect_models.tuning.training import Progress

app = typer.Typer(no_args_is_help=True, help="Speech, segmentation and embedding models.")

app.command()(identify_train)

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


@app.command()
def tune(  # noqa: PLR0917 — options of a command
    data: Annotated[Path, typer.Option(help="Manifest: reviewed calls or clips with their text, a recording a line.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the tuned model and the run's state.")],
    base: Annotated[str, typer.Option(help="Card of the model to start from.")] = "whisper-base",
    dialect: Annotated[str | None, typer.Option(help="Only what is labelled with this dialect.")] = None,
    hold_out: Annotated[
        list[str] | None,
        typer.Option(help="Recordings to judge by while tuning; a tenth of them when not said, '' for none."),
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Recordings to leave out altogether, to measure the tuned model on.")
    ] = None,
    epochs: Annotated[float, typer.Option(min=0.01)] = 4.0,
    rank: Annotated[int, typer.Option(min=1)] = 32,
    learning_rate: Annotated[float, typer.Option(min=0.0)] = 5e-4,
    telephone: Annotated[float, typer.Option(min=0, max=1, help="Share of clips sent through a line first.")] = 0.0,
    distillation: Annotated[float, typer.Option(min=0, max=1, help="Weight of staying near the base model.")] = 0.0,
    strength: Annotated[float, typer.Option(min=0, max=1, help="Between the base model (0) and the tuned (1).")] = 1.0,
    seed: int = 0,
    device: str = "cpu",
) -> None:
    """Tune a speech model on recordings with their text; a run that was killed goes on where it was.

    The folder is then a model for ``--model``. Needs the packages of the extra ``tune``.
    """
    from dialect_models.adapter import AdapterError
    from dialect_models.card import CardError
    from dialect_models.catalogue import resolve
    from dialect_models.ctranslate2_file import ModelFileError
    from dialect_models.tuning.manifest import (
        ManifestError,
        held_out_by_default,
        read_manifest,
        refuse_unknown,
        split_by_recording,
    )
    from dialect_models.tuning.training import TuningError, TuningOptions, write_tuned
    from dialect_models.tuning.training import tune as tune_model
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    options = TuningOptions(
        rank=rank, epochs=epochs, learning_rate=learning_rate, telephone=telephone, distillation=distillation,
        seed=seed, device=device, threads=get_settings().threads,
    )  # fmt: skip
    try:
        folder = Path(resolve(base, get_settings().models_path).location)
        utterances = tuple(u for u in read_manifest(data) if dialect is None or u.dialect == dialect)
        refuse_unknown(utterances, leave_out or ())
        utterances = tuple(u for u in utterances if u.recording not in (leave_out or ()))
        held_out = held_out_by_default(utterances) if hold_out is None else frozenset(hold_out) - {""}
        training, validation = split_by_recording(utterances, held_out)
        columns = (*RichProgress.get_default_columns(), TextColumn("{task.fields[loss]}"))
        with RichProgress(*columns, console=console) as bars:
            bar = bars.add_task("tuning", total=None, loss="")

            def report(done: "Progress") -> None:
                loss = f"loss {done.loss:.3f}" + (f", held out {done.validation:.3f}" if done.validation else "")
                bars.update(bar, total=done.steps, completed=done.step, loss=loss)
                if done.validation is not None:
                    console.print(f"step {done.step}: {loss}")

            adapter = tune_model(folder, training, validation, out, options=options, progress=report)
        write_tuned(folder, adapter, out, strength)
    except ImportError as error:
        console.print("Tuning needs more packages: pip install -c constraints.txt -e '.[tune]'", style="red")
        raise typer.Exit(1) from error
    except (WeightsError, CardError, ManifestError, AdapterError, ModelFileError, TuningError, OSError) as error:
        raise typer.Exit(_fail(console, error)) from error
    console.print(f"{out}: tuned model, adapter {adapter.name}")


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
