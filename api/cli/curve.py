"""``hotline models curve``: how far error falls with the minutes tuned on, and how many more a city would need."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli.evaluate import hear_all
from api.cli.tune import choose_writing, parse_parts
from api.settings import get_settings

if TYPE_CHECKING:
    from dialect_models.card import Script
    from dialect_models.catalogue import ResolvedModel
    from dialect_models.evaluation.bootstrap import Interval
    from dialect_models.evaluation.curve_picture import Curve
    from dialect_models.evaluation.hearing import HeardUtterance
    from dialect_models.evaluation.power_law import PowerLaw
    from dialect_models.tuning.manifest import Utterance
    from dialect_models.tuning.training import Progress, TuningOptions

PICTURE = "curve.svg"
TARGETS = (0.8, 0.5)
"""Shares of the base's error to extrapolate to: a fifth less, half."""


def curve(  # noqa: PLR0917 — options of a command
    data: Annotated[list[Path], typer.Option(help="Recordings with their text, as for tune.")],
    dialect: Annotated[str, typer.Option(help="Label of the dialect.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the figures, the picture and work done so far.")],
    base: Annotated[str, typer.Option(help="Card of the model to start from.")] = "whisper-base",
    shares: Annotated[str, typer.Option(help="Shares of the recordings to train on.")] = "0.333,0.667,1",
    folds: Annotated[int, typer.Option(min=2, help="Parts of the recordings; each is left out once.")] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Steps of every run, however much it trains on.")] = 100,
    labels: Annotated[str, typer.Option(help="As for tune.")] = "auto",
    prompt: Annotated[str | None, typer.Option(help="As for tune.")] = None,
    rank: Annotated[int, typer.Option(min=1)] = 16,
    learning_rate: Annotated[float, typer.Option(min=0.0)] = 3e-4,
    telephone: Annotated[float, typer.Option(min=0, max=1, help="As for tune.")] = 0.0,
    heat: Annotated[float, typer.Option(min=0, max=2, help="As for tune.")] = 1.0,
    parts: Annotated[str, typer.Option(help="As for tune.")] = "both",
    keep: Annotated[bool, typer.Option("--keep", help="Keep the models that were trained on all shares.")] = False,
) -> None:
    """Tune on shares of the recordings, hear those left out, fit a power law, and say how much more is needed.

    Cross-validated by recording: every recording is heard by models that never saw it. Work that is done is kept in the
    folder; a run that was killed goes on with the next model. Curves of other dialects in the folder are drawn too.
    """
    from dialect_models.adapter import AdapterError
    from dialect_models.card import CardError
    from dialect_models.catalogue import resolve
    from dialect_models.corpora import read_corpora
    from dialect_models.ctranslate2_file import ModelFileError
    from dialect_models.tuning.label_writing import written
    from dialect_models.tuning.manifest import ManifestError
    from dialect_models.tuning.shares import folds as make_folds
    from dialect_models.tuning.shares import share as take
    from dialect_models.tuning.training import TuningError, TuningOptions
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    fractions = _fractions(shares)
    try:
        found = resolve(base, get_settings().models_path)
        utterances = tuple(u for u in read_corpora(data, dialect) if u.dialect == dialect)
        options = TuningOptions(
            rank=rank, learning_rate=learning_rate, telephone=telephone, heat=heat, parts=parse_parts(parts),
            replay=0.0, prompt=found.decoding.prompt if prompt is None else prompt, threads=get_settings().threads,
        )  # fmt: skip
        left_out = make_folds(utterances, folds)
        work = _Work(console, found, options, steps, out / dialect)
        work.hear(("base", 0.0, 0), base, utterances)
        for number, names in enumerate(left_out):
            training = [u for u in utterances if u.recording not in names]
            unseen = [u for u in utterances if u.recording in names]
            writing = choose_writing(console, labels, Path(found.location), training)
            for fraction in fractions:
                own = written(take(training, fraction), writing)
                work.tune_and_hear((number, fraction, writing.script), own, unseen, keep=keep and fraction == 1.0)
        _write(out, dialect, work.done(), utterances)
        _show(console, out)
    except ImportError as error:
        console.print("Tuning needs more packages: pip install -c constraints.txt -e '.[tune]'", style="red")
        raise typer.Exit(1) from error
    except (
        WeightsError, CardError, ManifestError, AdapterError, ModelFileError, TuningError, ValueError, OSError,
    ) as error:  # fmt: skip
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error


