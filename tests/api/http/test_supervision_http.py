from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Serve, Served


@pytest.fixture
def anywhere(database_url: str, serve_on: "Serve") -> "Served":
    """An API on SQLite and on PostgreSQL."""
    return serve_on(database_url)


def test_figures_of_a_day(anywhere: "Served") -> None:
    boss, li = anywhere.person("boss", "supervisor"), anywhere.person("li")
    sent = anywhere.ticket_id(anywhere.call(mode="auto"))
    anywhere.call(mode="auto", category="NV02")
    boss.post(f"/v1/tickets/{sent}/recall", json={"reason": "错派"})
    ticket = anywhere.waiting(confidence=0.35)
    li.post(f"/v1/tickets/{ticket}/claim")
    etag = li.get(f"/v1/tickets/{ticket}").headers["etag"]
    done = li.post(f"/v1/tickets/{ticket}/conclude", json={"action": "dispatch"}, headers={"If-Match": etag})
    assert done.status_code == 200
    figures = boss.get("/v1/supervision/figures").json()
    assert (figures["calls"], figures["tickets"], figures["automatic"]) == (3, 3, 2)
    assert figures["automatic_share"] == pytest.approx(2 / 3)
    assert (figures["precision"]["judged"], figures["precision"]["right"]) == (1, 0)
    assert figures["waiting"]["now"] == 1
    assert figures["waiting"]["median_seconds"] >= 0
    assert [(row["key"], row["label"], row["tickets"]) for row in figures["by_category"]] == [
        ("NV01", "建筑施工噪声", 2),
        ("NV02", "工业企业噪声", 1),
    ]
    assert figures["by_dialect"][0]["key"] == "mandarin"
    assert figures["days"][0]["calls"] == 3
    assert sum(cell["calls"] for cell in figures["heat"]) == 3
    assert [(point["low"], point["right_share"]) for point in figures["calibration"]] == [(0.3, 1.0), (0.9, 0.0)]
    assert [(row["operator"]["name"], row["concluded"], row["unchanged"]) for row in figures["operators"]] == [
        ("Li", 1, 1)
    ]
    assert figures["agreement"] == {"pairs": 0, "agreed": 0, "share": None}
    empty = boss.get("/v1/supervision/figures", params={"since": "2020-01-01", "until": "2020-01-02"}).json()
    assert (empty["calls"], len(empty["days"]), empty["precision"]["share"]) == (0, 2, None)
    assert li.get("/v1/supervision/figures").status_code == 403
    for wrong in (
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"since": "2000-01-01", "until": "2026-01-01"},
        {"since": "2001-01-01"},
    ):
        assert boss.get("/v1/supervision/figures", params=wrong).status_code == 422


def test_exports_are_files_and_logged(anywhere: "Served") -> None:
    boss = anywhere.person("boss", "supervisor")
    anywhere.call(metadata={"caller_number": "13800001234"})
    for form, start in (("csv", "\ufeff工单编号".encode()), ("xlsx", b"PK")):
        answer = boss.get("/v1/supervision/export", params={"format": form})
        assert answer.content.startswith(start)
        assert form in answer.headers["content-disposition"]
        assert b"13800001234" not in answer.content
    entries = boss.get("/v1/audit", params={"action": "export_tickets"}).json()["items"]
    assert [entry["detail"]["tickets"] for entry in entries] == [1, 1]
