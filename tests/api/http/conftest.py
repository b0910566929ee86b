"""The real app on a real server and database, and clients with keys of any scopes."""

import shutil
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
import uvicorn
from fastapi import FastAPI

from api.accounts.administration import Actor, add_account
from api.app import create_app
from api.calls.dispatching import dispatch
from api.calls.progress import begin_step, conclude_recording, end_step
from api.calls.ticketing import write_ticket
from api.security.keys import Scope, new_key
from api.settings import Settings
from api.state import ApiState
from api.storage.models import ApiKey, utc_now
from api.storage.unit_of_work import Database

SAMPLE = Path(__file__).parents[3] / "asr" / "sample_calls" / "mono-a-031.flac"
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Clients of plain HTTP need no list of authorities, which takes long to load."""
PASSWORD = "a long enough one"
OWN_KEY = "a-key-that-a-script-made-for-itself"


@pytest.fixture(autouse=True)
def logs_by_the_standard_library() -> Iterator[None]:
    """Servers log from threads: not to the stream that pytest exchanges under them."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """``app`` on a server of its own; gives its address."""
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@dataclass
class Served:
    """A running API."""

    url: str
    app: FastAPI
    stack: ExitStack
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def state(self) -> ApiState:
        state: ApiState = self.app.state.hotline
        return state

    @property
    def database(self) -> Database:
        return self.state.database

    def key(self, *scopes: Scope, **columns: Any) -> str:
        """A new stored key."""
        key = new_key()
        with self.database.transaction() as uow:
            uow.access.add_key(
                ApiKey(
                    name="test", prefix=key.prefix, hash=key.hash, scopes=[str(scope) for scope in scopes], **columns
                )
            )
        return key.secret

    def client(self, *scopes: Scope, key: str | None = None) -> httpx.Client:
        """A client with a new key of these scopes."""
        headers = {"Authorization": f"Bearer {key or self.key(*scopes)}"}
        return self.stack.enter_context(httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=PLAIN))

    def stranger(self) -> httpx.Client:
        """A client without a key."""
        return self.stack.enter_context(httpx.Client(base_url=self.url, timeout=30, verify=PLAIN))

    def person(self, login: str, role: Any = "operator") -> httpx.Client:
        """A client of a new account that is signed in."""
        with self.database.transaction() as uow:
            actor = Actor("command", "test")
            issued = add_account(uow, actor, login=login, name=login.title(), role=role, password=PASSWORD)
            issued.account.must_change_password = False
        client = self.stranger()
        client.headers["X-Hotline-Request"] = "1"
        answer = client.post("/v1/session/sign-in", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    def call(self, *texts: str, metadata: dict[str, str] | None = None, **fields: Any) -> str:
        """The id of a call whose ticket waits for a person unless ``mode`` says auto."""
        sender = self.client(key=OWN_KEY)
        audio = {"file": ("a.wav", uuid4().bytes)}
        recording = sender.post("/v1/recordings", files=audio, data=metadata or {}).json()
        self.finish_recording(recording["id"], *(texts or ("您好", "半夜还在施工")))
        self.write_ticket(recording["call_id"], **{"mode": "review", **MATTER, **fields})
        call_id: str = recording["call_id"]
        return call_id

    def ticket_id(self, call_id: str) -> str:
        """The machine's ticket of a call."""
        with self.database.reading() as uow:
            ticket = uow.tickets.of_call(call_id)
            assert ticket is not None
            return ticket.id

    def waiting(self, *texts: str, **fields: Any) -> str:
        """The id of a ticket that waits for a person."""
        return self.ticket_id(self.call(*texts, **fields))

    def stored_audio(self) -> list[str]:
        """Keys of everything in the audio store."""
        return sorted(self.state.audio.keys())

    def incoming(self) -> list[str]:
        """Files that wait in the folder of arrivals."""
        return sorted(path.name for path in self.state.incoming.glob("*"))

    def wait_for(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until ``condition`` holds."""
        ends = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends
            time.sleep(0.05)

    def finish_recording(self, recording_id: str, *texts: str) -> None:
        """Leave in the database what a worker leaves after the last step of a recording."""
        with self.database.transaction() as uow:
            recording = uow.recordings.get(recording_id)
            assert recording is not None
            call_id, attempt = recording.call_id, recording.attempt
            for step in ("decode", "diarize", "transcribe"):
                begin_step(uow, recording_id, call_id, step, attempt=attempt, worker_id="worker-1")  # type: ignore[arg-type]
                end_step(uow, recording_id, step)  # type: ignore[arg-type]
                uow.recordings.save_result(recording_id, step, attempt, {})  # type: ignore[arg-type]
            uow.recordings.add_transcript(recording_id, transcript_json(recording_id, *texts), attempt=attempt)
            recording.state, recording.duration, recording.channels = "transcribed", 2.0 * len(texts), 1
            conclude_recording(uow, self.state.queue, recording)

    def write_ticket(self, call_id: str, **changes: Any) -> None:
        """Leave in the database what a worker leaves after the last step of a call."""
        with self.database.transaction() as uow:
            call = uow.calls.get(call_id, lock=True)
            assert call is not None
            call.revision += 1
            ticket = write_ticket(uow, self.state.queue, call, {**TICKET, **changes}, "v1", deliver_alerts=False)
            dispatch(uow, ticket)
            call.state, call.updated_at = "ticketed", utc_now()

    def living_worker(self) -> None:
        """Note the heartbeat of a worker."""
        with self.database.transaction() as uow:
            uow.processing.beat("worker-1", "here", 1, started=True)


@pytest.fixture
def sqlite_url(tmp_path: Path, database_templates: Any) -> str:
    """An SQLite database of the test's own with the newest schema."""
    shutil.copy(database_templates.of("sqlite"), tmp_path / "hotline.sqlite")
    return f"sqlite:///{tmp_path / 'hotline.sqlite'}"


Serve = Callable[..., Served]


@pytest.fixture
def serve_on(tmp_path: Path) -> Iterator[Serve]:
    """Starts an API on a database, with other settings than usual where given."""
    with ExitStack() as stack:

        def start(url: str, **changes: Any) -> Served:
            settings = Settings(
                _env_file=None,  # type: ignore[call-arg]
                data_dir=tmp_path,
                database_url=url,
                settle_time=timedelta(0),
                **{"api_key": OWN_KEY, "max_upload_bytes": 8_000_000, "fetch_allow_private": True, **changes},
            )
            app = create_app(settings)
            return Served(stack.enter_context(serving(app)), app, stack)

        yield start


@pytest.fixture
def served(serve_on: Serve, sqlite_url: str) -> Served:
    """An API on SQLite."""
    return serve_on(sqlite_url)


@pytest.fixture
def everything(served: Served) -> httpx.Client:
    """A client that may do everything."""
    return served.client(Scope.INTAKE, Scope.REVIEW, Scope.ADMIN)


# As the sample city has it: 建筑施工噪声, led by the 生态环境局 of the district.
MATTER: dict[str, Any] = {
    "category": "NV01",
    "lead": {"department": "生态环境局", "level": "district", "district": "望江区", "street": None},
    "co_handlers": ["城市管理局"],
    "place": {"district": "望江区", "street": "滨江街道", "name": None, "detail": "3号楼"},
}
TICKET: dict[str, Any] = {
    "appeal_type": "投诉",
    "category": "HB01",
    "disposition": "dispatch",
    "lead": {"department": "生态环境局", "level": "district", "district": "临江区", "street": None},
    "co_handlers": ["城市管理局"],
    "handover": [],
    "place": {"district": "临江区", "street": None, "name": "幸福家园", "detail": "3号楼"},
    "contact": {"surname": "王", "gender": "女", "callback_number": "13800001234", "anonymous": False},
    "occurred": "2026-03-11T22:00",
    "urgency": "normal",
    "amount_yuan": None,
    "people_affected": None,
    "party": "某工地",
    "repeat_call": False,
    "flags": [],
    "title": "幸福家园夜间施工噪声扰民",
    "candidates": [{"category": "HB01", "department": "生态环境局", "score": 0.9}],
    "confidence": 0.93,
    "mode": "auto",
    "reasons": ["依据噪声污染防治法"],
    "evidence": {"category": [{"turn": 1, "words": "半夜还在施工"}]},
    "summary": "来电人反映夜间施工噪声。",
    "further_matters": [],
}


@pytest.fixture
def transcript_of() -> Callable[..., dict[str, Any]]:
    """Makes a transcript of texts."""
    return lambda *texts: transcript_json("rec_1", *texts)


@pytest.fixture
def ticket_fields() -> dict[str, Any]:
    """What tickets say unless changed."""
    return TICKET


def transcript_json(identifier: str, *texts: str) -> dict[str, Any]:
    """A transcript with a turn of two seconds for each text."""
    return {
        "id": identifier,
        "duration": 2.0 * len(texts),
        "channels": 1,
        "started_at": None,
        "caller_number": None,
        "session_id": None,
        "dialect": {"label": "mandarin", "probability": 0.9},
        "segments": [
            {
                "start": 2.0 * number,
                "end": 2.0 * number + 1.5,
                "role": "citizen" if number % 2 else "operator",
                "speaker": f"S{number % 2}",
                "text": text,
                "confidence": 0.8,
                "raw_text": text,
                "words": [{"start": 2.0 * number, "end": 2.0 * number + 1.5, "text": text, "confidence": 0.8}],
            }
            for number, text in enumerate(texts)
        ],
        "role_confidence": 0.9,
        "models": {"speech": "whisper-base"},
        "warnings": [],
    }
