from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.review.corrections import keep_corrections

if TYPE_CHECKING:
    from conftest import Serve, Served


@pytest.fixture
def anywhere(database_url: str, serve_on: "Serve") -> "Served":
    """An API on SQLite and on PostgreSQL."""
    return serve_on(database_url)


@pytest.fixture
def li(anywhere: "Served") -> httpx.Client:
    return anywhere.person("li")


@pytest.fixture
def recording(anywhere: "Served", li: httpx.Client) -> str:
    call = anywhere.call("您好请讲", "半夜还在失工", "在哪里")
    li.post(f"/v1/tickets/{anywhere.ticket_id(call)}/claim")
    identifier: str = li.get(f"/v1/calls/{call}").json()["recordings"][0]["id"]
    return identifier


def turns(client: httpx.Client, recording: str) -> list[dict[str, Any]]:
    segments: list[dict[str, Any]] = client.get(f"/v1/recordings/{recording}/transcript").json()["segments"]
    return segments


def correct(client: httpx.Client, recording: str, version: int, **change: Any) -> httpx.Response:
    return client.post(f"/v1/recordings/{recording}/corrections", json={"transcript_version": version, **change})


def test_text_role_split_and_merge_are_kept_with_who_and_when(li: httpx.Client, recording: str) -> None:
    done = correct(li, recording, 1, kind="text", segment=1, text="半夜还在施工")
    assert done.status_code == 200, done.text
    assert done.json()["transcript_version"] == 2
    assert correct(li, recording, 2, kind="role", segment=2, role="citizen").status_code == 200
    assert correct(li, recording, 3, kind="split", segment=0, at=2).status_code == 200
    assert [each["text"] for each in turns(li, recording)] == ["您好", "请讲", "半夜还在施工", "在哪里"]
    assert correct(li, recording, 4, kind="merge", segment=0).status_code == 200
    now = turns(li, recording)
    assert [(each["text"], each["role"]) for each in now] == [
        ("您好请讲", "operator"),
        ("半夜还在施工", "citizen"),
        ("在哪里", "citizen"),
    ]
    assert [each["index"] for each in now] == [0, 1, 2]
    assert now[1]["corrected"]["at"]
    log = li.get(f"/v1/recordings/{recording}/corrections").json()
    assert [(each["kind"], each["by"]["name"]) for each in log] == [
        (kind, "Li") for kind in ("text", "role", "split", "merge")
    ]
    assert (log[0]["before"]["turns"][0]["text"], log[0]["after"]["turns"][0]["text"]) == (
        "半夜还在失工",
        "半夜还在施工",
    )
    assert li.get("/v1/queue", params={"q": "还在施工"}).json()["items"]


def test_a_stale_or_impossible_change_is_refused(anywhere: "Served", li: httpx.Client, recording: str) -> None:
    correct(li, recording, 1, kind="text", segment=1, text="半夜还在施工")
    stale = correct(li, recording, 1, kind="text", segment=1, text="x")
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    for change in (
        {"kind": "text", "segment": 9, "text": "x"},
        {"kind": "merge", "segment": 2},
        {"kind": "split", "segment": 0, "at": 0},
        {"kind": "split", "segment": 0, "at": 99},
        {"kind": "text", "segment": 0, "text": " "},
        {"kind": "role", "segment": 0, "role": "king"},
    ):
        assert correct(li, recording, 2, **change).status_code == 422, change
    other = anywhere.person("wang")
    assert correct(other, recording, 2, kind="role", segment=0, role="other").json()["type"].endswith("claim-lost")


def test_corrections_outlast_a_new_recognition(anywhere: "Served", li: httpx.Client, recording: str) -> None:
    correct(li, recording, 1, kind="text", segment=1, text="半夜还在施工")
    with anywhere.database.transaction() as uow:
        content = dict(uow.recordings.transcript(recording).content)  # type: ignore[union-attr]
        fresh = [{**each, "text": f"新{index}", "corrected": None} for index, each in enumerate(content["segments"])]
        uow.recordings.add_transcript(recording, {**content, "segments": fresh}, attempt=2)
        keep_corrections(uow, recording)
        keep_corrections(uow, recording)
    assert [each["text"] for each in turns(li, recording)] == ["新0", "半夜还在施工", "新2"]
    assert turns(li, recording)[1]["corrected"]
    with anywhere.database.reading() as uow:
        assert uow.recordings.transcript(recording).version == 4  # type: ignore[union-attr]