class _Work:
    """The runs of a curve, each done once: what is heard is kept in a file, a line a model, without words."""

    def __init__(
        self, console: Console, base: "ResolvedModel", options: "TuningOptions", steps: int, folder: Path
    ) -> None:
        self._console, self._base, self._options, self._steps = console, base, options, steps
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "heard.jsonl"
        self._how = f"{base.name}, {steps} steps, {options}"
        if any(row["how"] != self._how for row in self.done()):
            raise ValueError(f"{self._log} is of a curve with other options or another base; choose another folder.")

    def done(self) -> list[dict[str, Any]]:
        """What was heard, by model."""
        if not self._log.is_file():
            return []
        return [json.loads(row) for row in self._log.read_text(encoding="utf-8").splitlines()]

    def hear(self, key: tuple[str, float, int], model: str, unseen: "Sequence[Utterance]") -> None:
        """Hear recordings with a model, unless that was done."""
        if any((row["run"], row["minutes"], row["fold"]) == key for row in self.done()):
            return
        heard = hear_all(self._console, model, unseen, "16 kHz")
        run, minutes, fold = key
        row = {"how": self._how, "run": run, "minutes": minutes, "fold": fold, "errors": list(map(_errors, heard))}
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(row, ensure_ascii=False) + "\n")

    def tune_and_hear(
        self,
        point: "tuple[int, float, Script]",
        training: "Sequence[Utterance]",
        unseen: "Sequence[Utterance]",
        *,
        keep: bool,
    ) -> None:
        """Tune on a share and hear what was left out; ``point`` is the fold, the share and the script of the texts."""
        from dialect_models.tuning.shares import minutes

        fold, fraction, script = point
        key = f"{fraction:g}", round(minutes(training), 3), fold
        model = self._folder / f"share-{fraction:g}-fold-{fold}"
        if not any((row["run"], row["minutes"], row["fold"]) == key for row in self.done()):
            self._tune(model, training, script, f"{self._folder.name}, fold {fold}, {key[1]:.1f} minutes")
            self.hear(key, str(model), unseen)
        if not keep:
            shutil.rmtree(model, ignore_errors=True)

    def _tune(self, model: Path, training: "Sequence[Utterance]", script: "Script", title: str) -> None:
        from dataclasses import replace

        import numpy as np

        from dialect_models.card import CARD_FILE, DecodingSettings, ModelCard, write_card
        from dialect_models.tuning.examples import count
        from dialect_models.tuning.run_record import RunRecord, write_record
        from dialect_models.tuning.shares import minutes
        from dialect_models.tuning.training import tune, write_tuned

        clips = count(training, np.random.default_rng(self._options.seed))
        options = replace(
            self._options,
            epochs=self._steps * (1 - self._options.non_speech) / max(1, clips),
            validate_every=self._steps,
        )
        base = Path(self._base.location)
        with self._console.status(title) as status:

            def report(done: "Progress") -> None:
                status.update(f"{title}: step {done.step} of {done.steps}, loss {done.loss:.3f}")

            adapter = tune(base, training, (), model, options=options, progress=report)
        write_tuned(base, adapter, model)
        dialect = training[0].dialect
        asked = DecodingSettings(script, options.prompt)
        about = "A point of a learning curve; not through the gate."
        card = ModelCard(
            model.name, "speech", about, "that of the base and of the recordings", self._base.name,
            dialects=(dialect,), decoding=asked,
        )  # fmt: skip
        write_card(card, model / CARD_FILE)
        seen = tuple(sorted({u.recording for u in training}))
        write_record(RunRecord(self._base.name, dialect, seen, round(minutes(training), 2), 1.0), model)


