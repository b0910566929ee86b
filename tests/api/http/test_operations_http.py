import asyncio
import gzip
import json
import logging
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.app import create_app
from api.logging import configure_logging
from api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Serve, Served

SECRET_WORDS = ["13800001234", "王女士", "幸福家园", "s-secret"]


def test_health_and_readiness_say_what_is_missing(served: "Served") -> None:
    stranger = served.stranger()
    assert stranger.get("/healthz").json() == {"status": "ok"}
    waiting = stranger.get("/readyz")
    assert (waiting.status_code, waiting.headers["content-type"]) == (503, "application/problem+json")
    assert list(waiting.json()["missing"]) == ["worker"]
    assert waiting.headers["retry-after"] == "5"
    served.living_worker()
    assert stranger.get("/readyz").json() == {"status": "ready", "database": "ok", "audio_store": "ok", "workers": 1}


def test_readiness_without_database_and_store(tmp_path: "Path", serve_on: "Serve") -> None:
    served = serve_on(
        f"sqlite:///{tmp_path / 'empty.sqlite'}",
        audio_store_url="s3://bucket/calls",
        s3_endpoint="http://127.0.0.1:9",
        s3_access_key_id="a",
        s3_secret_access_key="b",
    )
    response = httpx.get(f"{served.url}/readyz", timeout=60)
    assert response.status_code == 503
    assert set(response.json()["missing"]) == {"database", "audio_store"}
    assert served.client(key="a-key-that-a-script-made-for-itself").get("/v1/calls").status_code == 503
    assert "hotline_database_up 0.0" in httpx.get(f"{served.url}/metrics").text


def metric(text: str, name: str, **labels: str) -> float:
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")) == labels:
            return float(found[2])
    raise AssertionError(f"{name} {labels} is not in\n{text}")


def handle_a_call(served: "Served", client: httpx.Client) -> None:
    response = client.post(
        "/v1/recordings",
        files={"file": ("王女士.wav", b"audio", "audio/wav")},
        data={"session_id": "s-secret", "caller_number": "13800001234"},
    )
    served.finish_recording(response.json()["id"], "我是王女士，住幸福家园")
    served.write_ticket(response.json()["call_id"])
    client.get(response.json()["links"]["call"])
    client.get("/v1/calls", params={"q": "幸福家园"})
    client.get("/v1/王女士/13800001234")


def test_metrics_measure_and_tell_nothing_of_citizens(served: "Served", everything: httpx.Client) -> None:
    served.living_worker()
    handle_a_call(served, everything)
    text = served.stranger().get("/metrics").text
    assert metric(text, "hotline_recordings", state="transcribed") == 1
    assert metric(text, "hotline_calls", state="ticketed") == 1
    assert metric(text, "hotline_tickets", mode="auto", disposition="dispatch") == 1
    assert metric(text, "hotline_queue_depth") == 0
    assert metric(text, "hotline_workers_alive") == 1
    assert metric(text, "hotline_received_bytes_total") == 5
    assert metric(text, "hotline_steps_finished", step="transcribe") == 1
    assert metric(text, "hotline_step_seconds", step="transcribe") >= 0
    assert (
        metric(text, "hotline_http_request_seconds_count", method="GET", route="/v1/calls/{call_id}", status="200") == 1
    )
    assert metric(text, "hotline_http_request_seconds_count", method="GET", route="unmatched", status="404") == 1
    assert not [word for word in SECRET_WORDS if word in text]


@pytest.fixture
def lines() -> "Iterator[list[dict[str, Any]]]":
    """All log lines, as they would be written."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(Settings(_env_file=None, log_format="json", log_level="debug"))  # type: ignore[call-arg]
    written: list[dict[str, Any]] = []
    formatter = root.handlers[0].formatter
    assert formatter is not None

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(formatter.format(record)))

    root.handlers[:] = [Keep()]
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def test_requests_are_logged_without_what_is_in_them(
    lines: list[dict[str, Any]], serve_on: "Serve", sqlite_url: str
) -> None:
    served = serve_on(sqlite_url)
    client = served.client(key="a-key-that-a-script-made-for-itself")
    handle_a_call(served, client)
    client.get("/v1/calls", headers={"X-Request-Id": "their-request-id"})
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["route"] for line in requests} >= {"/v1/recordings", "/v1/calls/{call_id}", "/v1/calls", "unmatched"}
    assert requests[-1]["request_id"] == "their-request-id"
    assert (requests[-1]["status"], requests[-1]["method"]) == (200, "GET")
    assert requests[-1]["key"].startswith("settings:")
    text = json.dumps([line for line in lines if not line.get("logger", "").startswith("httpcore")], ensure_ascii=False)
    assert not [word for word in [*SECRET_WORDS, "a-key-that-a-script"] if word in text]


def test_the_request_id_is_echoed_or_made(served: "Served") -> None:
    stranger = served.stranger()
    assert stranger.get("/healthz", headers={"X-Request-Id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    for bad in ("short", "x" * 65, "with space in it", "a;b=c\t12345"):
        made = stranger.get("/healthz", headers={"X-Request-Id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", made)


class Collector(BaseHTTPRequestHandler):
    """An OpenTelemetry collector."""

    spans: list[Any]

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_traces_name_routes_and_leave_out_queries(tmp_path: "Path", sqlite_url: str) -> None:
    spans: list[Any] = []
    collector = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Collector,), {"spans": spans}))
    Thread(target=collector.serve_forever, daemon=True).start()
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path,
        database_url=sqlite_url,
        api_key="a-key",
        otlp_endpoint=f"http://127.0.0.1:{collector.server_address[1]}",
    )
    app = create_app(settings)

    async def ask() -> None:
        headers = {"Authorization": "Bearer a-key"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client,
        ):
            assert (await client.get("/v1/calls", params={"q": "幸福家园13800001234"})).status_code == 200
            assert (await client.get("/healthz")).status_code == 200

    asyncio.run(ask())
    collector.shutdown()
    collector.server_close()
    assert [span.name for span in spans] == ["GET /v1/calls"]
    told = str(spans[0].attributes)
    assert "/v1/calls" in told
    assert not [word for word in ("13800001234", "q=", "%E5", "a-key") if word in told]


def test_a_fault_says_nothing_about_the_inside(served: "Served", everything: httpx.Client) -> None:
    @served.app.get("/v1/fault")
    def fault() -> None:
        raise RuntimeError("password=secret")

    response = everything.get("/v1/fault", headers={"X-Request-Id": "find-me-by-this"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:hotline:problem:internal-error"
    assert "secret" not in response.text
    assert response.headers["x-request-id"] == "find-me-by-this"


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/v1/none", 404), ("GET", "/v1/calls/", 404), ("PUT", "/v1/calls", 405), ("POST", "/none", 404)],
)
def test_wrong_addresses_are_problems_too(served: "Served", method: str, address: str, status: int) -> None:
    response = served.stranger().request(method, address)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    if status == 405:
        assert "GET" in response.headers["allow"]


def test_creating_the_app_touches_no_network_and_no_schema(tmp_path: "Path") -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]
    assert app.openapi()["info"]["title"] == "Hotline Intake"
