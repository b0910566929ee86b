"""``hotline models evaluate``: how well a model hears recordings with their text, beside another."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asr.diarization.source import Samples
    from dialect_models.card import Band
    from dialect_models.evaluation.bootstrap import Interval
    from dialect_models.evaluation.hearing import HeardUtterance, Transcribed
    from dialect_models.evaluation.picture import ModelCost, Row
    from dialect_models.tuning.manifest import Utterance


def evaluate(  # noqa: PLR0917 — options of a command
    model: Annotated[str, typer.Argument(help="Card, folder or hub name.")],
    data: Annotated[list[Path], typer.Option(help="Recordings with their text: a manifest, or a published corpus.")],
    base: Annotated[str | None, typer.Option(help="Model to compare with; that of the settings when left out.")] = None,
    band: Annotated[str, typer.Option(help="16 (16 kHz), telephone (300-3400 Hz, 8 kHz, G.711), or both.")] = "16",
    dialect: Annotated[str | None, typer.Option(help="Only what is labelled with this dialect.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the JSON; a picture (SVG) is drawn beside it.")
    ] = None,
) -> None:
    """Character error by dialect, raw and with grammar words folded to Mandarin, with paired 95 % intervals.

    Every utterance is heard by the product's own recogniser, with its corrections, once by each model. Cost is CPU
    seconds a second of audio, and the most memory that the process held while the model was loaded and heard.
    """
    from dialect_models.card import CardError
    from dialect_models.corpora import read_corpora
    from dialect_models.evaluation.picture import draw
    from dialect_models.tuning.manifest import ManifestError
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    base = base or get_settings().recognition().model
    try:
        utterances = tuple(u for u in read_corpora(data, dialect) if dialect is None or u.dialect == dialect)
        if not utterances:
            raise ManifestError(f"{', '.join(map(str, data))}: nothing to measure on.")
        rows: list[Row] = []
        costs: list[ModelCost] = []
        for one in _bands(band):
            before, own = _heard_at_cost(console, base, utterances, one)
            after, other = _heard_at_cost(console, model, utterances, one)
            rows += _rows(before, after)
            costs += [own, other]
        found = _summary(model, base, rows, costs)
        if out:
            out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            out.with_suffix(".svg").write_text(draw(base, model, rows, costs) + "\n", encoding="utf-8")
    except (ManifestError, WeightsError, CardError, OSError) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return
    table = Table("dialect", "band", "", base, model, "difference, 95 %", "recordings", box=None)
    for row in rows:
        figures = row.figures
        table.add_row(
            row.dialect, row.band, row.error, _percent(figures.base), _percent(figures.candidate),
            _difference(figures.difference), str(figures.recordings),
        )  # fmt: skip
    Console().print(table)
    for cost in costs:
        Console().print(
            f"{cost.model}, {cost.band}: {cost.cpu_per_second:.2f} CPU-s a second of audio, peak {cost.peak_mb:.0f} MB",
            soft_wrap=True,
        )


def _heard_at_cost(
    console: Console, model: str, utterances: "Sequence[Utterance]", band: "Band"
) -> "tuple[list[HeardUtterance], ModelCost]":
    from dialect_models.evaluation.cost import measured
    from dialect_models.evaluation.picture import ModelCost

    with measured() as cost:
        heard = hear_all(console, model, utterances, band)
    seconds = sum(one.seconds for one in heard)
    return heard, ModelCost(model, band, sum(one.cpu for one in heard) / max(seconds, 1e-9), cost.peak_mb)


def _summary(model: str, base: str, rows: "Sequence[Row]", costs: "Sequence[ModelCost]") -> dict[str, Any]:
    figures = [{"dialect": row.dialect, "band": row.band, "error": row.error, **asdict(row.figures)} for row in rows]
    return {"model": model, "base": base, "figures": figures, "costs": [asdict(cost) for cost in costs]}


def hear_all(
    console: Console,
    model: str,
    utterances: "Sequence[Utterance]",
    band: "Band",
    transcribe: "Callable[[str, Samples], Transcribed] | None" = None,
) -> "list[HeardUtterance]":
    """All utterances as a model hears them, with a progress bar; by a recogniser of its own unless one is given."""
    from api.cli.hearing import transcriber
    from dialect_models.evaluation.hearing import hear

    by = transcribe or transcriber(identify=True)
    with Progress(console=console, transient=True) as bars:
        bar = bars.add_task(f"{model}, {band}", total=len(utterances))
        return list(
            hear(
                utterances,
                lambda samples: by(model, samples),
                band,
                lambda done, whole: bars.update(bar, completed=done, total=whole),
            )
        )


def _bands(text: str) -> "tuple[Band, ...]":
    choices: dict[str, tuple[Band, ...]] = {
        "16": ("16 kHz",),
        "telephone": ("telephone",),
        "both": ("16 kHz", "telephone"),
    }
    if text not in choices:
        raise typer.BadParameter(f"--band is {text!r}; write {', '.join(choices)}")
    return choices[text]


def _rows(base: "Sequence[HeardUtterance]", candidate: "Sequence[HeardUtterance]") -> "list[Row]":
    from dialect_models.evaluation.gating import Pair, compared
    from dialect_models.evaluation.picture import Row

    pairs = [Pair(*both) for both in zip(base, candidate, strict=True)]
    band = pairs[0].base.band
    labels = sorted({pair.base.utterance.dialect for pair in pairs})
    rows = []
    for label in labels:
        own = [pair for pair in pairs if pair.base.utterance.dialect == label]
        rows += [Row(label, band, "raw", compared(own)), Row(label, band, "folded", compared(own, label))]
    if len(labels) > 1:
        rows.append(Row("all", band, "raw", compared(pairs)))
    return rows


def _percent(value: "Interval") -> str:
    return f"{100 * value.value:.1f} %"


def _difference(value: "Interval") -> str:
    return f"{100 * value.value:+.1f} ({100 * value.low:+.1f} … {100 * value.high:+.1f})"
