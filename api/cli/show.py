"""``hotline show``: print the results of ``hotline process`` as a person reads them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

DISPOSITIONS = {
    "dispatch": "派单",
    "answer": "直接答复",
    "redirect": "告知法定途径",
    "emergency": "紧急转接",
    "none": "无诉求",
}
MODES = {"auto": "自动", "review": "待人工审核"}
URGENCIES = {"critical": "危急", "urgent": "紧急", "normal": "一般"}
ROLES = {"operator": ("坐席", "cyan"), "citizen": ("市民", "green"), "other": ("其他", "dim")}


def show(
    results: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `hotline process` wrote.")],
) -> None:
    """Print each call's turns and its ticket."""
    console = Console()
    for number, line in enumerate(results.read_text(encoding="utf-8").splitlines(), 1):
        try:
            item = json.loads(line)
            ticket = item["ticket"]
        except (ValueError, KeyError, TypeError):
            console.print(f"{results}:{number}: not a line that `hotline process` writes")
            raise typer.Exit(1) from None
        console.print(Panel(Group(*_parts(item.get("transcript"), ticket)), title=str(item.get("id")), expand=False))


def _parts(transcript: dict[str, Any] | None, ticket: dict[str, Any]) -> Iterator[RenderableType]:
    if transcript:
        for segment in transcript["segments"]:
            role, colour = ROLES[segment["role"]]
            yield Text.assemble((f"{segment['start']:7.1f} s ", "dim"), (f"{role} ", colour), segment["text"])
        yield Text("")
    yield Text(ticket.get("title") or "", style="bold")
    table = Table(show_header=False, box=None, padding=(0, 1))
    for name, value in _rows(ticket):
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    yield table


def _rows(ticket: dict[str, Any]) -> Iterator[tuple[str, str]]:
    lead = ticket.get("lead") or {}
    place = ticket.get("place") or {}
    contact = ticket.get("contact") or {}
    amount, people = ticket.get("amount_yuan"), ticket.get("people_affected")
    yield "处置", f"{DISPOSITIONS[ticket['disposition']]}({MODES[ticket['mode']]},置信度 {ticket['confidence']:.0%})"
    yield "主办", " ".join(filter(None, (lead.get("district"), lead.get("street"), lead.get("department"))))
    yield "协办", "、".join(ticket.get("co_handlers") or [])
    yield "转接", "、".join(ticket.get("handover") or [])
    yield "事项", f"{ticket.get('category') or ''} {ticket.get('appeal_type') or ''}".strip()
    yield "紧急程度", URGENCIES[ticket["urgency"]]
    yield "地点", " ".join(filter(None, (place.get(k) for k in ("district", "street", "name", "detail"))))
    yield "发生时间", ticket.get("occurred") or ""
    yield (
        "来电人",
        "匿名"
        if contact.get("anonymous")
        else " ".join(filter(None, (contact.get("surname"), contact.get("gender"), contact.get("callback_number")))),
    )
    yield "被反映方", ticket.get("party") or ""
    yield "涉及金额", f"{amount:g} 元" if amount is not None else ""
    yield "涉及人数", f"{people} 人" if people is not None else ""
    yield "标记", "、".join(ticket.get("flags") or [])
    yield "诉求内容", ticket.get("summary") or ""
    yield "理由", "\n".join(ticket.get("reasons") or [])
    yield (
        "候选",
        "\n".join(
            f"{c['category']} {c['department'] or '—'} {c['score']:.0%}" for c in (ticket.get("candidates") or [])[:3]
        ),
    )
