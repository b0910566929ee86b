"""Worker processes without speech models: failures, heartbeats, adoption, deliveries, orderly ends."""

import base64
import http.server
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import HttpUrl

from api.audio_store import open_audio_store
from api.calls.ticketing import write_ticket
from api.settings import Settings
from api.signing import signed_headers
from api.storage.models import Call, OutboxEvent, utc_now
from api.storage.unit_of_work import Database
from api.workflows import deliveries
from api.workflows.queue import WorkQueue
from api.workflows.runtime import WorkerRuntime, install
from tests.api.conftest import all_workers
from tests.api.workflows.conftest import STEREO, Plant


def test_a_file_that_is_no_audio_fails_with_what_to_do(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear hotline, the lamp in our street is broken. " * 50)
    recording = plant.receive(tmp_path / "letter.wav")
    plant.start()
    call = plant.wait_for_end(recording.call_id)
    assert (call.state, call.ticket) == ("failed", None)
    error = call.recordings[0].error
    assert error is not None
    assert error["code"] == "not_audio"
    assert error["step"] == "decode"
    assert error["remedy"]
    step = plant.step(recording.id, "decode")
    assert step is not None
    assert (step.state, step.starts) == ("failed", 1)


def test_a_recording_whose_audio_is_gone_fails_and_says_so(plant: Plant) -> None:
    recording = plant.receive(STEREO)
    plant.audio.delete(recording.audio_key)
    plant.start()
    plant.wait(lambda: plant.recording(recording.id).state == "failed")
    assert (plant.recording(recording.id).error or {})["code"] == "audio_missing"


def test_a_deleted_recording_ends_its_work_quietly(plant: Plant) -> None:
    from api.calls.deletion import delete_call

    recording = plant.receive(STEREO)
    with plant.database.transaction() as uow:
        delete_call(uow, recording.call_id)
    plant.start()
    other = plant.receive(Path(__file__))
    plant.wait(lambda: plant.recording(other.id).state == "failed")
    assert "Traceback" not in plant.logs()


def test_a_worker_beats_keeps_its_name_and_says_goodbye(plant: Plant) -> None:
    def workers() -> list[Any]:
        with plant.database.reading() as uow:
            return all_workers(uow)

    process = plant.start()
    first = plant.wait(lambda: workers() and workers()[0].seen_at)
    plant.wait(lambda: workers()[0].seen_at > first)
    assert workers()[0].pid == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert workers()[0].stopped_at is not None
    plant.start()
    plant.wait(lambda: workers()[0].stopped_at is None)
    plant.start()
    plant.wait(lambda: len(workers()) == 2)
    assert len({worker.id for worker in workers()}) == 2


def test_a_name_is_one_living_workers_alone(plant: Plant) -> None:
    first = plant.start(HOTLINE_WORKER_ID="desk/1")
    plant.wait(lambda: "worker started" in plant.logs())
    same_folder = plant.start(HOTLINE_WORKER_ID="desk/1")
    other_folder = plant.start(HOTLINE_WORKER_ID="desk/1", HOTLINE_DATA_DIR=str(plant.folder / "other"))
    assert (same_folder.wait(30), other_folder.wait(30)) == (1, 1)
    assert "HOTLINE_WORKER_ID" in plant.logs()
    assert first.poll() is None
    with plant.database.reading() as uow:
        (worker,) = all_workers(uow)
    assert (worker.pid, worker.stopped_at) == (first.pid, None)
    first.kill()
    first.wait()
    # Another host's data folder: it waits until the dead one has been silent for long enough.
    plant.start(HOTLINE_WORKER_ID="desk/1", HOTLINE_DATA_DIR=str(plant.folder / "third"))
    plant.wait(lambda: plant.logs().count("worker started") == 2, 30)


def test_the_living_adopt_the_calls_of_a_dead_worker_that_never_returns(plant: Plant) -> None:
    recording = plant.receive(STEREO)
    dead = plant.start(HOTLINE_WORKER_ID="gone")
    plant.wait(lambda: (step := plant.step(recording.id, "decode")) and step.state != "waiting", pause=0.005)
    dead.kill()
    dead.wait()
    plant.start(HOTLINE_WORKER_ID="alive")
    began = utc_now()
    plant.wait(lambda: (step := plant.step(recording.id, "decode")) and step.state == "done")
    plant.wait(lambda: (step := plant.step(recording.id, "diarize")) and step.worker_id == "alive")
    assert (utc_now() - began).total_seconds() < 60
    with plant.database.reading() as uow:
        gone = next(worker for worker in all_workers(uow) if worker.id == "gone")
    assert gone.adopted_by == "alive"


def test_a_worker_beats_while_the_audio_store_does_not_answer(plant: Plant) -> None:
    def seen() -> Any:
        with plant.database.reading() as uow:
            workers = all_workers(uow)
            return workers[0].seen_at if workers else None

    with plant.database.transaction() as uow:
        uow.processing.drop_audio("recordings/rec_1/original")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = plant.start(
            HOTLINE_AUDIO_STORE_URL="s3://bucket",
            HOTLINE_S3_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}",
            HOTLINE_S3_ACCESS_KEY_ID="a",
            HOTLINE_S3_SECRET_ACCESS_KEY="b",
        )
        first = plant.wait(seen)
        connection, _ = silent.accept()
        with connection:
            plant.wait(lambda: seen() - first > timedelta(seconds=4), 20)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class _Receiver(http.server.BaseHTTPRequestHandler):
    received: list[tuple[str | None, dict[str, Any]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        identifier, sent_at = self.headers["webhook-id"], int(self.headers["webhook-timestamp"])
        assert abs(sent_at - time.time()) < 60
        signed = signed_headers(SECRET, identifier, sent_at, body)
        assert self.headers["webhook-signature"] == signed["webhook-signature"]
        self.received.append((identifier, json.loads(body)))
        self.send_response(503 if len(self.received) < 3 else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str | None, dict[str, Any]]]]]:
    received: list[tuple[str | None, dict[str, Any]]] = []
    handler = type("Receiver", (_Receiver,), {"received": received})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/alerts", received
        server.shutdown()
        thread.join()


