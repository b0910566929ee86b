"""``hotline transcribe``: recordings become transcripts, one JSON line each, written as they come."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.settings import get_settings

if TYPE_CHECKING:
    from asr.options import ChannelRole, RawFormat, TranscriptionOptions
    from asr.pipeline import CallFacts, Step, Transcriber
    from asr.transcript import Transcript
    from tickets.city.model import City

_SHARES: dict["Step", tuple[float, float]] = {"decode": (0.0, 0.05), "diarize": (0.05, 0.3), "transcribe": (0.3, 1.0)}


class RawEncodingChoice(StrEnum):
    """Encodings of headerless G.711."""

    ulaw = "ulaw"
    alaw = "alaw"


Audio = Annotated[list[Path], typer.Argument(help="Recordings, mono or stereo, in any form that recorders write.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="File for the transcripts; standard output if unset.")
]
Model = Annotated[str | None, typer.Option(help="Card, folder or hub name of the speech model.")]
DialectLabel = Annotated[
    str,
    typer.Option(
        "--dialect", help="Dialect that the citizen speaks; auto identifies it, and says unknown where it can't tell."
    ),
]
Calls = Annotated[
    Path | None, typer.Option(help="JSON lines with id, started_at, caller_number, session_id of the recordings.")
]
Raw = Annotated[RawEncodingChoice | None, typer.Option(help="The recordings are headerless G.711 of this encoding.")]
RawRate = Annotated[int, typer.Option(min=4000, max=48000, help="Samples a second of headerless recordings.")]
RawChannels = Annotated[int, typer.Option(min=1, max=2, help="Channels of headerless recordings.")]
Speakers = Annotated[int | None, typer.Option(min=2, max=3, help="Speakers on a mono call.")]
Roles = Annotated[
    str | None,
    typer.Option("--channel-roles", help="Who speaks on each channel, left first: operator, citizen, both."),
]


def transcribe(  # noqa: PLR0917 — options of a command
    audio: Audio,
    output: Output = None,
    model: Model = None,
    dialect: DialectLabel = "auto",
    calls: Calls = None,
    raw: Raw = None,
    raw_rate: RawRate = 8000,
    raw_channels: RawChannels = 1,
    speakers: Speakers = None,
    channel_roles: Roles = None,
) -> None:
    """Write down recordings: who said what, when.

    One JSON line a recording, in order, written when it is done. Exits with 1 where any recording failed; standard
    error says which and why.
    """
    from asr.options import RawFormat
    from asr.pipeline import Transcriber

    console = Console(stderr=True)
    facts = read_facts(calls) if calls else {}
    options = chosen_options(load_city_or_exit(console), model, dialect, speakers, channel_roles)
    raw_format = RawFormat(raw.value, raw_rate, raw_channels) if raw else None
    transcriber = Transcriber(options)
    failed = 0
    with written_to(output) as out, progress_bars(console) as progress:
        for number, path in enumerate(audio, 1):
            task = progress.add_task(f"{number}/{len(audio)} {path.name}", total=1.0)
            transcript = transcribe_one(transcriber, path, raw_format, facts, progress, task)
            if transcript is None:
                failed += 1
            else:
                out.write(json.dumps(transcript.to_json(), ensure_ascii=False) + "\n")
                out.flush()
            progress.remove_task(task)
    if failed:
        console.print(f"{failed} of {len(audio)} recordings failed.", style="red")
        raise typer.Exit(1)


def read_facts(path: Path) -> dict[str, "CallFacts"]:
    """Facts of recordings by their id from JSON lines.

    Raises:
        typer.BadParameter: The file cannot be read, or a line is not a JSON object with an id.
    """
    from asr.pipeline import CallFacts

    facts: dict[str, CallFacts] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}", param_hint="--calls") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            values = {key: item.get(key) for key in ("started_at", "caller_number", "session_id")}
            facts[str(item["id"])] = CallFacts(**{k: None if v is None else str(v) for k, v in values.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise typer.BadParameter(
                f'{path}, line {number}: not a JSON object with "id".', param_hint="--calls"
            ) from error
    return facts


def parse_channel_roles(text: str) -> tuple["ChannelRole", ...]:
    """Roles by comma, left first.

    Raises:
        typer.BadParameter: A role is not operator, citizen or both.
    """
    roles = tuple(part.strip() for part in text.split(",") if part.strip())
    wrong = [role for role in roles if role not in {"operator", "citizen", "both"}]
    if wrong or not 1 <= len(roles) <= 2:
        raise typer.BadParameter(
            f"{text!r}: give one role a channel, each operator, citizen or both, e.g. operator,citizen.",
            param_hint="--channel-roles",
        )
    return cast("tuple[ChannelRole, ...]", roles)


def load_city_or_exit(console: Console, folder: Path | None = None) -> "City":
    """The city of ``folder`` or of the settings; where it is broken, says why and ends with 1."""
    from tickets.city.loading import read_city
    from tickets.errors import CityError

    try:
        return read_city(folder or get_settings().city_dir)
    except CityError as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error


def chosen_options(
    city: "City", model: str | None, dialect: str, speakers: int | None, channel_roles: str | None
) -> "TranscriptionOptions":
    """The settings' choices with those of the command line before them."""
    from api.transcription_options import transcription_options
    from asr.transcript import DIALECTS

    if dialect not in {"auto", *DIALECTS}:
        raise typer.BadParameter(f"{dialect!r}: give auto or one of {', '.join(DIALECTS)}.", param_hint="--dialect")
    options = transcription_options(get_settings(), city)
    diarization, recognition = options.diarization, replace(options.recognition, dialect=dialect)
    if speakers:
        diarization = replace(diarization, speakers=speakers)
    if channel_roles:
        diarization = replace(diarization, channel_roles=parse_channel_roles(channel_roles))
    if model:
        recognition = replace(recognition, model=model)
    return replace(options, diarization=diarization, recognition=recognition)


def transcribe_one(  # noqa: PLR0917
    transcriber: "Transcriber",
    path: Path,
    raw_format: "RawFormat | None",
    facts: Mapping[str, "CallFacts"],
    progress: Progress,
    task: TaskID,
) -> "Transcript | None":
    """The transcript of a recording, or None where it failed; standard error then says why."""
    from asr.errors import RecordingError
    from asr.pipeline import CallFacts
    from dialect_models.identification.classifier import ClassifierError
    from dialect_models.weights import WeightsError

    def report(step: "Step", share: float) -> None:
        first, last = _SHARES[step]
        progress.update(task, completed=first + (last - first) * share)

    try:
        transcript = transcriber.transcribe_recording(
            path, raw_format=raw_format, facts=facts.get(path.stem, CallFacts()), progress=report
        )
    except (WeightsError, ClassifierError) as error:
        progress.stop()
        progress.console.print(str(error), style="red", soft_wrap=True, markup=False, highlight=False)
        raise typer.Exit(1) from error
    except RecordingError as error:
        progress.console.print(f"{path}: {error}", style="red", soft_wrap=True, markup=False, highlight=False)
        return None
    for warning in transcript.warnings:
        progress.console.print(f"{path}: {warning}", style="yellow", soft_wrap=True, markup=False, highlight=False)
    return transcript


@contextmanager
def written_to(output: Path | None) -> Iterator[TextIO]:
    """The file for results, or standard output."""
    if output is None:
        yield sys.stdout
        return
    try:
        stream = output.open("w", encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{output} cannot be written: {error}", param_hint="--output") from error
    with stream:
        yield stream


def progress_bars(console: Console) -> Progress:
    """Bars on standard error, gone at the end."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        console=console, transient=True,
    )  # fmt: skip
