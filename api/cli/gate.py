"""``hotline models gate``: whether a model may be installed, by recordings that it never saw."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.evaluate import hear_all
from api.settings import get_settings

if TYPE_CHECKING:
    from asr.diarization.source import Samples
    from dialect_models.card import Band, ModelCard
    from dialect_models.evaluation.gating import Evidence, Pair, Verdict
    from dialect_models.evaluation.hearing import HeardUtterance, Transcribed
    from dialect_models.evaluation.routing import Name
    from dialect_models.tuning.manifest import Utterance
    from dialect_models.tuning.run_record import RunRecord


def gate(  # noqa: PLR0917 — options of a command
    models: Annotated[
        list[str],
        typer.Argument(help="The model; or the models of a cross-validation, each for the recordings it never saw."),
    ],
    dialect: Annotated[str, typer.Option(help="Label of the dialect that the model is for.")],
    data: Annotated[list[Path], typer.Option(help="Recordings with their text, in the dialect and in Mandarin.")],
    base: Annotated[
        str | None, typer.Option(help="What hears the dialect without this model; the settings' when left out.")
    ] = None,
    report: Annotated[Path, typer.Option(help="The page to write.")] = Path("gate.html"),
    for_all: Annotated[
        bool, typer.Option("--for-all", help="The model would hear Mandarin callers too: measure it without a router.")
    ] = False,
    cross_validate_router: Annotated[
        bool,
        typer.Option(
            "--cross-validate-router",
            help="Name dialects by classifiers made from --data, each without the recordings that it judges, instead "
            "of the installed one.",
        ),
    ] = False,
    install: Annotated[str | None, typer.Option(help="Name to enter a model under that passes.")] = None,
    licence: Annotated[str, typer.Option(help="Licence of the model, for its card; needed with --install.")] = "",
) -> None:
    """Measure a model against the base on recordings that it never saw, write the report, and install what passes.

    Exits with 1 where a rule is broken; the rules are in the report.
    """
    from api.cli.hearing import transcriber
    from dialect_models.card import CardError
    from dialect_models.corpora import read_corpora
    from dialect_models.evaluation.gating import MANDARIN, gather, judge
    from dialect_models.evaluation.installing import RefusedError
    from dialect_models.identification.training import TrainingError
    from dialect_models.tuning.manifest import ManifestError
    from dialect_models.tuning.run_record import RunRecordError
    from dialect_models.weights import WeightsError

    if install and (len(models) > 1 or not licence):
        raise typer.BadParameter("--install takes one model and its --licence")
    console = Console(stderr=True)
    base = base or get_settings().recognition().model
    try:
        records = [_record(model) for model in models]
        utterances = read_corpora(data, None)
        hearers = Hearers(console, base, models, records, transcriber(identify=True))
        if cross_validate_router:
            hearers.name = _crossed_router(console, base, utterances)
        pairs = _dialect_pairs(hearers, [u for u in utterances if u.dialect == dialect])
        if not pairs:
            raise ManifestError(f"no recording in {dialect} that the model has not seen.")
        mandarin = [u for u in utterances if u.dialect == MANDARIN]
        mandarin_pairs = _mandarin_pairs(hearers, mandarin, routed=None if for_all else dialect)
        evidence = gather(dialect, pairs, mandarin_pairs, _invented(hearers))
        verdicts = judge(evidence)
        router = "按数据交叉验证的分类器" if cross_validate_router else "已安装的识别"
        _write(
            report, hearers, evidence=evidence, verdicts=verdicts, pairs=pairs, mandarin=mandarin_pairs,
            router="不经识别" if for_all else router,
        )  # fmt: skip
        _show(verdicts, report)
        if install:
            card = _install(
                models[0], name=install, base=base, licence=licence, evidence=evidence, verdicts=verdicts, data=data
            )
            console.print(f"{card.name}: installed for {dialect}")
    except (
        ManifestError,
        WeightsError,
        CardError,
        RunRecordError,
        RefusedError,
        TrainingError,
        ValueError,
        OSError,
    ) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    if not all(verdict.kept for verdict in verdicts):
        raise typer.Exit(1)


def _record(model: str) -> "RunRecord":
    """What the model has seen: that of its folder. What is in the catalogue was made elsewhere, on other recordings."""
    from dialect_models.card import all_cards
    from dialect_models.tuning.run_record import RunRecord, read_record

    if model in all_cards(get_settings().models_path):
        return RunRecord(model, "", (), 0.0, 1.0)
    return read_record(Path(model))


@dataclass
class Hearers:
    """The base, the models that are compared with it, and what each of these has seen.

    ``transcribe`` is the recogniser of all of them; ``name`` names the dialect of what the base heard, where the
    installed identifier is not to.
    """

    console: Console
    base: str
    models: "Sequence[str]"
    records: "Sequence[RunRecord]"
    transcribe: "Callable[[str, Samples], Transcribed]"
    name: "Name" = lambda heard: heard

    def by_base(self, utterances: "Sequence[Utterance]", band: "Band") -> "list[HeardUtterance]":
        """Utterances as the base hears them."""
        return [self.name(heard) for heard in hear_all(self.console, self.base, utterances, band, self.transcribe)]

    def by_model(self, number: int, utterances: "Sequence[Utterance]", band: "Band") -> "list[HeardUtterance]":
        """Utterances as one of the models hears them."""
        if not utterances:
            return []
        return hear_all(self.console, self.models[number], utterances, band, self.transcribe)


def _crossed_router(console: Console, base: str, utterances: "Sequence[Utterance]") -> "Name":
    from dataclasses import replace

    from asr.recognition.speech_model import SpeechModel
    from dialect_models.evaluation.routing import crossed_classifiers, namer
    from dialect_models.identification.training import hear

    options = get_settings().recognition()
    speech = SpeechModel(replace(options, model=base), get_settings().models_path)
    with console.status("who speaks which dialect"):
        heard = tuple(hear(utterances, lambda clip: speech.encode([clip]).states(0)))
    return namer(crossed_classifiers(heard, speech.name), options.dialect_shares or None)


def _dialect_pairs(hearers: Hearers, utterances: "Sequence[Utterance]") -> "list[Pair]":
    """Each utterance by the base and by a model that never saw its recording, in both bands."""
    from dialect_models.evaluation.gating import BANDS, Pair
    from dialect_models.tuning.run_record import unseen

    chosen = unseen([u.recording for u in utterances], hearers.records)
    if left := {u.recording for u in utterances} - chosen.keys():
        hearers.console.print(f"{len(left)} recordings are left out: the model was made with them")
    pairs = []
    for band in BANDS:
        before = {
            heard.utterance: heard for heard in hearers.by_base([u for u in utterances if u.recording in chosen], band)
        }
        for number in range(len(hearers.models)):
            own = [u for u in before if chosen[u.recording] == number]
            pairs += [Pair(before[heard.utterance], heard) for heard in hearers.by_model(number, own, band)]
    return pairs


def _mandarin_pairs(hearers: Hearers, utterances: "Sequence[Utterance]", *, routed: str | None) -> "list[Pair]":
    """Mandarin by the base, and by the model where the router (dialect ``routed``) sends it there."""
    from dialect_models.evaluation.gating import BANDS, Pair
    from dialect_models.tuning.run_record import unseen

    chosen = unseen([u.recording for u in utterances], hearers.records)
    known = [u for u in utterances if u.recording in chosen]
    pairs: list[Pair] = []
    for band in BANDS:
        before = hearers.by_base(known, band) if known else []
        sent = [h.utterance for h in before if routed is None or h.heard.dialect == routed]
        after: dict[Utterance, HeardUtterance] = {}
        for number in range(len(hearers.models)):
            own = [u for u in sent if chosen[u.recording] == number]
            after |= {heard.utterance: heard for heard in hearers.by_model(number, own, band)}
        pairs += [Pair(heard, after.get(heard.utterance, heard)) for heard in before]
    return pairs


def _invented(hearers: Hearers) -> "dict[str, tuple[Transcribed, Transcribed]]":
    """What is written of sounds without speech: by the base, and by the model that writes most."""
    from dialect_models.evaluation.non_speech import non_speech

    transcribe = hearers.transcribe
    return {
        name: (
            transcribe(hearers.base, sound),
            max((transcribe(model, sound) for model in hearers.models), key=lambda heard: len(heard.text)),
        )
        for name, sound in non_speech().items()
    }


def _write(
    path: Path,
    hearers: Hearers,
    *,
    evidence: "Evidence",
    verdicts: "Sequence[Verdict]",
    pairs: "Sequence[Pair]",
    mandarin: "Sequence[Pair]",
    router: str,
) -> None:
    from dialect_models.evaluation.report import as_json, loss_curve, page
    from dialect_models.tuning.training import LOG

    sent = sum(pair.candidate is not pair.base for pair in mandarin)
    routed = sum(pair.base.heard.dialect == evidence.dialect for pair in pairs)
    about = {
        "方言": evidence.dialect,
        "基础模型": hearers.base,
        "候选模型": "、".join(Path(model).name for model in hearers.models),
        "训练音频": "、".join(f"{record.minutes:g} 分钟" for record in hearers.records),
        "评测": f"{len(pairs)} 句次（两种频带），均为候选未见过的录音",
        "方言识别": f"{router}；方言句 {routed}/{len(pairs)} 次判为本方言；普通话句 {sent}/{len(mandarin)} 次送本模型",
        "时间": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
    loss = loss_curve(Path(hearers.models[0]) / LOG)
    html = page(f"{evidence.dialect} 模型评测", about, evidence, verdicts, pairs, mandarin=mandarin, loss=loss)
    path.write_text(html, encoding="utf-8")
    found = as_json(about, evidence, verdicts)
    path.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _show(verdicts: "Sequence[Verdict]", report: Path) -> None:
    table = Table("", "规则", "数据", box=None)
    for verdict in verdicts:
        table.add_row("通过" if verdict.kept else "[red]不通过[/red]", verdict.rule, verdict.figures)
    console = Console()
    console.print(table)
    console.print(f"{report}", soft_wrap=True)


def _install(
    model: str,
    *,
    name: str,
    base: str,
    licence: str,
    evidence: "Evidence",
    verdicts: "tuple[Verdict, ...]",
    data: Sequence[Path],
) -> "ModelCard":
    from dialect_models.catalogue import resolve
    from dialect_models.evaluation.installing import Candidate, install

    settings = get_settings()
    found = resolve(model, settings.models_path)
    return install(
        Candidate(Path(found.location), name, base, licence, found.decoding),
        evidence,
        verdicts,
        settings.models_path,
        dataset=", ".join(path.stem for path in data),
        date=datetime.now(UTC).date().isoformat(),
        command="hotline " + " ".join(sys.argv[1:]),
    )
