import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.security.keys import Scope
from api.storage.models import Notice, utc_now

if TYPE_CHECKING:
    from conftest import Serve, Served


@pytest.fixture
def anywhere(database_url: str, serve_on: "Serve") -> "Served":
    """An API on SQLite and on PostgreSQL."""
    return serve_on(database_url)


def titles(client: httpx.Client, **query: Any) -> list[str]:
    answer = client.get("/v1/queue", params=query)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


def test_most_urgent_first_then_least_certain_page_by_page(anywhere: "Served") -> None:
    for title, urgency, confidence in (
        ("甲", "normal", 0.9),
        ("乙", "normal", 0.2),
        ("丙", "critical", 0.99),
        ("丁", "urgent", 0.5),
    ):
        anywhere.call(title=title, urgency=urgency, confidence=confidence)
    anywhere.call(mode="auto", title="已派")
    client = anywhere.client(Scope.REVIEW)
    assert titles(client) == ["丙", "丁", "乙", "甲"]
    seen, cursor = [], None
    while True:
        page = client.get("/v1/queue", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["丙", "丁", "乙", "甲"]


def test_filters_counts_and_full_text(anywhere: "Served") -> None:
    anywhere.call("您好", "我要反映学校门口的占道经营", title="占道经营", flags=["minor"], metadata={"source": "pbx-1"})
    anywhere.call("您好", "楼下装修吵得睡不着", title="装修噪声", urgency="urgent", category="NV04")
    client = anywhere.client(Scope.REVIEW)
    assert titles(client, q="学校门口") == ["占道经营"]
    assert titles(client, q="学校 占道") == ["占道经营"]
    assert titles(client, q="门口学校") == []
    assert titles(client, q="吵得睡不着") == ["装修噪声"]
    assert titles(client, q="装") == ["装修噪声"]
    assert titles(client, q="%") == []
    assert titles(client, flag="minor") == ["占道经营"]
    assert titles(client, source="pbx-1") == ["占道经营"]
    assert titles(client, category="NV04") == ["装修噪声"]
    assert titles(client, urgency="urgent", district="望江区", dialect="mandarin") == ["装修噪声"]
    assert titles(client, dialect="wu") == []
    assert titles(client, since=(utc_now() + timedelta(hours=1)).isoformat()) == []
    assert len(titles(client, until=(utc_now() + timedelta(hours=1)).isoformat())) == 2
    counts = client.get("/v1/queue/counts").json()
    assert counts["waiting"] == 2
    assert counts["by_urgency"] == {"normal": 1, "urgent": 1}
    assert counts["by_flag"] == {"minor": 1}
    assert counts["by_source"] == {"pbx-1": 1, "default": 1}
    calls = client.get("/v1/calls", params={"q": "学校门口", "flag": "minor", "ticket_state": "待审核"}).json()["items"]
    assert [call["ticket"]["title"] for call in calls] == ["占道经营"]
    assert client.get("/v1/calls", params={"district": "临湖区"}).json()["items"] == []


def test_two_operators_never_have_the_same_ticket(anywhere: "Served") -> None:
    tickets = {anywhere.waiting(title=f"第{number}件") for number in range(6)}
    operators = [anywhere.person("li"), anywhere.person("wang")]
    taken: list[list[str]] = [[], []]

    def work(number: int) -> None:
        while (answer := operators[number].post("/v1/queue/next", json={})).status_code == 200:
            taken[number].append(answer.json()["ticket"]["id"])
        assert answer.status_code == 204, answer.text

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken[0] + taken[1]) == sorted(tickets)


def test_a_claim_holds_others_back_until_it_is_released_or_over(database_url: str, serve_on: "Serve") -> None:
    # The lease must outlive the requests before its end is waited for, on a slow machine too.
    served = serve_on(database_url, claim_lease=timedelta(seconds=8))
    ticket = served.waiting()
    li, wang = served.person("li"), served.person("wang")
    claim = li.post(f"/v1/tickets/{ticket}/claim").json()
    assert claim["operator"]["name"] == "Li"
    refused = wang.post(f"/v1/tickets/{ticket}/claim")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:hotline:problem:claimed")
    assert refused.json()["holder"]["name"] == "Li"
    renewed = li.post(f"/v1/tickets/{ticket}/heartbeat").json()
    assert renewed["lease_until"] >= claim["lease_until"]
    assert wang.post(f"/v1/tickets/{ticket}/heartbeat").json()["type"].endswith("claim-lost")
    assert [item["claim"]["operator"]["name"] for item in wang.get("/v1/queue").json()["items"]] == ["Li"]
    assert wang.get("/v1/queue", params={"view": "open"}).json()["items"] == []
    assert len(li.get("/v1/queue", params={"view": "mine"}).json()["items"]) == 1
    assert li.get("/v1/queue/counts").json()["mine"] == 1
    served.wait_for(lambda: wang.post(f"/v1/tickets/{ticket}/claim").status_code == 200)
    assert li.post(f"/v1/tickets/{ticket}/heartbeat").status_code == 409
    assert li.delete(f"/v1/tickets/{ticket}/claim").status_code == 204
    assert wang.get("/v1/queue/counts").json()["claimed"] == 1
    assert wang.delete(f"/v1/tickets/{ticket}/claim").status_code == 204
    assert li.post(f"/v1/tickets/{ticket}/claim").status_code == 200


def test_only_what_waits_is_claimed_and_only_by_persons(served: "Served") -> None:
    li = served.person("li")
    sent = served.ticket_id(served.call(mode="auto"))
    assert li.post(f"/v1/tickets/{sent}/claim").status_code == 409
    assert li.post(f"/v1/tickets/tic_{'0' * 32}/claim").status_code == 404
    ticket = served.waiting()
    assert served.client(Scope.REVIEW).post(f"/v1/tickets/{ticket}/claim").status_code == 403
    assert served.person("eve", "intake").get("/v1/queue").status_code == 403


@contextmanager
def stream(client: httpx.Client, url: str) -> Iterator[Iterator[tuple[str, Any]]]:
    def parsed(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
        kind = ""
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)

    with client.stream("GET", url) as response:
        assert response.status_code == 200
        yield parsed(response.iter_lines())


def test_the_queue_is_followed_live(served: "Served") -> None:
    first = served.waiting(title="第一件")
    li = served.person("li")
    with stream(li, "/v1/queue/stream") as told:
        kind, snapshot = next(told)
        assert (kind, [item["title"] for item in snapshot["items"]]) == ("snapshot", ["第一件"])
        assert snapshot["counts"]["waiting"] == 1
        wang = served.person("wang")
        wang.post(f"/v1/tickets/{first}/claim")
        kind, item = next(told)
        assert (kind, item["claim"]["operator"]["name"]) == ("item", "Wang")
        assert next(told)[1]["claimed"] == 1
        served.client(Scope.ADMIN, Scope.REVIEW).delete(f"/v1/calls/{item['call_id']}")
        assert next(told) == ("gone", {"ticket_id": first})


def test_supervisors_are_told_of_notices_live(served: "Served") -> None:
    def notice(title: str) -> None:
        with served.database.transaction() as uow:
            uow.automation.add_notice(Notice(kind="automation_stopped", title=title, data={}))

    notice("先前")
    with stream(served.person("boss", "supervisor"), "/v1/queue/stream") as told:
        assert next(told)[0] == "snapshot"
        notice("刚刚")
        kind, data = next(told)
        assert (kind, data["title"]) == ("notice", "刚刚")
