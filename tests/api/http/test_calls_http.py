import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.security.keys import Scope, key_hash
from api.storage.models import new_id, utc_now

if TYPE_CHECKING:
    from conftest import Served


def send(client: httpx.Client, audio: bytes = b"audio", **fields: str) -> dict[str, Any]:
    response = client.post("/v1/recordings", files={"file": ("a.wav", audio, "audio/wav")}, data=fields)
    assert response.status_code == 202, response.text
    recording: dict[str, Any] = response.json()
    return recording


def test_a_call_from_recording_to_ticket(
    served: "Served", everything: httpx.Client, ticket_fields: dict[str, Any]
) -> None:
    recording = send(everything, session_id="s", caller_number="13800001234")
    url = recording["links"]["call"]
    waiting = everything.get(url).json()
    assert (waiting["state"], waiting["ticket"], waiting["alerts"]) == ("waiting", None, [])
    assert [step["name"] for step in waiting["progress"]["steps"]] == [
        "decode", "diarize", "transcribe", "structure", "dispatch",
    ]  # fmt: skip
    assert (waiting["progress"]["step"], waiting["progress"]["fraction"]) == ("decode", 0.0)
    for missing in ("transcript", "ticket"):
        assert everything.get(f"{url}/{missing}").status_code == 404

    served.finish_recording(recording["id"], "您好", "半夜还在施工")
    halfway = everything.get(url).json()
    assert (halfway["progress"]["step"], halfway["progress"]["fraction"]) == ("structure", 0.6)
    transcript = everything.get(recording["links"]["transcript"]).json()
    assert [segment["text"] for segment in transcript["segments"]] == ["您好", "半夜还在施工"]
    assert transcript["recording_id"] == recording["id"]

    served.write_ticket(recording["call_id"])
    call = everything.get(url).json()
    ticket = everything.get(f"{url}/ticket").json()
    assert call["state"] == "ticketed"
    assert call["ticket"] == ticket
    assert {name: ticket[name] for name in ticket_fields} == ticket_fields
    assert (ticket["state"], ticket["version"], ticket["city_version"]) == ("已派发", 1, "v1")
    assert [(order["role"], order["department"]) for order in ticket["sub_orders"]] == [
        ("主办", "生态环境局"), ("协办", "城市管理局"),
    ]  # fmt: skip


def test_transcripts_of_a_call_are_joined(served: "Served", everything: httpx.Client) -> None:
    first = send(everything, b"1", session_id="s", started_at="2026-03-12T09:00:00+08:00")
    second = send(everything, b"2", session_id="s", started_at="2026-03-12T09:01:00+08:00")
    served.finish_recording(second["id"], "转接后")
    assert everything.get(f"{first['links']['call']}/transcript").json()["segments"][0]["start"] == 0.0
    served.finish_recording(first["id"], "转接前", "请稍候")
    joined = everything.get(f"{first['links']['call']}/transcript").json()
    assert [(each["text"], each["start"], each["recording_id"]) for each in joined["segments"]] == [
        ("转接前", 0.0, first["id"]),
        ("请稍候", 2.0, first["id"]),
        ("转接后", 60.0, second["id"]),
    ]
    assert joined["segments"][2]["words"][0]["start"] == 60.0
    assert joined["duration"] == 62.0
    assert [part["offset"] for part in joined["parts"]] == [0.0, 60.0]


