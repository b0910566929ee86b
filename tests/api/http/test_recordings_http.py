import asyncio
import hashlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from api.calls.errors import Problem
from api.calls.progress import fail_recording
from api.security.keys import Scope
from api.storage.models import Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Serve, Served

AUDIO = b"RIFF" + bytes(range(256)) * 400
METADATA: dict[str, Any] = {
    "source": "recorder-1",
    "recording_id": "r-1",
    "session_id": "s-1",
    "started_at": "2026-03-12T09:41:00+08:00",
    "caller_number": "13800001234",
    "operator_number": "8001",
    "direction": "inbound",
    "part": "1",
}


def post(client: httpx.Client, audio: bytes = AUDIO, *, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/recordings", files={"file": ("通话.wav", audio, "audio/wav")}, data=fields, headers=headers)


def problem_of(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:hotline:problem:")
    return problem


def test_an_upload_is_accepted_with_both_ids(served: "Served", everything: httpx.Client) -> None:
    response = post(everything, **METADATA, channel_roles="operator,citizen", custom='{"队列": ["综合", 1]}')
    assert response.status_code == 202
    recording = response.json()
    assert recording["state"] == "received"
    assert recording["custom"] == {"队列": ["综合", 1]}
    assert recording["channel_roles"] == ["operator", "citizen"]
    assert recording["filename"] == "通话.wav"
    assert (recording["bytes"], recording["sha256"]) == (len(AUDIO), hashlib.sha256(AUDIO).hexdigest())
    assert {name: recording[name] for name in METADATA} == {**METADATA, "started_at": "2026-03-12T01:41:00Z"}
    assert response.headers["location"] == recording["links"]["self"] == f"/v1/recordings/{recording['id']}"
    assert everything.get(recording["links"]["self"]).json() == recording
    call = everything.get(recording["links"]["call"]).json()
    assert call["id"] == recording["call_id"]
    assert call["recordings"] == [recording]
    assert served.incoming() == []


def test_metadata_may_come_as_one_field_and_times_without_offset_are_beijing_time(everything: httpx.Client) -> None:
    told = {**METADATA, "started_at": "2026-03-12 09:41:00", "custom": {"a": None}, "raw_encoding": "alaw"}
    recording = post(everything, metadata=json.dumps(told)).json()
    assert recording["started_at"] == "2026-03-12T01:41:00Z"
    assert recording["custom"] == {"a": None}


def test_recordings_of_one_session_make_one_call(everything: httpx.Client) -> None:
    one, two, other = (
        post(everything, audio, source=source, session_id="s").json()
        for audio, source in ((b"one", "a"), (b"two", "a"), (b"two", "b"))
    )
    assert one["call_id"] == two["call_id"] != other["call_id"]
    assert one["id"] != two["id"]


def test_the_same_recording_sent_again_is_the_same(served: "Served", everything: httpx.Client) -> None:
    first = post(everything, source="a", recording_id="1")
    again = post(everything, source="a", recording_id="1")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert post(everything, AUDIO + b"!", source="a", recording_id="1").status_code == 202
    assert post(everything, source="b", recording_id="1").status_code == 202
    assert len(served.stored_audio()) == 3


def test_an_idempotency_key_gives_the_same_answer_to_its_owner(served: "Served", everything: httpx.Client) -> None:
    first = post(everything, key="abc", caller_number="1")
    assert post(everything, key="abc", caller_number="1").json() == first.json()
    assert "idempotency-key-reused" in problem_of(post(everything, b"other", key="abc", caller_number="1"), 422)["type"]
    problem_of(post(everything, key="abc", caller_number="2"), 422)
    stranger = served.client(Scope.INTAKE)
    assert post(stranger, key="abc", caller_number="1").json()["id"] != first.json()["id"]
    assert len(served.stored_audio()) == 2


@contextmanager
def _connection_lost_after_commit(served: "Served") -> "Iterator[None]":
    """The server commits, the client's connection ends before it learns so."""

    def commit_and_fail(connection: sa.Connection) -> None:
        connection.connection.commit()
        raise sa.exc.OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

    sa.event.listen(served.database.engine, "commit", commit_and_fail)
    try:
        yield
    finally:
        sa.event.remove(served.database.engine, "commit", commit_and_fail)


def test_a_connection_lost_at_the_commit_loses_no_audio(database_url: str, serve_on: "Serve") -> None:
    served = serve_on(database_url)
    client = served.client(Scope.INTAKE, Scope.REVIEW)
    with _connection_lost_after_commit(served):
        problem_of(post(client, key="k", **METADATA), 503)
    again = post(client, key="k", **METADATA)
    assert again.status_code == 200
    recording = again.json()
    assert client.get(recording["links"]["audio"]).content == AUDIO
    assert served.stored_audio() == [f"recordings/{recording['id']}/original"]


def test_a_refusal_before_the_commit_leaves_no_audio(served: "Served", everything: httpx.Client) -> None:
    post(everything, key="k", **METADATA)
    problem_of(post(everything, AUDIO + b"other", key="k", **METADATA), 422)
    assert len(served.stored_audio()) == 1


@pytest.mark.parametrize("started_at", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-08:00"])
def test_a_time_beyond_the_calendar_is_pointed_at(everything: httpx.Client, started_at: str) -> None:
    problem = problem_of(post(everything, **{**METADATA, "started_at": started_at}), 422)
    assert problem["errors"][0]["pointer"] == "/started_at"


def test_all_connections_in_use_is_no_fault_of_the_server(
    served: "Served", everything: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = post(everything, **METADATA).json()
    pool = QueuePool(served.database.engine.pool._creator, pool_size=1, max_overflow=0, timeout=0.1)
    monkeypatch.setattr(served.database.engine, "pool", pool)
    monkeypatch.setattr(served.database._reading_engine, "pool", pool)
    with served.database.engine.connect():
        answer = everything.get(recording["links"]["self"])
    problem_of(answer, 503)
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("key", ["k", None])
def test_sending_again_brings_lost_audio_back(served: "Served", everything: httpx.Client, key: str | None) -> None:
    recording = post(everything, key=key, **METADATA).json()
    audio_key = f"recordings/{recording['id']}/original"
    served.state.audio.delete(audio_key)
    with served.database.transaction() as uow:
        stored = uow.recordings.get(recording["id"])
        assert stored is not None
        fail_recording(uow, served.state.queue, stored, "decode", Problem("audio_missing", "No audio.", "Send again."))
    again = post(everything, key=key, **METADATA)
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, recording["id"], "received")
    assert again.json()["error"] is None
    assert everything.get(recording["links"]["audio"]).content == AUDIO
    assert served.stored_audio() == [audio_key]


def test_audio_that_was_lost_after_transcription_comes_back_without_new_work(
    served: "Served", everything: httpx.Client
) -> None:
    recording = post(everything, **METADATA).json()
    served.finish_recording(recording["id"], "喂你好")
    served.state.audio.delete(f"recordings/{recording['id']}/original")
    again = post(everything, **METADATA)
    assert (again.status_code, again.json()["state"]) == (200, "transcribed")
    assert everything.get(recording["links"]["audio"]).content == AUDIO


@pytest.mark.parametrize("way", ["source's id", "idempotency key"])
def test_the_same_recording_sent_at_once_is_taken_once(serve_on: "Serve", database_url: str, way: str) -> None:
    served = serve_on(database_url)
    clients = [served.client(Scope.INTAKE, key="a-key-that-a-script-made-for-itself") for _ in range(6)]

    def send(client: httpx.Client) -> httpx.Response:
        if way == "idempotency key":
            return post(client, key="once", session_id="s")
        return post(client, source="a", recording_id="1", session_id="s")

    with ThreadPoolExecutor(len(clients)) as pool:
        responses = list(pool.map(send, clients))
    assert sorted(response.status_code for response in responses) == [200] * 5 + [202]
    assert len({response.json()["id"] for response in responses}) == 1
    assert len(served.stored_audio()) == 1


def test_parts_of_one_call_that_come_at_once_join(database_url: str, serve_on: "Serve") -> None:
    served = serve_on(database_url)
    clients = [served.client(key="a-key-that-a-script-made-for-itself") for _ in range(6)]
    with ThreadPoolExecutor(len(clients)) as pool:
        responses = list(pool.map(lambda pair: post(pair[1], bytes([pair[0]]), session_id="s"), enumerate(clients)))
    assert {response.status_code for response in responses} == {202}
    assert len({response.json()["call_id"] for response in responses}) == 1
    assert len({response.json()["id"] for response in responses}) == 6


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"direction": "sideways"}, "/direction"),
        ({"started_at": "yesterday"}, "/started_at"),
        ({"started_at": "1773279660"}, "/started_at"),
        ({"started_at": "20260312"}, "/started_at"),
        ({"channel_roles": "operator,robot"}, "/channel_roles/1"),
        ({"channel_roles": "operator,citizen,both"}, "/channel_roles"),
        ({"raw_rate": "8000"}, ""),
        ({"raw_encoding": "alaw", "raw_rate": "1"}, "/raw_rate"),
        ({"caller_number": "1" * 41}, "/caller_number"),
        ({"caller_number": "1\n2"}, "/caller_number"),
        ({"session_id": "a\0b"}, "/session_id"),
        ({"custom": "[1]"}, "/custom"),
        ({"custom": "{"}, "/custom"),
        ({"custom": '{"a": "\\u0000"}'}, "/custom"),
        ({"custom": '{"a": NaN}'}, "/custom"),
        ({"custom": json.dumps({"a": "x" * 17000})}, "/custom"),
        ({"callernumber": "1"}, "/callernumber"),
        ({"metadata": '{"source": "a"}', "source": "b"}, "/source"),
        ({"metadata": "[]"}, "/metadata"),
        ({"metadata": '{"custom": {"a": "\\ud800"}}'}, "/custom"),
        ({"metadata": '{"source": 5}'}, "/source"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_pointed_at_and_nothing_stays(
    served: "Served", everything: httpx.Client, fields: dict[str, str], pointer: str
) -> None:
    problem = problem_of(post(everything, **fields), 422)
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert all("input" not in error for error in problem["errors"])
    assert served.stored_audio() == served.incoming() == []
    assert everything.get("/v1/recordings").json()["items"] == []


def test_bad_bodies_are_problems_and_leave_nothing(served: "Served", everything: httpx.Client) -> None:
    url = "/v1/recordings"
    problem_of(everything.post(url, content=b"x"), 415)
    problem_of(everything.post(url, content=b"x", headers={"Content-Type": "text/plain"}), 415)
    problem_of(everything.post(url, content=b"{", headers={"Content-Type": "application/json"}), 400)
    problem_of(everything.post(url, json=[]), 422)
    problem_of(everything.post(url, json={}), 422)
    problem_of(everything.post(url, content=b"x", headers={"Content-Type": "multipart/form-data"}), 400)
    problem_of(everything.post(url, data={"source": "a"}, files={"other": ("a", b"1")}), 400)
    problem_of(post(everything, b""), 422)
    problem_of(post(everything, bytes(8_000_001)), 413)
    problem_of(post(everything, metadata="{"), 400)
    problem_of(post(everything, key="a b"), 422)
    assert served.stored_audio() == served.incoming() == []


def test_a_client_that_hangs_up_midway_leaves_nothing(served: "Served", everything: httpx.Client) -> None:
    key = everything.headers["authorization"]
    head = (
        f"POST /v1/recordings HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    )
    address = httpx.URL(served.url)
    with socket.create_connection((address.host, address.port)) as connection:
        connection.sendall(head.encode() + bytes(2_000_000))
        wait_for(lambda: bool(served.incoming()))
    wait_for(lambda: not served.incoming())
    assert served.stored_audio() == []


def wait_for(condition: "Callable[[], bool]", seconds: float = 5.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


class Files(BaseHTTPRequestHandler):
    """A recording system with files that expire after being fetched once."""

    asked: list[str]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        known = self.path in self.asked
        self.asked.append(self.path)
        page = self.path.startswith("/page")
        body = b"<html>" if page else b"expired" if known else AUDIO
        self.send_response(200 if page or not known else 403)
        self.send_header("Content-Type", "text/html; charset=utf-8" if page else "audio/wav")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def files() -> "Iterator[str]":
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Files,), {"asked": []}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_a_recording_is_fetched_at_once_and_an_expired_url_does_not_matter_again(
    served: "Served", everything: httpx.Client
) -> None:
    with files() as address:
        demand = {"url": f"{address}/calls/a.wav?sign=secret", **METADATA, "custom": {"a": 1}}
        first = everything.post("/v1/recordings", json=demand, headers={"Idempotency-Key": "k"})
        assert first.status_code == 202, first.text
        assert (first.json()["filename"], first.json()["bytes"]) == ("a.wav", len(AUDIO))
        again = everything.post("/v1/recordings", json=demand, headers={"Idempotency-Key": "k"})
        assert (again.status_code, again.json()) == (200, first.json())
        other = everything.post("/v1/recordings", json={**demand, "part": "2"}, headers={"Idempotency-Key": "k"})
        problem_of(other, 422)
        assert "403" in problem_of(everything.post("/v1/recordings", json=demand), 422)["detail"]
        page = problem_of(everything.post("/v1/recordings", json={"url": f"{address}/page"}), 422)
        assert page["type"].endswith("fetch-failed")
        assert "secret" not in json.dumps(first.json())
    assert len(served.stored_audio()) == 1
    assert served.incoming() == []


def test_inner_addresses_are_refused_unless_allowed(serve_on: "Serve", sqlite_url: str) -> None:
    client = serve_on(sqlite_url, fetch_allow_private=False).client(Scope.INTAKE)
    with files() as address:
        problem = problem_of(client.post("/v1/recordings", json={"url": f"{address}/a.wav"}), 422)
    assert problem["type"].endswith("fetch-refused")
    assert "HOTLINE_FETCH_ALLOW_PRIVATE" in problem["detail"]


def test_paging_is_stable_while_more_comes_in(everything: httpx.Client) -> None:
    ids = [post(everything, bytes([number]), source="a").json()["id"] for number in range(5)]
    first = everything.get("/v1/recordings", params={"limit": 2}).json()
    assert [item["id"] for item in first["items"]] == ids[:2:-1]
    post(everything, b"later", source="b")
    second = everything.get("/v1/recordings", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    third = everything.get("/v1/recordings", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    assert [item["id"] for item in second["items"] + third["items"]] == ids[2::-1]
    assert third["next_cursor"] is None
    assert len(everything.get("/v1/recordings", params={"source": "b"}).json()["items"]) == 1
    assert everything.get("/v1/recordings", params={"state": "failed"}).json()["items"] == []
    for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"state": "x"}, {"sorce": "a"}):
        problem_of(everything.get("/v1/recordings", params=wrong), 422)


def test_an_intake_key_sees_what_it_sent_and_no_more(served: "Served") -> None:
    mine, theirs = served.client(Scope.INTAKE), served.client(Scope.INTAKE)
    recording = post(mine).json()
    post(theirs, b"other")
    assert mine.get(f"/v1/recordings/{recording['id']}").json() == recording
    assert [item["id"] for item in mine.get("/v1/recordings").json()["items"]] == [recording["id"]]
    problem_of(theirs.get(f"/v1/recordings/{recording['id']}"), 404)
    for address in ("transcript", "audio"):
        problem_of(mine.get(f"/v1/recordings/{recording['id']}/{address}"), 403)
    problem_of(mine.get(recording["links"]["call"]), 403)
    problem_of(mine.delete(recording["links"]["self"]), 403)
    assert len(served.client(Scope.REVIEW).get("/v1/recordings").json()["items"]) == 2


def test_audio_with_ranges(served: "Served", everything: httpx.Client) -> None:
    url = post(everything).json()["links"]["audio"]
    whole = everything.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, AUDIO, "audio/wav")
    etag = whole.headers["etag"]
    assert etag == f'"{hashlib.sha256(AUDIO).hexdigest()}"'
    part = everything.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, AUDIO[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(AUDIO)}"
    assert everything.get(url, headers={"Range": "bytes=-7"}).content == AUDIO[-7:]
    assert everything.get(url, headers={"Range": "bytes=5-", "If-Range": etag}).content == AUDIO[5:]
    assert everything.get(url, headers={"Range": "bytes=5-", "If-Range": '"old"'}).content == AUDIO
    beyond = everything.get(url, headers={"Range": f"bytes={len(AUDIO)}-"})
    problem_of(beyond, 416)
    assert beyond.headers["content-range"] == f"bytes */{len(AUDIO)}"
    assert everything.get(url, headers={"If-None-Match": f'W/{etag}, "x"'}).status_code == 304
    head = everything.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(AUDIO)))
    assert head.headers["accept-ranges"] == "bytes"
    problem_of(everything.get(url, params={"form": "mp3"}), 422)


