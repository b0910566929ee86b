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
    from collections.abc import Sequence

    from dialect_models.card import Band
    from dialect_models.evaluation.bootstrap import Compared
    from dialect_models.evaluation.gating import Pair
    from dialect_models.evaluation.hearing import HeardUtterance
    from dialect_models.tuning.manifest import Utterance


def evaluate(  # noqa: PLR0917 — options of a command
    model: Annotated[str, typer.Argument(help="Card, folder or hub name.")],
    data: Annotated[list[Path], typer.Option(help="Recordings with their text: a manifest, or a published corpus.")],
    base: Annotated[str | None, typer.Option(help="Model to compare with; that of the settings when left out.")] = None,
    band: Annotated[str, typer.Option(help="16 (16 kHz), telephone (300-3400 Hz, 8 kHz, G.711), or both.")] = "16",
    dialect: Annotated[str | None, typer.Option(help="Only what is labelled with this dialect.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Character error by dialect, raw and with grammar words folded to Mandarin, with paired 95 % intervals.

    Every utterance is heard by the product's own recogniser, with its corrections, once by each model.
    """
    from dialect_models.card import CardError
    from dialect_models.corpora import read_corpora
    from dialect_models.tuning.manifest import ManifestError
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    base = base or get_settings().recognition().model
    try:
        utterances = tuple(u for u in read_corpora(data, dialect) if dialect is None or u.dialect == dialect)
        if not utterances:
            raise ManifestError(f"{', '.join(map(str, data))}: nothing to measure on.")
        rows = []
        for one in _bands(band):
            heard = [hear_all(console, name, utterances, one) for name in (base, model)]
            rows += _rows(heard[0], heard[1])
    except (ManifestError, WeightsError, CardError, OSError) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    if as_json:
        sys.stdout.write(json.dumps({"model": model, "base": base, "figures": rows}, ensure_ascii=False) + "\n")
        return
    table = Table("dialect", "band", "", base, model, "difference, 95 %", "recordings", "CPU-s/s", box=None)
    for row in rows:
        table.add_row(
            row["dialect"], row["band"], row["error"], _percent(row["base"]), _percent(row["candidate"]),
            _difference(row["difference"]), str(row["recordings"]), f"{row['cpu']:.2f}",
        )  # fmt: skip
    Console().print(table)


def hear_all(console: Console, model: str, utterances: "Sequence[Utterance]", band: "Band") -> "list[HeardUtterance]":
    """All utterances as a model hears them, with a progress bar."""
    from api.cli.hearing import transcriber
    from dialect_models.evaluation.hearing import hear

    transcribe = transcriber(identify=True)
    with Progress(console=console, transient=True) as bars:
        bar = bars.add_task(f"{model}, {band}", total=len(utterances))
        return list(
            hear(
                utterances,
                lambda samples: transcribe(model, samples),
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


def _rows(base: "Sequence[HeardUtterance]", candidate: "Sequence[HeardUtterance]") -> list[dict[str, Any]]:
    from dialect_models.evaluation.gating import Pair, compared

    pairs = [Pair(*both) for both in zip(base, candidate, strict=True)]
    labels = sorted({pair.base.utterance.dialect for pair in pairs})
    groups: list[tuple[str, list[Pair]]] = [
        (label, [pair for pair in pairs if pair.base.utterance.dialect == label]) for label in labels
    ]
    rows = []
    for label, own in groups:
        rows += [_row(label, "raw", own, compared(own)), _row(label, "folded", own, compared(own, label))]
    if len(groups) > 1:
        rows.append(_row("all", "raw", pairs, compared(pairs)))
    return rows


def _row(label: str, error: str, pairs: "Sequence[Pair]", figures: "Compared") -> dict[str, Any]:
    seconds = sum(pair.candidate.seconds for pair in pairs)
    cpu = sum(pair.candidate.cpu for pair in pairs) / max(seconds, 1e-9)
    return {"dialect": label, "band": pairs[0].base.band, "error": error, "cpu": cpu, **asdict(figures)}


def _percent(value: dict[str, float]) -> str:
    return f"{100 * value['value']:.1f} %"


def _difference(value: dict[str, float]) -> str:
    return f"{100 * value['value']:+.1f} ({100 * value['low']:+.1f} … {100 * value['high']:+.1f})"
