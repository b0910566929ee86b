from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.security.keys import Scope

if TYPE_CHECKING:
    from conftest import Serve, Served


@pytest.fixture
def anywhere(database_url: str, serve_on: "Serve") -> "Served":
    """An API on SQLite and on PostgreSQL."""
    return serve_on(database_url)


def claimed(client: httpx.Client, ticket: str) -> dict[str, Any]:
    assert client.post(f"/v1/tickets/{ticket}/claim").status_code == 200
    review: dict[str, Any] = client.get(f"/v1/tickets/{ticket}").json()
    return review


def conclude(client: httpx.Client, review: dict[str, Any], action: str, **body: Any) -> httpx.Response:
    address = f"/v1/tickets/{review['ticket']['id']}/conclude"
    return client.post(address, json={"action": action, **body}, headers={"If-Match": review["etag"]})


def errors(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_right_ticket_is_dispatched_as_it_is(anywhere: "Served") -> None:
    li = anywhere.person("li")
    review = claimed(li, anywhere.waiting())
    assert review["check"]["action"] == "dispatch"
    assert review["check"]["problems"] == []
    sent = conclude(li, review, "dispatch").json()
    assert (sent["ticket"]["state"], sent["claim"], sent["ticket"]["version"]) == ("已派发", None, 2)
    assert [(o["role"], o["department"], o["district"]) for o in sent["ticket"]["sub_orders"]] == [
        ("主办", "生态环境局", "望江区"),
        ("协办", "城市管理局", None),
    ]
    assert li.get("/v1/queue").json()["items"] == []
    history = li.get(f"/v1/tickets/{review['ticket']['id']}/history").json()
    assert {"concluded_dispatch"} <= {event["kind"] for event in history if event["actor_name"] == "Li"}
    with anywhere.database.reading() as uow:
        ticket = uow.reviews.ticket(review["ticket"]["id"])
        assert ticket is not None
        assert (ticket.machine_right, ticket.waited_seconds is not None) == (True, True)


def test_the_lead_follows_from_duty_and_place_and_the_grassroots_guard_holds(served: "Served") -> None:
    li = served.person("li")
    review = claimed(li, served.waiting())
    ticket = review["ticket"]["id"]
    # 社会生活噪声: the street only assists. Own duty of the street: 垃圾分类投放点.
    for code, lead, guard in (
        ("NV04", ("公安局", "district", None), "不得作为主办"),
        ("CG03", ("街道办事处/乡镇政府", "grassroots", "滨江街道"), "由其主办"),
    ):
        check = li.post(f"/v1/tickets/{ticket}/check", json={"fields": {"category": code}}).json()
        assert (check["lead"]["department"], check["lead"]["level"], check["lead"]["street"]) == lead
        assert guard in check["guard"]
    for forbidden in ("lead", "level", "disposition", "mode"):
        assert conclude(li, review, "dispatch", fields={forbidden: "街道办事处"}).status_code == 422
    named = conclude(li, review, "dispatch", fields={"category": "NV01", "co_handlers": ["街道办事处/乡镇政府"]})
    assert errors(named) == ["/fields/co_handlers"]


def test_what_cannot_stand_together_is_refused_with_its_place(served: "Served") -> None:
    li = served.person("li")
    review = claimed(li, served.waiting())
    wrong: list[tuple[str, dict[str, Any], list[str]]] = [
        ("dispatch", {"category": "ZZ99"}, ["/fields/category"]),
        ("dispatch", {"place": {"district": "没有区"}}, ["/fields/place/district"]),
        ("dispatch", {"place": {"district": "望江区", "street": "湖光街道"}}, ["/fields/place/street"]),
        ("dispatch", {"place": {"district": "望江区", "name": "不存在的小区"}}, ["/fields/place/name"]),
        ("dispatch", {"place": None}, ["/fields/place/district"]),
        ("dispatch", {"category": "CG03", "place": {"district": "望江区"}}, ["/fields/place/street"]),
        ("redirect", {}, ["/fields/category"]),
        ("dispatch", {"category": "XX01"}, ["/fields/category"]),
        ("answer", {"category": "QA01"}, ["/fields/answer"]),
    ]
    for action, fields, places in wrong:
        assert errors(conclude(li, review, action, fields=fields)) == places, fields
    assert conclude(li, review, "dispatch", fields={"title": "字" * 31}).status_code == 422


@pytest.mark.parametrize(
    ("code", "action", "body", "state"),
    [
        ("QA01", "answer", {"answer": "请携带身份证到政务中心办理。"}, "已答复"),
        ("XX02", "redirect", {}, "办结"),
        ("EM02", "handover", {}, "已派发"),
        (None, "close", {}, "办结"),
    ],
)
def test_each_way_to_conclude(
    served: "Served", code: str | None, action: str, body: dict[str, Any], state: str
) -> None:
    li = served.person("li")
    review = claimed(li, served.waiting())
    done = conclude(li, review, action, fields={"category": code}, **body)
    assert done.json()["ticket"]["state"] == state, done.text
    told = [event["data"] for event in li.get(f"/v1/tickets/{review['ticket']['id']}/history").json()]
    if action == "redirect":
        assert "信访部门" in next(data["words"] for data in told if data)
        assert done.json()["ticket"]["handover"] == ["信访部门"]
    if action == "handover":
        assert done.json()["ticket"]["handover"] == ["119"]


def test_a_draft_survives_and_a_second_tab_cannot_overwrite_it(anywhere: "Served") -> None:
    li = anywhere.person("li")
    review = claimed(li, anywhere.waiting())
    address = f"/v1/tickets/{review['ticket']['id']}/draft"
    edit = {"fields": {"category": "NV04", "title": "新标题"}}
    saved = li.put(address, json=edit, headers={"If-Match": review["etag"]})
    assert saved.status_code == 200, saved.text
    assert saved.headers["etag"] == saved.json()["etag"] != review["etag"]
    stale = li.put(address, json={"fields": {"title": "旧页"}}, headers={"If-Match": review["etag"]})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:hotline:problem:changed-meanwhile")
    assert stale.json()["current"]["draft"]["fields"] == edit["fields"]
    assert conclude(li, review, "dispatch").status_code == 412
    assert li.put(address, json=edit).status_code == 422
    again = li.get(f"/v1/tickets/{review['ticket']['id']}").json()
    assert (again["draft"]["fields"], again["draft"]["updated_by"]["name"]) == (edit["fields"], "Li")
    assert again["check"]["lead"]["department"] == "公安局"
    sent = conclude(li, again, "dispatch").json()["ticket"]
    assert (sent["category"], sent["title"], sent["lead"]["department"]) == ("NV04", "新标题", "公安局")


def test_without_the_claim_nothing_is_changed(served: "Served") -> None:
    ticket = served.waiting()
    li, wang = served.person("li"), served.person("wang")
    review = claimed(li, ticket)
    for attempt in (
        wang.put(f"/v1/tickets/{ticket}/draft", json={"fields": {}}, headers={"If-Match": review["etag"]}),
        conclude(wang, review, "dispatch"),
        wang.post(f"/v1/tickets/{ticket}/send-back", json={}),
        wang.post(f"/v1/tickets/{ticket}/split", json={"fields": {"category": "NV01"}}),
    ):
        assert (attempt.status_code, attempt.json()["type"]) == (409, "urn:hotline:problem:claim-lost")
    assert conclude(served.client(Scope.REVIEW), review, "dispatch").status_code == 403


def test_a_decision_is_undone_until_a_handler_has_begun(anywhere: "Served") -> None:
    li, wang = anywhere.person("li"), anywhere.person("wang")
    review = claimed(li, anywhere.waiting())
    ticket = review["ticket"]["id"]
    sent = conclude(li, review, "dispatch", fields={"category": "NV04"}).json()
    assert sent["can_undo"]["action"] == "dispatch"
    assert wang.post(f"/v1/tickets/{ticket}/undo").status_code == 409
    back = li.post(f"/v1/tickets/{ticket}/undo").json()
    assert (back["ticket"]["state"], back["ticket"]["category"], back["can_undo"]) == ("待审核", "NV01", None)
    assert {order["state"] for order in back["ticket"]["sub_orders"]} == {"已撤回"}
    assert li.post(f"/v1/tickets/{ticket}/undo").status_code == 409
    assert [item["ticket_id"] for item in li.get("/v1/queue").json()["items"]] == [ticket]
    conclude(li, claimed(li, ticket), "dispatch")
    with anywhere.database.transaction() as uow:
        orders = [order for order in uow.tickets.sub_orders(ticket) if order.state == "已派发"]
        assert len(orders) == 2
        orders[0].state = "已签收"
    late = li.post(f"/v1/tickets/{ticket}/undo")
    assert (late.status_code, late.json()["type"]) == (409, "urn:hotline:problem:collected")


def test_a_supervisor_recalls_what_went_out_by_itself_and_may_undo_that(anywhere: "Served") -> None:
    ticket = anywhere.ticket_id(anywhere.call(mode="auto"))
    boss, li = anywhere.person("boss", "supervisor"), anywhere.person("li")
    assert li.post(f"/v1/tickets/{ticket}/recall", json={"reason": "错派"}).status_code == 403
    back = boss.post(f"/v1/tickets/{ticket}/recall", json={"reason": "错派"}).json()
    assert back["ticket"]["state"] == "待审核"
    assert {order["state"] for order in back["ticket"]["sub_orders"]} == {"已撤回"}
    with anywhere.database.reading() as uow:
        stored = uow.reviews.ticket(ticket)
        assert stored is not None
        assert (stored.automatic, stored.machine_right) == (True, False)
    again = boss.post(f"/v1/tickets/{ticket}/undo").json()
    assert again["ticket"]["state"] == "已派发"
    assert {order["state"] for order in again["ticket"]["sub_orders"]} == {"已派发"}
    waiting = anywhere.waiting()
    assert boss.post(f"/v1/tickets/{waiting}/recall", json={"reason": "x"}).status_code == 409


def test_a_colleague_is_asked_and_gets_the_ticket_first(served: "Served") -> None:
    li, wang = served.person("li"), served.person("wang")
    ticket = served.waiting()
    served.waiting(urgency="critical")
    claimed(li, ticket)
    colleague = next(each["id"] for each in li.get("/v1/colleagues").json() if each["name"] == "Wang")
    asked = li.post(f"/v1/tickets/{ticket}/ask", json={"to": colleague, "note": "这算谁的职责？"}).json()
    assert (asked["assigned_to"]["name"], asked["note"]["text"]) == ("Wang", "这算谁的职责？")
    assert wang.get("/v1/queue/counts").json()["assigned"] == 1
    assert wang.post("/v1/queue/next", json={}).json()["ticket"]["id"] == ticket
    assert wang.post(f"/v1/tickets/{ticket}/send-back", json={"note": "街道的"}).status_code == 204
    assert wang.get(f"/v1/tickets/{ticket}").json()["assigned_to"] is None


def test_a_second_matter_becomes_a_ticket_of_its_own(anywhere: "Served") -> None:
    li = anywhere.person("li")
    review = claimed(li, anywhere.waiting())
    address = f"/v1/tickets/{review['ticket']['id']}/split"
    assert errors(li.post(address, json={"fields": {"category": "CG03"}})) == ["/fields/title", "/fields/summary"]
    edit = {"category": "CG03", "title": "垃圾桶移位", "summary": "投放点离家太近。"}
    second = li.post(address, json={"fields": edit})
    assert second.status_code == 201, second.text
    made = second.json()
    assert (made["ticket"]["matter"], made["claim"]["operator"]["name"]) == (1, "Li")
    assert made["ticket"]["place"]["street"] == "滨江街道"
    assert [sibling["number"] for sibling in made["siblings"]] == [review["ticket"]["number"]]
    assert conclude(li, made, "dispatch").json()["ticket"]["lead"]["street"] == "滨江街道"
    call = li.get(f"/v1/calls/{review['call_id']}").json()
    assert (call["ticket"]["matter"], [each["matter"] for each in call["further_tickets"]]) == (0, [1])


def test_recordings_of_one_call_that_came_as_two_are_joined(anywhere: "Served") -> None:
    li = anywhere.person("li")
    first = anywhere.call("您好", "我要投诉", metadata={"session_id": "s1"})
    second = anywhere.call("接着说", "就是这个工地", metadata={"session_id": "s2"})
    sent = anywhere.call(mode="auto")
    assert li.post(f"/v1/calls/{first}/join", json={"other_call_id": sent, "reason": "同一通"}).status_code == 409
    joined = li.post(f"/v1/calls/{first}/join", json={"other_call_id": second, "reason": "同一通"})
    assert joined.status_code == 200, joined.text
    assert len(joined.json()["recordings"]) == 2
    assert joined.json()["state"] == "waiting"
    assert li.get(f"/v1/calls/{second}").status_code == 404
    texts = [segment["text"] for segment in li.get(f"/v1/calls/{first}/transcript").json()["segments"]]
    assert texts == ["您好", "我要投诉", "接着说", "就是这个工地"]
    late = anywhere.client(Scope.INTAKE).post(
        "/v1/recordings", files={"file": ("b.wav", b"late")}, data={"session_id": "s2"}
    )
    assert late.json()["call_id"] == first


def test_each_field_says_where_it_was_heard(served: "Served") -> None:
    call = served.call(
        "您好",
        "半夜还在施工",
        evidence={"category": [{"turn": 1, "words": "半夜"}], "place": [{"turn": 9, "words": "x"}]},
    )
    li = served.person("li")
    evidence = li.get(f"/v1/tickets/{served.ticket_id(call)}").json()["evidence"]
    heard = evidence["category"][0]
    assert (heard["turn"], heard["start"], heard["end"]) == (1, 2.0, 3.5)
    assert heard["recording_id"].startswith("rec_")
    assert evidence["place"][0]["start"] is None


def test_candidates_come_with_basis_and_guard(served: "Served") -> None:
    li = served.person("li")
    ticket = served.waiting(candidates=[{"category": "NV04", "department": "公安局", "score": 0.5}])
    candidate = li.get(f"/v1/tickets/{ticket}").json()["candidates"][0]
    assert candidate["level1"] == "噪声扰民"
    assert "噪声污染防治法" in candidate["basis"]
    assert "不得作为主办" in candidate["guard"]


def test_a_machine_that_runs_again_never_overwrites_a_person(anywhere: "Served") -> None:
    li = anywhere.person("li")
    call = anywhere.call()
    review = claimed(li, anywhere.ticket_id(call))
    conclude(li, review, "dispatch", fields={"category": "NV04"})
    anywhere.write_ticket(call, title="机器又读了一遍")
    again = li.get(f"/v1/tickets/{review['ticket']['id']}").json()["ticket"]
    assert (again["category"], again["needs_review"], again["state"]) == ("NV04", True, "已派发")
    assert [item["ticket_id"] for item in li.get("/v1/queue").json()["items"]] == [again["id"]]


def test_the_places_of_the_city_are_listed_for_the_cascade(served: "Served") -> None:
    places = served.person("li").get("/v1/city/places").json()
    assert {"kind": "street", "name": "滨江街道", "district": "望江区", "street": "滨江街道", "community": ""} in places
