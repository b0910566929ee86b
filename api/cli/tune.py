"""``hotline models tune``: tune a speech model on recordings with their text."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import TextColumn

from api.settings import get_settings

if TYPE_CHECKING:
    from dialect_models.tuning.label_writing import Writing
    from dialect_models.tuning.manifest import Utterance
    from dialect_models.tuning.training import Parts, Progress, TuningOptions

STRENGTHS = (0.25, 0.5, 0.75, 1.0)
"""What ``--strength auto`` tries."""

_BARS = "▁▂▃▄▅▆▇█"


def tune(  # noqa: PLR0917 — options of a command
    data: Annotated[
        list[Path], typer.Option(help="Recordings with their text: a manifest, or a corpus as it was published.")
    ],
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
    replay: Annotated[
        list[Path] | None, typer.Option(help="Recordings in Mandarin to mix in, so that it is not forgotten.")
    ] = None,
    replay_share: Annotated[float, typer.Option(min=0, max=0.9, help="Share of clips that are replay.")] = 0.2,
    non_speech: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of clips that are silence, noise, tones and hold music.")
    ] = 0.1,
    labels: Annotated[
        str,
        typer.Option(
            help="How texts are written: auto (the likelier script), simplified, traditional, simplified-folded, "
            "traditional-folded (grammar words as Mandarin ones)."
        ),
    ] = "auto",
    epochs: Annotated[float, typer.Option(min=0.01)] = 4.0,
    rank: Annotated[int, typer.Option(min=1)] = 32,
    learning_rate: Annotated[float, typer.Option(min=0.0)] = 5e-4,
    telephone: Annotated[float, typer.Option(min=0, max=1, help="Share of clips sent through a line first.")] = 0.0,
    distillation: Annotated[float, typer.Option(min=0, max=1, help="Weight of staying near the base model.")] = 0.0,
    heat: Annotated[
        float, typer.Option(min=0, max=2, help="How far augmentation goes: speeds, noise, what is blanked.")
    ] = 1.0,
    parts: Annotated[str, typer.Option(help="What learns: both, or the decoder alone (a third of the time).")] = "both",
    prompt: Annotated[str, typer.Option(help="What the model is told came before, here and whenever it is used.")] = "",
    validate_every: Annotated[int, typer.Option(min=1, help="Steps between two looks at the held-out.")] = 60,
    strength: Annotated[
        str, typer.Option(help="Between the base model (0) and the tuned (1), or auto: what the held-out say.")
    ] = "1.0",
    seeds: Annotated[int, typer.Option(min=1, help="Runs that differ by their seed.")] = 1,
    combine: Annotated[str, typer.Option(help="Of several runs: average, or the best on the held-out.")] = "average",
    seed: int = 0,
    device: str = "cpu",
) -> None:
    """Tune a speech model on recordings with their text; a run that was killed goes on where it was.

    The folder is then a model for ``--model``. Needs the packages of the extra ``tune``.
    """
    from dataclasses import replace

    from dialect_models.adapter import AdapterError
    from dialect_models.card import CardError
    from dialect_models.catalogue import resolve
    from dialect_models.corpora import read_corpora
    from dialect_models.ctranslate2_file import ModelFileError
    from dialect_models.tuning.manifest import ManifestError, held_out_by_default, refuse_unknown, split_by_recording
    from dialect_models.tuning.training import TuningError, TuningOptions
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    asked = TuningOptions(
        rank=rank, epochs=epochs, learning_rate=learning_rate, telephone=telephone, distillation=distillation,
        replay=replay_share, non_speech=non_speech, heat=heat, parts=parse_parts(parts), validate_every=validate_every,
        seed=seed, device=device, threads=get_settings().threads,
    )  # fmt: skip
    try:
        fixed = None if strength == "auto" else _strength(strength)
        way = _combination(combine)
        found = resolve(base, get_settings().models_path)
        folder = Path(found.location)
        options = replace(asked, prompt=found.decoding.prompt if prompt is None else prompt)
        utterances = tuple(u for u in read_corpora(data, dialect) if dialect is None or u.dialect == dialect)
        refuse_unknown(utterances, leave_out or ())
        utterances = tuple(u for u in utterances if u.recording not in (leave_out or ()))
        held_out = held_out_by_default(utterances) if hold_out is None else frozenset(hold_out) - {""}
        training, validation = split_by_recording(utterances, held_out)
        kept = read_corpora(replay or [], "mandarin")
        writing = choose_writing(console, labels, folder, training)
        runs = [
            _run(
                console, folder, (training, validation, kept), out,
                options=replace(options, seed=seed + number), seeds=seeds, writing=writing,
            )
            for number in range(seeds)
        ]  # fmt: skip
        done = _finish(
            console, base=base, folder=folder, runs=runs, way=way, fixed=fixed, data=(training, validation, kept),
            out=out, dialect=dialect, writing=writing, prompt=options.prompt,
        )  # fmt: skip
        console.print(done, soft_wrap=True)
    except ImportError as error:
        console.print("Tuning needs more packages: pip install -c constraints.txt -e '.[tune]'", style="red")
        raise typer.Exit(1) from error
    except (WeightsError, CardError, ManifestError, AdapterError, ModelFileError, TuningError, OSError) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error


def _strength(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise typer.BadParameter(f"--strength is {text!r}; write a number from 0 to 1, or auto") from error
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"--strength is {value}; write a number from 0 to 1, or auto")
    return value


def _combination(text: str) -> Literal["average", "best"]:
    if text == "average":
        return "average"
    if text == "best":
        return "best"
    raise typer.BadParameter(f"--combine is {text!r}; write average or best")


def parse_parts(text: str) -> "Parts":
    """What of the model learns; :class:`typer.BadParameter` where it is neither."""
    if text == "both":
        return "both"
    if text == "decoder":
        return "decoder"
    raise typer.BadParameter(f"--parts is {text!r}; write both or decoder")


def choose_writing(console: Console, labels: str, base: Path, training: "Sequence[Utterance]") -> "Writing":
    """The writing that was asked for, or the likelier one, with the figures shown."""
    from dialect_models.tuning.label_writing import WRITINGS, Writing, choose, likelihoods

    by_name = {writing.name: writing for writing in WRITINGS}
    if labels in by_name:
        return by_name[labels]
    if labels != "auto":
        raise typer.BadParameter(f"--labels is {labels!r}; write auto or one of {', '.join(by_name)}")
    if not training:
        return Writing()
    with console.status("how the base model would write these texts"):
        found = likelihoods(base, training, get_settings().threads)
    chosen = choose(found)
    shown = ", ".join(f"{writing.name} {value:.1f}" for writing, value in found.items())
    console.print(f"labels in {chosen.name}: nats a clip under the base model: {shown}")
    return chosen


def _run(
    console: Console,
    base: Path,
    data: "tuple[Sequence[Utterance], Sequence[Utterance], Sequence[Utterance]]",
    out: Path,
    *,
    options: "TuningOptions",
    seeds: int,
    writing: "Writing",
) -> Path:
    """One run with its progress and loss curve; the adapter."""
    from dialect_models.tuning.label_writing import written
    from dialect_models.tuning.training import tune as tune_model

    training, validation = (written(part, writing) for part in data[:2])
    losses: list[float] = []
    columns = (*RichProgress.get_default_columns(), TextColumn("{task.fields[loss]}"))
    with RichProgress(*columns, console=console) as bars:
        bar = bars.add_task("tuning" if seeds == 1 else f"tuning, seed {options.seed}", total=None, loss="")

        def report(done: "Progress") -> None:
            losses.append(done.loss)
            loss = f"loss {done.loss:.3f} {_sparkline(losses)}"
            loss += f", held out {done.validation:.3f}" if done.validation else ""
            bars.update(bar, total=done.steps, completed=done.step, loss=loss)
            if done.validation is not None:
                console.print(f"step {done.step}: {loss}")

        folder = out if seeds == 1 else out / f"seed-{options.seed}"
        return tune_model(base, training, validation, folder, replay=data[2], options=options, progress=report)


def _sparkline(values: Sequence[float], width: int = 20) -> str:
    """A curve in one line of text, the highest value a full block."""
    step = max(1, -(-len(values) // width))
    shown = values[::step]
    top, low = max(shown), min(shown)
    return "".join(_BARS[round((len(_BARS) - 1) * (value - low) / (top - low or 1))] for value in shown)


def _finish(
    console: Console,
    *,
    base: str,
    folder: Path,
    runs: Sequence[Path],
    way: Literal["average", "best"],
    fixed: float | None,
    data: "tuple[Sequence[Utterance], Sequence[Utterance], Sequence[Utterance]]",
    out: Path,
    dialect: str | None,
    writing: "Writing",
    prompt: str,
) -> str:
    """Combine the runs, apply them at the strength, leave a model with its card and record."""
    from dialect_models.card import CARD_FILE, DecodingSettings, ModelCard, write_card
    from dialect_models.tuning.combining import combine_runs, likeliest_strength
    from dialect_models.tuning.label_writing import written
    from dialect_models.tuning.run_record import RunRecord, write_record
    from dialect_models.tuning.training import LOG, write_tuned

    training, validation, _ = data
    adapter = combine_runs(runs, out, way)
    strength = fixed
    if strength is None:
        strength, found = likeliest_strength(folder, adapter, written(validation, writing), STRENGTHS, prompt)
        console.print("held-out log-probability by strength: " + json.dumps(found))
    write_tuned(folder, adapter, out, strength)
    labels = sorted({u.dialect for u in training})
    card = ModelCard(
        out.name, "speech", f"Tuned from {base}; not yet through the gate.", "that of the base and of the recordings",
        base, dialects=(dialect,) if dialect else tuple(labels), decoding=DecodingSettings(writing.script, prompt),
    )  # fmt: skip
    write_card(card, out / CARD_FILE)
    record = RunRecord(
        base,
        dialect or ",".join(labels),
        tuple(sorted({u.recording for part in data for u in part})),
        round(sum(u.end - u.start for u in training) / 60, 2),
        strength,
        tuple(range(len(runs))),
    )
    write_record(record, out)
    if len(runs) > 1:
        (out / LOG).write_bytes((runs[0].parent / LOG).read_bytes())
    return f"{out}: tuned model, adapter {adapter.name}, strength {strength}, {record.minutes} minutes of audio"