def test_an_alert_that_is_not_taken_is_tried_again_without_an_end(
    database: Database, queue: WorkQueue, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/alerts"
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=database.url,
        alert_webhook_url=HttpUrl(closed),
    )
    install(WorkerRuntime(settings, database, open_audio_store(settings), queue, "w"))
    with database.transaction() as uow:
        call = uow.calls.add(Call(source="s"))
        fields = {"disposition": "emergency", "mode": "auto", "title": "楼道起火", "handover": ["119"]}
        write_ticket(uow, queue, call, fields, "v1", deliver_alerts=False)
        alert = uow.tickets.alert_of_call(call.id)
        assert alert is not None
        event = uow.processing.publish(
            OutboxEvent(kind="alert.raised", call_id=call.id, data={"alert_id": alert.id, "call_id": call.id})
        )
    for _ in range(15):
        assert deliveries.post_event(event.id) is False
    with database.engine.connect() as connection:
        query = sa.text("SELECT workflow_uuid FROM workflow_status WHERE name = 'delivery'")
        if database.engine.dialect.name == "postgresql":
            query = sa.text("SELECT workflow_uuid FROM dbos.workflow_status WHERE name = 'delivery'")
        ids = set(connection.scalars(query))
    assert ids == {f"{event.id}-delivery-{attempt}" for attempt in range(2, 17)}
    assert deliveries.pause_after(1) == timedelta(seconds=1)
    assert deliveries.pause_after(10_000) == timedelta(minutes=15)


def test_an_alert_is_posted_until_it_is_taken_under_one_id(
    plant: Plant, receiver: tuple[str, list[tuple[str | None, dict[str, Any]]]]
) -> None:
    url, received = receiver
    recording = plant.receive(Path(__file__))
    fields = {"disposition": "emergency", "mode": "auto", "title": "楼道起火", "handover": ["119"]}
    with plant.database.transaction() as uow:
        call = uow.calls.get(recording.call_id, lock=True)
        assert call is not None
        write_ticket(uow, plant.queue, call, fields, "v1", deliver_alerts=True)
    plant.start(HOTLINE_ALERT_WEBHOOK_URL=url, HOTLINE_ALERT_WEBHOOK_SECRET=SECRET)
    plant.wait(lambda: len(received) >= 3)
    assert len({identifier for identifier, _ in received}) == 1
    assert received[0][1]["data"]["services"] == ["119"]

    def delivered() -> bool:
        with plant.database.reading() as uow:
            event = uow.processing.outbox_event(str(received[0][0]))
            return event is not None and event.delivered_at is not None and event.attempts == 3

    plant.wait(delivered)
    assert len(received) == 3
