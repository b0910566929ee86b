import csv
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from api.storage.repositories.figures import AnswerRow, TicketRow
from api.supervision import counting
from api.supervision.exporting import as_csv, as_xlsx

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


def row(**changes: Any) -> TicketRow:
    usual: dict[str, Any] = {
        "number": "20260312000001",
        "created_at": NOON,
        "source": "pbx-1",
        "dialect": "wu",
        "district": "望江区",
        "category": "NV01",
        "disposition": "dispatch",
        "urgency": "normal",
        "lead_department": "生态环境局",
        "state": "已派发",
        "automatic": False,
        "confidence": 0.9,
        "machine_right": None,
        "returns": 0,
        "concluded_by": None,
        "concluded_at": None,
        "waited_seconds": None,
    }
    return TicketRow(**{**usual, **changes})


def test_precision_counts_what_is_known_of_automatic_tickets_alone() -> None:
    rows = [
        row(automatic=True),
        row(automatic=True, machine_right=True),
        row(automatic=True, machine_right=False),
        row(automatic=True, machine_right=True, returns=1),
        row(machine_right=False, concluded_by="op"),
    ]
    judged, right, interval = counting.precision(rows)
    assert (judged, right) == (3, 1)
    assert interval is not None
    group = counting.grouped(rows, lambda each: each.dialect)["wu"]
    assert (group.tickets, group.automatic, group.reviewed, group.changed, group.judged, group.right) == (
        5,
        4,
        1,
        1,
        3,
        1,
    )


def test_days_and_hours_are_those_of_beijing() -> None:
    late = datetime(2026, 3, 12, 17, 30, tzinfo=UTC)
    assert counting.day_of(late) == date(2026, 3, 13)
    assert counting.heat([late, late]) == {(4, 1): 2}
    assert len(list(counting.days(date(2026, 3, 1), date(2026, 3, 31)))) == 31


def test_calibration_bins_by_confidence() -> None:
    rows = [
        row(confidence=1.0, machine_right=True),
        row(confidence=0.92, machine_right=False),
        row(confidence=0.15, machine_right=False),
        row(confidence=0.5),
    ]
    points = counting.calibration(rows)
    assert [(point.low, point.tickets, point.right_share) for point in points] == [(0.1, 1, 0.0), (0.9, 2, 0.5)]
    assert points[1].mean_confidence == 0.96


def test_operators_agree_where_they_send_to_the_same_place() -> None:
    answers = [
        AnswerRow("a", "li", True, "x"),
        AnswerRow("a", "wang", True, "x"),
        AnswerRow("b", "li", False, "x"),
        AnswerRow("b", "wang", True, "y"),
        AnswerRow("c", "li", True, "x"),
    ]
    agreed = counting.agreement(answers)
    assert (agreed.pairs, agreed.agreed) == (2, 1)
    work = counting.conduct([row(concluded_by="li", machine_right=True)], answers, {"li": [10.0, 30.0]})
    assert (work["li"].concluded, work["li"].unchanged, work["li"].blind_answers, work["li"].blind_agreed) == (
        1,
        1,
        3,
        2,
    )
    assert work["li"].median_seconds == 20.0
    assert work["wang"].median_seconds is None


def test_waits() -> None:
    assert counting.waits([]) == (None, None)
    assert counting.waits([row(waited_seconds=5.0)]) == (5.0, 5.0)
    assert counting.waits([row(waited_seconds=float(n)) for n in range(11)]) == (5.0, 9.0)


def test_exports_hold_the_same_rows_and_no_formula() -> None:
    rows = [row(source="=HYPERLINK(1)"), row(dialect=None, automatic=True)]
    table = list(csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig"))))
    assert table[0][:3] == ["工单编号", "生成时间", "来源"]
    assert table[1][:3] == ["20260312000001", "2026-03-12 12:00:00", "'=HYPERLINK(1)"]
    assert table[2][10] == "是"
    with zipfile.ZipFile(io.BytesIO(as_xlsx(rows))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
        assert "=HYPERLINK(1)" in book.read("xl/sharedStrings.xml").decode()