@pytest.mark.parametrize("head", [False, True])
def test_audio_that_the_store_lost_is_not_found(served: "Served", everything: httpx.Client, head: bool) -> None:
    recording = post(everything, **METADATA).json()
    served.state.audio.delete(f"recordings/{recording['id']}/original")
    answer = everything.request("HEAD" if head else "GET", recording["links"]["audio"])
    assert answer.status_code == 404
    assert head or "no longer in the store" in problem_of(answer, 404)["detail"]


def test_a_new_key_of_the_same_sender_sees_what_it_sends_again(served: "Served") -> None:
    old, new = served.client(Scope.INTAKE), served.client(Scope.INTAKE)
    first = post(old, **METADATA).json()
    again = post(new, **METADATA)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert new.get(again.headers["Location"]).status_code == 200


def test_a_page_that_calls_itself_audio_is_not_served_as_one(served: "Served", everything: httpx.Client) -> None:
    files = {"file": ("a.html", b"<script>alert(1)</script>", "text/html")}
    url = everything.post("/v1/recordings", files=files).json()["links"]["audio"]
    response = everything.get(url)
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_browser_can_play_what_a_recorder_wrote(served: "Served", everything: httpx.Client) -> None:
    samples = bytes([0xD5, 0x55, 0x80, 0x2A]) * 4000
    fields = {"raw_encoding": "alaw", "raw_rate": "8000"}
    recording = post(everything, samples, **fields).json()
    url = recording["links"]["audio"]
    with ThreadPoolExecutor(3) as pool:
        played = list(pool.map(lambda _: everything.get(url, params={"form": "play"}), range(3)))
    assert {(response.status_code, response.headers["content-type"]) for response in played} == {(200, "audio/flac")}
    assert played[0].content.startswith(b"fLaC")
    part = everything.get(url, params={"form": "play"}, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"fLaC")
    assert len(served.stored_audio()) == 2
    assert everything.delete(recording["links"]["self"]).status_code == 204
    wait_for(lambda: served.stored_audio() == [])
    assert served.incoming() == []