def _fractions(text: str) -> list[float]:
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError as error:
        raise typer.BadParameter(f"--shares is {text!r}; write numbers with commas, as 0.5,1") from error
    if len(found) < 2 or not all(0 < value <= 1 for value in found):
        raise typer.BadParameter(f"--shares is {text!r}; write at least two numbers above 0, at most 1")
    return found


def _errors(heard: "HeardUtterance") -> dict[str, Any]:
    from dialect_models.evaluation.character_error import folded_errors, raw_errors

    reference, hypothesis = heard.utterance.text, heard.heard.text
    raw = raw_errors(reference, hypothesis)
    folded = folded_errors(reference, hypothesis, heard.utterance.dialect)
    return {
        "recording": heard.utterance.recording,
        "raw": [raw.edits, raw.length],
        "folded": [folded.edits, folded.length],
    }


def _write(out: Path, dialect: str, rows: Sequence[dict[str, Any]], utterances: "Sequence[Utterance]") -> None:
    """The curve's figures: for each share the mean minutes of its folds, and the errors of every recording."""
    recordings = sorted({u.recording for u in utterances})
    points = []
    for run in sorted({row["run"] for row in rows}, key=lambda run: 0.0 if run == "base" else float(run)):
        own = [row for row in rows if row["run"] == run]
        sums = {name: {"raw": [0, 0], "folded": [0, 0]} for name in recordings}
        for error in (error for row in own for error in row["errors"]):
            for kind in ("raw", "folded"):
                sums[error["recording"]][kind] = [
                    a + b for a, b in zip(sums[error["recording"]][kind], error[kind], strict=True)
                ]
        minutes = sum(row["minutes"] for row in own) / len(own)
        # A recording's name may be a caller's; its place in the order is enough.
        points.append({"minutes": round(minutes, 3), "errors": [sums[name] for name in recordings]})
    figures = {"dialect": dialect, "points": points}
    (out / f"curve-{dialect}.json").write_text(json.dumps(figures, ensure_ascii=False) + "\n", encoding="utf-8")


def _read(path: Path) -> "Curve":
    from dialect_models.evaluation.character_error import Errors
    from dialect_models.evaluation.curve_picture import Curve
    from dialect_models.evaluation.power_law import Measured, fit

    data = json.loads(path.read_text(encoding="utf-8"))
    points = data["points"]

    def law(kind: str) -> "PowerLaw":
        return fit([Measured(p["minutes"], tuple(Errors(*e[kind]) for e in p["errors"])) for p in points])

    return Curve(data["dialect"], tuple(p["minutes"] for p in points), law("raw"), law("folded"))


def _show(console: Console, out: Path) -> None:
    from dialect_models.evaluation.curve_picture import draw

    curves = [_read(path) for path in sorted(out.glob("curve-*.json"))]
    (out / PICTURE).write_text(draw(curves) + "\n", encoding="utf-8")
    table = Table("dialect", "", "CER by minutes", "exponent", "falls in", *map(_target, TARGETS), box=None)
    for one in curves:
        for name, law in (("raw", one.raw), ("folded", one.folded)):
            rates = zip(one.minutes, law.rates, strict=True)
            table.add_row(
                one.dialect, name, "\n".join(f"{minutes:.1f}: {_percent(rate)}" for minutes, rate in rates),
                f"{law.exponents.value:.2f} ({law.exponents.low:.2f} … {law.exponents.high:.2f})",
                f"{law.falling:.0%}", *(_time(law.minutes_for(share * law.rates[0].value)) for share in TARGETS),
            )  # fmt: skip
    Console().print(table)
    console.print(f"{out / PICTURE}", soft_wrap=True)


def _target(share: float) -> str:
    return f"for {1 - share:.0%} less than the base"


def _percent(rate: "Interval") -> str:
    return f"{100 * rate.value:.1f} % ({100 * rate.low:.1f} … {100 * rate.high:.1f})"


def _time(minutes: "Interval") -> str:
    return f"{_duration(minutes.value)} ({_duration(minutes.low)} … {_duration(minutes.high)})"


def _duration(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:.1f} min"
    return f"{minutes / 60:.0f} h" if minutes < 60_000 else "more than 1,000 h"
