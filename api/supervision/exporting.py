"""Figures as files: a row a ticket, without names and numbers."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from api.calls.ticketing import BEIJING
from api.storage.repositories.figures import TicketRow

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DISPOSITIONS: Final = {
    "dispatch": "派单",
    "answer": "直接答复",
    "redirect": "告知法定途径",
    "emergency": "紧急转接",
    "none": "无诉求",
}
URGENCIES: Final = {"critical": "危急", "urgent": "紧急", "normal": "一般"}
VERDICTS: Final = {True: "正确", False: "错误", None: ""}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a spreadsheet takes a text for a formula (OWASP, CSV injection)."""

COLUMNS: Final[Mapping[str, Callable[[TicketRow], object]]] = {
    "工单编号": lambda row: row.number,
    "生成时间": lambda row: f"{row.created_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
    "来源": lambda row: row.source,
    "方言": lambda row: row.dialect,
    "区县": lambda row: row.district,
    "事项": lambda row: row.category,
    "处置": lambda row: DISPOSITIONS.get(row.disposition, row.disposition),
    "紧急程度": lambda row: URGENCIES.get(row.urgency or "", row.urgency),
    "主办": lambda row: row.lead_department,
    "状态": lambda row: row.state,
    "自动派单": lambda row: "是" if row.automatic else "否",
    "置信度": lambda row: row.confidence,
    "机器判断": lambda row: VERDICTS[row.machine_right],
    "退回次数": lambda row: row.returns,
    "审核完成": lambda row: f"{row.concluded_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if row.concluded_at else None,
    "等待秒数": lambda row: round(row.waited_seconds) if row.waited_seconds is not None else None,
}


def as_csv(rows: Iterable[TicketRow]) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets need to tell it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(value) for value in _values(row)] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[TicketRow]) -> bytes:
    """A workbook with one sheet; no text in it is taken for a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_row(0, 0, list(COLUMNS), book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, _values(row))
    return buffer.getvalue()


def _values(row: TicketRow) -> Sequence[Any]:
    return [column(row) for column in COLUMNS.values()]


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
