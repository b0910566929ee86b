from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import sqlalchemy as sa

from api.calls.dispatching import dispatch
from api.storage.models import OutboxEvent

if TYPE_CHECKING:
    from conftest import Serve, Served

RIGHT = {"category": "NV01", "place": {"district": "望江区"}}
WRONG = {"category": "NV04", "place": {"district": "望江区"}}


@pytest.fixture
def anywhere(database_url: str, serve_on: "Serve") -> "Served":
    """An API on SQLite and on PostgreSQL."""
    return serve_on(database_url)


def sampled(served: "Served", number: int) -> None:
    """Calls that went out by themselves and are all in the sample."""
    for _ in range(number):
        ticket_id = served.ticket_id(served.call(mode="review"))
        with served.database.transaction() as uow:
            ticket = uow.reviews.ticket(ticket_id, lock=True)
            assert ticket is not None
            version = uow.tickets.version(ticket_id, ticket.version)
            assert version is not None
            version.fields = {**version.fields, "mode": "auto"}
            uow.session.flush()
            dispatch(uow, ticket, sample_share=1.0)


def answers(client: httpx.Client, *given: dict[str, Any]) -> Iterator[int]:
    for answer in given:
        sample = client.post("/v1/blind-samples/next")
        assert sample.status_code == 200, sample.text
        yield client.post(f"/v1/blind-samples/{sample.json()['id']}/answer", json=answer).status_code


def rule(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.put("/v1/automation/rules", json={"kind": "all", "value": "", "reason": "测试", **body})


@pytest.mark.parametrize(
    "switch",
    [
        {"kind": "all"},
        {"kind": "duty", "value": "NV01"},
        {"kind": "district", "value": "望江区"},
        {"kind": "source", "value": "pbx-1"},
    ],
)
def test_what_is_switched_off_waits_for_a_person(anywhere: "Served", switch: dict[str, str]) -> None:
    boss = anywhere.person("boss", "supervisor")
    assert rule(boss, **switch, enabled=False).status_code == 200
    call = boss.get(f"/v1/calls/{anywhere.call(mode='auto', metadata={'source': 'pbx-1'})}").json()
    assert (call["ticket"]["state"], call["ticket"]["mode"]) == ("待审核", "review")
    assert "自动派单" in call["ticket"]["reasons"][-1]
    assert rule(boss, **switch, enabled=True).status_code == 200
    again = boss.get(f"/v1/calls/{anywhere.call(mode='auto', metadata={'source': 'pbx-1'})}").json()
    assert again["ticket"]["state"] == "已派发"


def test_only_supervisors_govern_and_every_switch_is_logged(served: "Served") -> None:
    li, boss = served.person("li"), served.person("boss", "supervisor")
    assert rule(li, enabled=False).status_code == 403
    for wrong in (
        {"kind": "duty", "value": "ZZ"},
        {"kind": "district", "value": "x"},
        {"kind": "duty"},
        {"value": "x"},
    ):
        assert rule(boss, **wrong, enabled=False).status_code == 422, wrong
    governed = rule(boss, enabled=True, wanted_precision=0.9).json()
    assert (governed["enabled"], governed["wanted_precision"]) == (True, 0.9)
    entry = boss.get("/v1/audit", params={"action": "set_automation"}).json()["items"][0]
    assert (entry["actor_name"], entry["detail"]["wanted_precision"]) == ("Boss", 0.9)


def test_blind_answers_measure_the_machine(anywhere: "Served") -> None:
    sampled(anywhere, 2)
    li, boss = anywhere.person("li"), anywhere.person("boss", "supervisor")
    assert boss.get("/v1/automation").json()["blind_samples"] == 2
    sample = li.post("/v1/blind-samples/next").json()
    hidden = li.get(f"/v1/calls/{sample['call_id']}").json()
    assert (hidden["ticket"], hidden["alerts"]) == (None, [])
    assert li.get(f"/v1/calls/{sample['call_id']}/ticket").status_code == 404
    assert li.get(f"/v1/tickets/{anywhere.ticket_id(sample['call_id'])}").status_code == 404
    assert li.get(f"/v1/calls/{sample['call_id']}/transcript").status_code == 200
    assert li.post("/v1/blind-samples/next").json()["id"] == sample["id"]
    address = f"/v1/blind-samples/{sample['id']}/answer"
    assert boss.post(address, json=RIGHT).json()["type"].endswith("claim-lost")
    assert li.post(address, json={"category": "NV01", "place": None}).status_code == 422
    assert li.post(address, json=RIGHT).status_code == 204
    assert li.post(address, json=RIGHT).status_code == 409
    assert li.get(f"/v1/calls/{sample['call_id']}").json()["ticket"]["masked"] is True
    assert list(answers(li, WRONG)) == [204]
    assert li.post("/v1/blind-samples/next").status_code == 204
    duty = boss.get("/v1/automation").json()["duties"][0]
    assert (duty["category"], duty["samples"], duty["right"], duty["automatic_today"]) == ("NV01", 2, 1, 2)
    assert duty["low"] < duty["precision"] == 0.5 < duty["high"]
    assert boss.get("/v1/queue/counts").json()["waiting"] == 1


def test_a_duty_that_is_measured_too_low_stops_itself_and_says_so(anywhere: "Served") -> None:
    sampled(anywhere, 5)
    li, boss = anywhere.person("li"), anywhere.person("boss", "supervisor")
    assert list(answers(li, WRONG, WRONG, RIGHT, WRONG)) == [204] * 4
    assert boss.get("/v1/notices").json()["items"] == []
    assert list(answers(li, WRONG)) == [204]
    duty = boss.get("/v1/automation").json()["duties"][0]
    assert (duty["enabled"], duty["stopped"]["by"]) == (False, "measured")
    notice = boss.get("/v1/notices").json()["items"][0]
    assert (notice["kind"], notice["data"]["samples"], notice["data"]["right"]) == ("automation_stopped", 5, 1)
    assert notice["data"]["high"] < notice["data"]["wanted_precision"]
    call = boss.get(f"/v1/calls/{anywhere.call(mode='auto')}").json()
    assert "自动停用" in call["ticket"]["reasons"][-1]
    other = boss.get(f"/v1/calls/{anywhere.call(mode='auto', category='NV02')}").json()
    assert other["ticket"]["state"] == "已派发"
    seen = boss.post(f"/v1/notices/{notice['id']}/acknowledge").json()
    assert seen["acknowledged_at"]
    with anywhere.database.reading() as uow:
        kinds = uow.session.scalars(sa.select(OutboxEvent.kind).where(OutboxEvent.call_id.is_(None))).all()
    assert list(kinds) == ["automation.stopped"]