def test_conversions_come_one_after_another_and_copy_nothing(
    served: "Served", everything: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[Any, int]] = []
    sources: list[str] = []
    start = asyncio.create_subprocess_exec

    async def watched(*command: str) -> Any:
        running = sum(process.returncode is None for process, _ in begun)
        sources.append(command[3])
        process = await start(*command)
        begun.append((process, running))
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    fields = {"raw_encoding": "alaw", "raw_rate": "8000"}
    urls = [post(everything, bytes([0xD5, number]) * 4000, **fields).json()["links"]["audio"] for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        played = list(pool.map(lambda url: everything.get(url, params={"form": "play"}), urls))
    assert [response.status_code for response in played] == [200] * 3
    assert [running for _, running in begun] == [0] * 3
    assert all(source.endswith("/original") for source in sources)
    assert served.incoming() == []


def test_what_cannot_be_played_is_said(everything: httpx.Client) -> None:
    url = post(everything, b"no audio at all").json()["links"]["audio"]
    problem_of(everything.get(url, params={"form": "play"}), 422)


def test_rerun_and_deletion(served: "Served", everything: httpx.Client) -> None:
    recording = post(everything).json()
    url = recording["links"]["self"]
    problem_of(everything.post(f"{url}/rerun", json={"from": "decode"}), 409)
    with served.database.transaction() as uow:
        stored = uow.recordings.get(recording["id"])
        assert isinstance(stored, Recording)
        stored.state = "failed"
        stored.error = {"code": "not_audio", "reason": "No audio.", "remedy": "Send another.", "step": "decode"}
    failed = everything.get(url).json()
    assert failed["error"]["type"] == "urn:hotline:problem:not_audio"
    assert (failed["error"]["code"], failed["error"]["step"]) == ("not_audio", "decode")
    problem_of(everything.post(f"{url}/rerun", json={"from": "transcribe"}), 409)
    problem_of(everything.post(f"{url}/rerun", json={"from": "structure"}), 422)
    rerun = everything.post(f"{url}/rerun", json={"from": "decode"})
    assert (rerun.status_code, rerun.json()["state"], rerun.json()["error"]) == (202, "received", None)
    assert everything.delete(url).status_code == 204
    problem_of(everything.get(url), 404)
    problem_of(everything.get(recording["links"]["call"]), 404)
    problem_of(everything.delete(url), 404)
    wait_for(lambda: served.stored_audio() == [])
    with served.database.reading() as uow:
        entries = [(entry.action, entry.actor_kind) for entry in uow.access.audit_of(recording["id"])]
    assert entries == [("rerun", "api_key"), ("delete", "api_key")]