def test_lists_are_narrowed_and_searched(served: "Served", everything: httpx.Client) -> None:
    calls = {}
    for name, changes in {
        "noise": {},
        "fire": {"disposition": "emergency", "lead": None, "handover": ["119"], "title": "小区起火", "summary": "起火"},
        "doubt": {"mode": "review", "title": "100%的把握没有_"},
    }.items():
        recording = send(everything, name.encode(), source=name)
        served.finish_recording(recording["id"], "喂")
        served.write_ticket(recording["call_id"], **changes)
        calls[name] = recording["call_id"]
    calls["waiting"] = send(everything, b"last", source="waiting", caller_number="13812345678")["call_id"]

    def found(**parameters: str) -> list[str]:
        response = everything.get("/v1/calls", params=parameters)
        assert response.status_code == 200, response.text
        return [call["id"] for call in response.json()["items"]]

    assert found() == [calls[name] for name in ("waiting", "doubt", "fire", "noise")]
    assert found(mode="review") == [calls["doubt"]]
    assert found(disposition="emergency") == [calls["fire"]]
    assert found(state="waiting") == [calls["waiting"]]
    assert found(source="noise") == [calls["noise"]]
    assert found(q="起火") == [calls["fire"]]
    assert found(q="100%") == [calls["doubt"]]
    assert found(q="%") == [calls["doubt"]]
    assert found(q="13812345678") == [calls["waiting"]]
    assert found(q="幸福家园", mode="auto", state="ticketed", disposition="dispatch") == [calls["noise"]]
    pages = []
    cursor = None
    while True:
        page = everything.get("/v1/calls", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        pages += [call["id"] for call in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == found()
    for wrong in ({"mode": "x"}, {"q": "a\0"}, {"cursor": "rec_" + "0" * 32}, {"stat": "x"}):
        assert everything.get("/v1/calls", params=wrong).status_code == 422


def test_rerun_and_deletion_of_a_call(served: "Served", everything: httpx.Client) -> None:
    recording = send(everything)
    url = recording["links"]["call"]
    assert everything.post(f"{url}/rerun", json={}).status_code == 409
    served.finish_recording(recording["id"], "喂")
    assert everything.post(f"{url}/rerun", json={"from": "dispatch"}).status_code == 409
    served.write_ticket(recording["call_id"])
    assert everything.post(f"{url}/rerun", json={"from": "decode"}).status_code == 422
    rerun = everything.post(f"{url}/rerun", json={"from": "structure"})
    assert (rerun.status_code, rerun.json()["state"]) == (202, "waiting")
    assert everything.delete(url).status_code == 204
    for gone in (url, f"{url}/ticket", f"{url}/transcript", f"{url}/events", recording["links"]["self"]):
        assert everything.get(gone).status_code == 404
    with served.database.reading() as uow:
        assert [entry.action for entry in uow.access.audit_of(recording["call_id"])] == ["rerun", "delete"]


@contextmanager
def events(client: httpx.Client, url: str, **headers: str) -> Iterator[Iterator[tuple[str, str, Any]]]:
    """The server-sent events of ``url``: kind, id, data."""

    def parsed(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
        fields: dict[str, str] = {}
        for line in lines:
            if line.startswith(":"):
                continue
            if not line and fields:
                yield fields.get("event", ""), fields.get("id", ""), json.loads(fields["data"])
                fields = {}
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value

    with client.stream("GET", url, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        yield parsed(response.iter_lines())


def test_a_call_is_followed_live(served: "Served", everything: httpx.Client) -> None:
    recording = send(everything)
    call_id = recording["call_id"]
    with events(everything, f"/v1/calls/{call_id}/events") as stream:
        kind, _, data = next(stream)
        assert (kind, data["recording_id"], data["state"]) == ("progress", recording["id"], "received")
        kind, _, data = next(stream)
        assert (kind, data["call_id"], data["state"]) == ("progress", call_id, "waiting")

        served.finish_recording(recording["id"], "喂")
        told = [next(stream)[2] for _ in range(2)]
        assert (told[0]["state"], told[0]["duration"]) == ("transcribed", 2.0)
        assert told[1]["progress"]["fraction"] == 0.6

        emergency = {"disposition": "emergency", "lead": None, "handover": ["119", "120"], "title": "小区起火"}
        served.write_ticket(call_id, **emergency)
        told = [next(stream) for _ in range(3)]
        assert [kind for kind, _, _ in told] == ["progress", "ticket", "alert"]
        assert told[1][2]["title"] == "小区起火"
        assert told[2][2]["services"] == ["119", "120"]

        assert everything.delete(f"/v1/calls/{call_id}").status_code == 204
        assert next(stream)[0] == "deleted"
        assert list(stream) == []


def test_alerts_are_listed_and_followed(served: "Served", everything: httpx.Client) -> None:
    def emergency(**changes: Any) -> str:
        recording = send(everything, source=str(changes))
        served.finish_recording(recording["id"], "着火了")
        served.write_ticket(recording["call_id"], disposition="emergency", lead=None, **changes)
        return str(recording["call_id"])

    earlier = emergency(handover=["110"], title="以前")
    with served.database.transaction() as uow:
        alert = uow.tickets.alert_of_call(earlier)
        assert alert is not None
        alert.created_at = alert.changed_at = utc_now() - timedelta(hours=1)
    with events(everything, "/v1/alerts/stream") as stream:
        fire = emergency(handover=["119"], title="起火")
        kind, identifier, data = next(stream)
        assert (kind, data["call_id"], data["services"], data["title"]) == ("alert", fire, ["119"], "起火")
        assert identifier == data["id"]
        served.write_ticket(fire, disposition="emergency", lead=None, handover=["119", "120"], title="起火")
        assert next(stream)[2]["services"] == ["119", "120"]
    last = identifier
    gas = emergency(handover=["119"], title="燃气泄漏")
    with events(everything, "/v1/alerts/stream", **{"Last-Event-ID": last}) as stream:
        seen = [next(stream)[2]["call_id"] for _ in range(2)]
    assert seen == [fire, gas]
    listed = everything.get("/v1/alerts", params={"limit": 2}).json()
    assert [alert["call_id"] for alert in listed["items"]] == [gas, fire]
    rest = everything.get("/v1/alerts", params={"cursor": listed["next_cursor"]}).json()
    assert [alert["call_id"] for alert in rest["items"]] == [earlier]


def test_an_alert_that_changes_while_nobody_listens_comes_later(served: "Served", everything: httpx.Client) -> None:
    recording = send(everything)
    served.finish_recording(recording["id"], "着火了")
    fire = {"disposition": "emergency", "lead": None, "title": "起火"}
    served.write_ticket(recording["call_id"], **fire, handover=["119"])
    with served.database.transaction() as uow:
        alert = uow.tickets.alert_of_call(recording["call_id"])
        assert alert is not None
        alert.created_at = alert.changed_at = utc_now() - timedelta(hours=1)
    served.write_ticket(recording["call_id"], **fire, handover=["119", "120"])
    with events(everything, "/v1/alerts/stream", **{"Last-Event-ID": new_id("alert")}) as stream:
        _, _, data = next(stream)
    assert data["services"] == ["119", "120"]
    assert data["created_at"] < data["changed_at"]


@pytest.mark.parametrize("nonsense", ["x", "alert_", "alert_" + "z" * 32, "alert_" + "f" * 32])
def test_a_last_event_id_of_another_kind_does_no_harm(everything: httpx.Client, nonsense: str) -> None:
    with everything.stream("GET", "/v1/alerts/stream", headers={"Last-Event-ID": nonsense}) as response:
        assert response.status_code == 200


def test_a_stream_ends_when_its_key_is_revoked(served: "Served", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.events.KEY_CHECKED_EVERY", 0.1)
    secret = served.key(Scope.REVIEW)
    with events(served.client(key=secret), "/v1/alerts/stream") as stream:
        with served.database.transaction() as uow:
            key = uow.access.key_by_hash(key_hash(secret))
            assert key is not None
            key.revoked_at = utc_now()
        assert list(stream) == []


def test_lists_hold_what_a_list_shows_and_steps_only_of_what_is_under_way(
    served: "Served", everything: httpx.Client
) -> None:
    ticketed = served.call("喂", "半夜还在施工", flags=["elderly"])
    waiting = send(everything, b"under way")["call_id"]
    first, second = everything.get("/v1/calls").json()["items"]
    assert (first["id"], first["ticket"]) == (waiting, None)
    assert [step["name"] for step in first["progress"]["steps"]] == [
        "decode",
        "diarize",
        "transcribe",
        "structure",
        "dispatch",
    ]
    assert len(first["recordings"][0]["progress"]["steps"]) == 3
    whole = everything.get(f"/v1/calls/{ticketed}").json()
    shown = {name: value for name, value in second["ticket"].items() if name != "district"}
    assert {name: whole["ticket"][name] for name in shown} == shown
    assert shown["lead"] == {"department": "生态环境局", "level": "district", "district": "望江区", "street": None}
    assert second["progress"] == {"step": None, "fraction": 1.0, "steps": []}
    part = {name: value for name, value in second["recordings"][0].items() if name != "progress"}
    assert {name: whole["recordings"][0][name] for name in part} == part
    assert "evidence" not in second["ticket"]
