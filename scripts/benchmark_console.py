"""How fast the console's lists answer with many calls stored: `python scripts/benchmark_console.py [--calls 10000]`.

Fills a database of its own (SQLite in a temporary folder, or an empty PostgreSQL database by --database-url), serves
the API on it and prints the 50th, 99th and highest millisecond of each address, one request after another.
"""

import argparse
import json
import logging
import random
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

import httpx
import structlog
import uvicorn

from api.accounts.administration import Actor, add_account
from api.app import create_app
from api.calls.dispatching import dispatch
from api.calls.ticketing import write_ticket
from api.server import keep_pauses_short
from api.settings import Settings
from api.state import ApiState
from api.storage.database import upgrade
from api.storage.models import Call, Recording, utc_now
from api.storage.unit_of_work import UnitOfWork
from tickets.city.loading import read_city
from tickets.city.model import City
from tickets.dispatch.leads import lead_json, lead_of

PASSWORD = "a long enough one"  # noqa: S105 -- of this run's own server
TURNS = 24
BATCH = 200
WARM_UP = 5


def main() -> None:
    """Fill, serve, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--waiting", type=float, default=0.2, help="share of calls that wait for a person")
    parser.add_argument("--database-url")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), database_url=options.database_url)
        upgrade(settings.database)
        app = create_app(settings)
        state: ApiState = app.state.hotline
        began = time.perf_counter()
        fill(state, options.calls, options.waiting)
        print(
            f"{options.calls} calls stored in {time.perf_counter() - began:.0f} s on {settings.database.split(':')[0]}"
        )
        keep_pauses_short()
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            measure(client, options.requests)
        server.should_exit = True
        thread.join()


def fill(state: ApiState, number: int, waiting: float) -> None:
    """Store calls as a month of work leaves them."""
    city, chance = read_city(None), random.Random(12345)  # noqa: S311 -- made-up calls
    with state.database.transaction() as uow:
        issued = add_account(
            uow, Actor("command", "bench"), login="bench", name="Bench", role="supervisor", password=PASSWORD
        )
        issued.account.must_change_password = False
    for first in range(0, number, BATCH):
        with state.database.transaction(durable=False) as uow:
            for _ in range(first, min(number, first + BATCH)):
                store(state, uow, city, chance, waits=chance.random() < waiting)


def store(state: ApiState, uow: UnitOfWork, city: City, chance: random.Random, *, waits: bool) -> None:
    """One call with recording, transcript, ticket and sub-orders."""
    arrived = utc_now() - timedelta(minutes=chance.randrange(30 * 24 * 60))
    call = uow.calls.add(
        Call(source="pbx-1", session_id=f"{chance.random()}", state="ticketed", created_at=arrived, revision=1)
    )
    recording = uow.recordings.add(
        Recording(
            call_id=call.id,
            source="pbx-1",
            filename="a.wav",
            audio_key=f"recordings/{chance.random()}",
            bytes=1,
            sha256=f"{chance.getrandbits(256):064x}",
            state="transcribed",
            duration=120.0,
            channels=2,
        )
    )
    wording = [text for _, text in chance.sample(city.wording, TURNS)]
    uow.recordings.add_transcript(recording.id, transcript(recording.id, wording), attempt=1)
    ticket = write_ticket(
        uow, state.queue, call, fields(city, chance, wording, waits=waits), city.version, deliver_alerts=False
    )
    ticket.created_at = arrived
    dispatch(uow, ticket, sample_share=0.05)


def transcript(identifier: str, wording: list[str]) -> dict[str, object]:
    """A transcript with a turn for each text."""
    segments = [
        {
            "start": 5.0 * number,
            "end": 5.0 * number + 4.0,
            "role": "citizen" if number % 2 else "operator",
            "speaker": "right" if number % 2 else "left",
            "text": text,
            "confidence": 0.8,
            "raw_text": text,
            "words": [],
        }
        for number, text in enumerate(wording)
    ]
    return {
        "id": identifier,
        "duration": 5.0 * len(wording),
        "channels": 2,
        "dialect": {"label": "mandarin", "probability": 0.9},
        "segments": segments,
        "models": {},
        "warnings": [],
    }


def fields(city: City, chance: random.Random, wording: list[str], *, waits: bool) -> dict[str, object]:
    """A ticket's fields."""
    duty = chance.choice([duty for duty in city.duties if duty.dispatched])
    place = chance.choice([place for place in city.places if place.street])
    return {
        "appeal_type": "投诉",
        "category": duty.code,
        "disposition": "dispatch",
        "lead": lead_json(lead_of(duty, place.district, place.street)),
        "co_handlers": [],
        "handover": [],
        "place": {"district": place.district, "street": place.street, "name": place.name, "detail": "3号楼"},
        "contact": {"surname": "王", "gender": "女", "callback_number": "13800001234", "anonymous": False},
        "occurred": None,
        "urgency": chance.choices(["normal", "urgent", "critical"], [90, 8, 2])[0],
        "amount_yuan": None,
        "people_affected": None,
        "party": None,
        "repeat_call": False,
        "flags": ["elderly"] if chance.random() < 0.1 else [],
        "title": wording[0][:30],
        "summary": "；".join(wording[:3])[:199],
        "candidates": [{"category": duty.code, "department": duty.lead, "score": 0.8}],
        "confidence": round(chance.random(), 4),
        "mode": "review" if waits else "auto",
        "reasons": ["事项"],
        "evidence": {"category": [{"turn": 1, "words": wording[1][:6]}]},
        "further_matters": [],
    }


def measure(client: httpx.Client, requests: int) -> None:
    """Print what each address takes."""
    client.headers["X-Hotline-Request"] = "1"
    signed = client.post("/v1/session/sign-in", json={"login": "bench", "password": PASSWORD})
    signed.raise_for_status()
    item = client.get("/v1/queue?limit=1").json()["items"][0]
    word = client.get(f"/v1/calls/{item['call_id']}/transcript").json()["segments"][1]["text"][:3]
    addresses = [
        "/v1/queue",
        "/v1/queue?limit=200",
        "/v1/queue?urgency=normal&district=望江区&view=open",
        f"/v1/queue?q={word}",
        "/v1/queue/counts",
        "/v1/calls",
        f"/v1/calls?q={word}",
        "/v1/calls?district=望江区&urgency=urgent",
        f"/v1/calls/{item['call_id']}",
        f"/v1/tickets/{item['ticket_id']}",
        "/v1/audit",
        "/v1/automation",
        "/v1/supervision/figures",
    ]
    for address in addresses:
        taken = []
        for number in range(requests + WARM_UP):
            began = time.perf_counter()
            client.get(address).raise_for_status()
            if number >= WARM_UP:
                taken.append(1000 * (time.perf_counter() - began))
        cuts = quantiles(taken, n=100)
        shown = address.replace(item["call_id"], "{call_id}").replace(item["ticket_id"], "{ticket_id}")
        print(
            json.dumps(
                {
                    "address": shown,
                    "p50_ms": round(cuts[49], 1),
                    "p99_ms": round(cuts[98], 1),
                    "max_ms": round(max(taken), 1),
                },
                ensure_ascii=False,
            )
        )


if __name__ == "__main__":
    main()
