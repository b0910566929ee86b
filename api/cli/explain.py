"""``hotline explain``: why a ticket says what it says."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.show import DISPOSITIONS, MODES, ROLES
from api.settings import get_settings

NEVER_CUT = 250
MOST_SIGNALS = 5
FIELDS = {
    "category": "事项",
    "disposition": "处置",
    "appeal_type": "诉求类型",
    "handover": "转接",
    "place": "地点",
    "contact": "来电人",
    "occurred": "发生时间",
    "urgency": "紧急程度",
    "amount_yuan": "涉及金额",
    "people_affected": "涉及人数",
    "party": "被反映方",
    "repeat_call": "重复来电",
    "flags": "标记",
    "further_matters": "其他诉求",
}

CallName = Annotated[str, typer.Argument(help="Id of a call in the database, or of a line of the --calls file.")]
Calls = Annotated[Path | None, typer.Option("--calls", help="Reference calls or transcripts (JSONL) to find it in.")]
CityFolder = Annotated[
    Path | None, typer.Option("--city", help="With --calls: the city folder; that of the settings when left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]


def explain(call: CallName, calls: Calls = None, city: CityFolder = None, as_json: AsJson = False) -> None:
    """Show what a ticket rests on: evidence, the three best duties with why and why not, and why it waits or not.

    Of a call in the database it is what the worker computed when it made the ticket; of a line of a file it is computed
    now. Each figure comes from the models that decide.
    """
    from tickets.errors import CallError, CityError

    try:
        explanation = _of_file(call, calls, city) if calls else _of_database(call)
    except (CallError, CityError, LookupError, OSError, ValueError) as error:
        message = error.args[0] if isinstance(error, LookupError) else error
        Console(stderr=True).print(str(message), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(explanation, ensure_ascii=False).encode("utf-8", "replace").decode())
        return
    console = Console(width=None if sys.stdout.isatty() else NEVER_CUT)
    for part in _parts(explanation):
        console.print(part)


def _of_file(name: str, file: Path, folder: Path | None) -> Mapping[str, Any]:
    from tickets.call import Call
    from tickets.city import load_city
    from tickets.explanation.explain import explain as explain_ticket
    from tickets.structuring import structure

    settings = get_settings()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{file}:{number}: not JSON: {error}") from error
        if isinstance(data, dict) and str(data.get("id")) == name:
            city, spoken = load_city(folder or settings.city_dir), Call.from_json(data)
            precision = settings.automatic_precision
            ticket = structure(spoken, city, precision=precision)
            # Through JSON, as the database gives it: lists, no tuples.
            made = explain_ticket(spoken, city, ticket, precision=precision).to_json()
            explained: dict[str, Any] = json.loads(json.dumps(made))
            return explained
    raise LookupError(f"{file} has no call {name}")


def _of_database(call_id: str) -> Mapping[str, Any]:
    from api.storage.database import upgrade
    from api.storage.unit_of_work import Database

    url = get_settings().database
    upgrade(url)
    database = Database(url)
    try:
        with database.transaction() as uow:
            ticket = uow.tickets.of_call(call_id)
            if ticket is None:
                raise LookupError(
                    f"the database has no ticket of a call {call_id}; give --calls FILE for a file's call"
                )
            explanation = uow.tickets.explanation(ticket.id, ticket.version)
            if explanation is None:
                raise LookupError(
                    f"version {ticket.version} of this ticket has no explanation: a person wrote it, or it was made "
                    "before explanations were kept; POST /v1/calls/{id}/rerun makes it again"
                )
            uow.access.audit("command", "hotline explain", "view_ticket", call_id)
            return explanation
    finally:
        database.close()


def _parts(explained: Mapping[str, Any]) -> Iterator[Text | Table]:
    yield Text(
        f"{explained['category'] or '无事项'}  {DISPOSITIONS[explained['disposition']]}（{MODES[explained['mode']]}）"
        f"  派单目录版本 {explained['city_version']}",
        style="bold",
    )
    if explained["why_no_matter"]:
        yield Text(f"无诉求：{explained['why_no_matter']}")
    if explained["turns"]:
        yield _evidence(explained["turns"])
    for place, duty in enumerate(explained["duties"], 1):
        yield _duty(place, duty)
    if explained["danger_chance"] is not None:
        yield Text(
            f"正在发生危险的可能性 {explained['danger_chance']:.0%}，达到 {explained['danger_bar']:.0%} 按警情处置"
        )
        yield _signals("危险判断的主要依据", explained["danger_signals"])
    threshold = explained["threshold"]
    least = f"把握须达到 {threshold:.1%}" if threshold <= 1 else "没有任何把握可以达到"
    yield Text(
        f"把握 {explained['confidence']:.1%}；要求自动派出的准确率 {explained['wanted_precision']:.1%}，为此{least}"
    )
    yield _signals("把握的主要依据", explained["confidence_signals"])
    for why in explained["why_review"]:
        yield Text(f"待人工复核：{why}", style="yellow")
    if not explained["why_review"]:
        yield Text("把握足够且无须人工复核的情形，自动办理", style="green")


def _evidence(turns: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("轮", "谁", "原话", "据此得出", title="依据的话", title_justify="left")
    for turn in turns:
        role, colour = ROLES[turn["role"]]
        fields = "\n".join(f"{FIELDS.get(field, field)}：{'、'.join(words)}" for field, words in turn["words"].items())
        table.add_row(str(turn["turn"]), Text(role, style=colour), Text(turn["text"]), Text(fields))
    return table


def _duty(place: int, duty: Mapping[str, Any]) -> Table:
    table = Table(
        show_header=False, title_justify="left", title=f"候选 {place}：{duty['code']} {duty['level1']}—{duty['level2']}"
    )
    rows = [
        ("部门", duty["department"] or "—"),
        ("法定依据", duty["basis"] or "—"),
        ("占比", _share(duty)),
        ("支持的话", _words(duty["spoke_for"])),
        ("不支持的话", _words(duty["spoke_against"])),
    ]
    if duty["compared_with"]:
        rows.append((f"更支持 {duty['compared_with']} 的话", _words(duty["spoke_for_other"])))
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _share(duty: Mapping[str, Any]) -> str:
    if duty["model_share"] is None:
        return f"{duty['share']:.1%}（由危险判断得出）"
    model = f"模型 {duty['model_share']:.1%}，规则系数 {duty['rule_factor']:g}，得分 {duty['score']:+.2f}"
    return f"{duty['share']:.1%}（{model}）"


def _words(words: Sequence[Mapping[str, Any]]) -> str:
    return (
        "，".join(
            f"“{item['words']}”" + (f"（{item['contribution']:+.2f}）" if item["contribution"] else "")
            for item in words
        )
        or "—"
    )


def _signals(title: str, signals: Sequence[Mapping[str, Any]]) -> Text:
    said = "，".join(f"{item['name']} {item['contribution']:+.2f}" for item in signals[:MOST_SIGNALS])
    return Text(f"{title}（对数几率）：{said or '—'}", style="dim")
