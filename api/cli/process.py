"""``hotline process``: recordings become transcripts and tickets, without server or database."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from api.cli.transcribe import (
    Audio,
    Calls,
    DialectLabel,
    Model,
    Raw,
    RawChannels,
    RawRate,
    Roles,
    Speakers,
    chosen_options,
    load_city_or_exit,
    progress_bars,
    read_facts,
    transcribe_one,
    written_to,
)

if TYPE_CHECKING:
    from asr.pipeline import CallFacts
    from asr.transcript import Transcript

Output = Annotated[Path | None, typer.Option("-o", "--output", help="File for the results; standard output if unset.")]
CityFolder = Annotated[Path | None, typer.Option("--city", help="City folder; that of the settings when left out.")]


def process(  # noqa: PLR0917 — options of a command
    audio: Audio,
    output: Output = None,
    city: CityFolder = None,
    calls: Calls = None,
    model: Model = None,
    dialect: DialectLabel = "auto",
    raw: Raw = None,
    raw_rate: RawRate = 8000,
    raw_channels: RawChannels = 1,
    speakers: Speakers = None,
    channel_roles: Roles = None,
) -> None:
    """Write down recordings and make each call's ticket.

    One JSON line {"id", "transcript", "ticket"} a call, written when it is done. Recordings to which --calls gives one
    session_id are one call: its line has the id of the first one, a joined transcript, and "recordings" with all ids.
    Exits with 1 where any recording failed; standard error says which and why.
    """
    from api.settings import get_settings
    from asr.options import RawFormat
    from asr.pipeline import Transcriber
    from tickets.call import Call
    from tickets.errors import CallError
    from tickets.language_model_review.review import review
    from tickets.structuring import prepare, structure

    console = Console(stderr=True)
    facts = read_facts(calls) if calls else {}
    loaded = load_city_or_exit(console, city)
    options = chosen_options(loaded, model, dialect, speakers, channel_roles)
    raw_format = RawFormat(raw.value, raw_rate, raw_channels) if raw else None
    transcriber = Transcriber(options)
    precision = get_settings().automatic_precision
    failed = number = 0
    with written_to(output) as out, progress_bars(console) as progress:
        prepare(loaded)
        for paths in calls_of(audio, facts):
            transcripts = []
            for path in paths:
                number += 1
                task = progress.add_task(f"{number}/{len(audio)} {path.name}", total=1.0)
                transcript = transcribe_one(transcriber, path, raw_format, facts, progress, task)
                progress.remove_task(task)
                if transcript is None:
                    failed += 1
                else:
                    transcripts.append(transcript)
            if not transcripts:
                continue
            joined = joined_transcript(transcripts)
            try:
                call = Call.from_json(joined)
                made = structure(call, loaded, precision=precision)
                ticket = review(made, call, loaded, get_settings().language_model(), precision=precision).to_json()
            except CallError as error:
                failed += len(transcripts)
                console.print(f"{transcripts[0].id}: {error}", style="red", soft_wrap=True, markup=False)
                continue
            out.write(json.dumps(line_of(transcripts, joined, ticket), ensure_ascii=False) + "\n")
            out.flush()
    if failed:
        console.print(f"{failed} of {len(audio)} recordings failed.", style="red")
        raise typer.Exit(1)


def calls_of(audio: Iterable[Path], facts: Mapping[str, "CallFacts"]) -> list[list[Path]]:
    """Recordings grouped into calls by their session, in the order of each call's first recording."""
    calls: dict[str, list[Path]] = {}
    for number, path in enumerate(audio):
        known = facts.get(path.stem)
        session = f"session {known.session_id}" if known and known.session_id else f"recording {number}"
        calls.setdefault(session, []).append(path)
    return list(calls.values())


def joined_transcript(transcripts: list["Transcript"]) -> dict[str, Any]:
    """One transcript of a call; that of a single recording stays as it is."""
    from api.calls.joining import Part, join

    # Through JSON, as everybody else reads it: lists, no tuples.
    contents: list[dict[str, Any]] = [json.loads(json.dumps(each.to_json())) for each in transcripts]
    if len(contents) == 1:
        return contents[0]
    parts = [
        Part(transcript.id, content, _moment(transcript.started_at), str(order))
        for order, (transcript, content) in enumerate(zip(transcripts, contents, strict=True))
    ]
    started = min((part.started_at for part in parts if part.started_at), default=None)
    caller = next((each.caller_number for each in transcripts if each.caller_number), None)
    return join(transcripts[0].id, started, caller, transcripts[0].session_id, parts)


def line_of(transcripts: list["Transcript"], joined: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any]:
    """A line of the output."""
    line = {"id": transcripts[0].id, "transcript": joined, "ticket": ticket}
    return line if len(transcripts) == 1 else {**line, "recordings": [each.id for each in transcripts]}


def _moment(text: str | None) -> datetime | None:
    from tickets.call import CHINA_STANDARD_TIME

    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=CHINA_STANDARD_TIME) if moment and moment.tzinfo is None else moment
