"""Workers killed with SIGKILL at every step, on real audio and real calls: one ticket a call, sent out once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
import sqlalchemy as sa

from api.calls.progress import conclude_recording
from api.storage.models import Call
from api.storage.models.processing import StepName
from tests.api.conftest import all_workers, told_of
from tests.api.workflows.conftest import STEREO, Plant

EMERGENCY = (
    "您好，12345热线，请讲。",
    "着火了！我们这栋楼六楼窗户在冒浓烟，楼上还有人没下来，你们快派消防来！",
)
DISPATCHED = (
    "您好，12345热线，请讲。",
    "你好，我们小区门口的路灯坏了三天了，晚上黑漆漆的，麻烦来修一下。",
    "请问具体在哪里？",
    "在人民路上。",
)
SILENT: tuple[str, ...] = ()
SPEECH_STEPS: tuple[StepName, ...] = ("decode", "diarize", "transcribe")


@pytest.fixture
def short_call(tmp_path: Path) -> Path:
    """The first quarter minute of a sample call."""
    with soundfile.SoundFile(STEREO) as sample:
        samples, rate = sample.read(15 * sample.samplerate), sample.samplerate
    target = tmp_path / "short.flac"
    soundfile.write(target, samples, rate)
    return target


@pytest.mark.model
def test_a_call_killed_at_each_step_ends_with_one_ticket(plant: Plant, short_call: Path) -> None:
    plant.environment["HOTLINE_AUTOMATIC_PRECISION"] = "0"
    recording = plant.receive(short_call, session_id="S")
    killed: list[str] = []
    for name in SPEECH_STEPS:
        plant.start()
        _kill_when_running(plant, recording.id, name)
        killed.append(name)
        assert plant.call(recording.call_id).ticket is None
    plant.start()
    _kill_when_running(plant, recording.call_id, "structure")
    plant.start()
    plant.wait(lambda: (step := plant.step(recording.call_id, "structure")) and step.state == "done", pause=0.002)
    plant.kill()
    plant.start()
    call = plant.wait_for_end(recording.call_id)
    assert call.state == "ticketed"
    _assert_written_once(plant, call)
    for name in SPEECH_STEPS:
        step = plant.step(recording.id, name)
        assert step is not None
        assert (step.state, step.starts) == ("done", 2), name
    with plant.database.reading() as uow:
        transcript = uow.recordings.transcript(recording.id)
    assert transcript is not None
    assert (transcript.version, transcript.attempt) == (1, 1)
    assert transcript.content["segments"]
    assert list((plant.folder / "data" / "work").iterdir()) == []


def test_calls_killed_at_random_moments_are_each_dispatched_once(plant: Plant) -> None:
    _kill_at_random(plant, calls=24, kills=5, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_calls_killed_at_many_random_moments(plant: Plant, seed: int) -> None:
    _kill_at_random(plant, calls=120, kills=15, seed=seed)


@pytest.mark.long
@pytest.mark.model
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_recordings_killed_at_many_random_moments(plant: Plant, short_call: Path, seed: int) -> None:
    chance = random.Random(seed)
    recordings = [plant.receive(short_call, session_id=f"S{number // 2}") for number in range(6)]
    for _ in range(8):
        plant.start()
        time.sleep(chance.uniform(3, 25))
        plant.kill()
    plant.start()
    for call_id in {recording.call_id for recording in recordings}:
        call = plant.wait_for_end(call_id, 600)
        assert call.state == "ticketed"
        _assert_written_once(plant, call)


@pytest.mark.acceptance
@pytest.mark.model
@pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.database, pytest.mark.long])],
    indirect=True,
)
def test_the_whole_server_killed_while_transcribing_goes_on_after_a_restart(plant: Plant, short_call: Path) -> None:
    server = _serve(plant)
    recording = plant.receive(short_call)
    plant.wait(lambda: (step := plant.step(recording.id, "transcribe")) and step.state == "running", pause=0.01)
    first = _worker(plant)
    os.kill(first, signal.SIGKILL)
    plant.wait(lambda: _worker(plant) != first)
    worker = _worker(plant)
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    plant.wait(lambda: not _runs(worker), seconds=10, alive=False)
    server = _serve(plant)
    call = plant.wait_for_end(recording.call_id)
    assert call.state == "ticketed"
    _assert_written_once(plant, call)
    worker = _worker(plant)
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    assert not _runs(worker)


def _kill_when_running(plant: Plant, subject_id: str, name: StepName) -> None:
    plant.wait(lambda: (step := plant.step(subject_id, name)) and step.state == "running", pause=0.002)
    plant.kill()


def _kill_at_random(plant: Plant, *, calls: int, kills: int, seed: int) -> None:
    plant.environment["HOTLINE_AUTOMATIC_PRECISION"] = "0"
    chance = random.Random(seed)
    told = [(EMERGENCY, DISPATCHED, SILENT)[number % 3] for number in range(calls)]
    call_ids = [_transcribed(plant, turns) for turns in told]
    for number in range(kills):
        before = _ended(plant)
        plant.start()
        # So late that the worker is at calls, and so that some are left for the kills to come.
        plant.wait(lambda before=before: _ended(plant) > before, pause=0.01)
        time.sleep(chance.uniform(0, 0.4 * calls / 24))
        plant.kill()
        if _ended(plant) == calls:
            assert number > 0, "the worker was never killed while a call was under way"
            break
    plant.start()
    for call_id, turns in zip(call_ids, told, strict=True):
        call = plant.wait_for_end(call_id, 60)
        assert call.state == "ticketed"
        _assert_written_once(plant, call)
        assert call.ticket is not None
        expected = {EMERGENCY: "emergency", DISPATCHED: "dispatch", SILENT: "none"}[turns]
        assert call.ticket.disposition == expected
        assert len(call.alerts) == (1 if turns == EMERGENCY else 0)
        if turns == DISPATCHED:
            assert call.ticket.sub_orders
            assert call.ticket.state == "已派发"
    with plant.database.reading() as uow:
        numbers = {uow.tickets.of_call(call_id).number for call_id in call_ids}  # type: ignore[union-attr]
        assert len(numbers) == calls
        assert len(uow.calls.alert_page(1000, None).items) == told.count(EMERGENCY)


def _assert_written_once(plant: Plant, call: Call) -> None:
    ticket = call.ticket
    assert ticket is not None
    assert [version.version for version in ticket.versions] == [1]
    handlers = [(order.round, order.position) for order in ticket.sub_orders]
    assert handlers == [(1, position) for position in range(len(handlers))]
    with plant.database.reading() as uow:
        kinds = [event.kind for event in uow.tickets.events(ticket.id)]
        told = told_of(uow, call.id)
    assert kinds.count("created") == 1
    assert kinds.count("dispatched") == len(handlers)
    assert told.count("ticket.created") == 1
    assert told.count("ticket.dispatched") <= 1
    assert told.count("alert.raised") == len(call.alerts) <= 1


def _transcribed(plant: Plant, turns: Sequence[str]) -> str:
    """A call whose recording has just been transcribed, its ticket due."""
    recording = plant.receive(Path(__file__))
    segments: list[dict[str, Any]] = [
        {
            "start": 5.0 * number,
            "end": 5.0 * number + 4,
            "role": "citizen" if number % 2 else "operator",
            "speaker": "S1",
            "text": text,
            "confidence": 0.9,
            "words": [],
        }
        for number, text in enumerate(turns)
    ]
    with plant.database.transaction() as uow:
        stored = uow.recordings.get(recording.id)
        assert stored is not None
        dialect = {"label": "mandarin", "probability": 1.0}
        content = {"id": stored.id, "duration": 60.0, "channels": 1, "dialect": dialect, "segments": segments}
        uow.recordings.add_transcript(stored.id, content, attempt=1)
        stored.state, stored.attempt = "transcribed", 2
        conclude_recording(uow, plant.queue, stored)
    return recording.call_id


def _ended(plant: Plant) -> int:
    with plant.database.engine.connect().execution_options(read_only=True) as connection:
        return connection.scalar(sa.select(sa.func.count()).where(Call.state == "ticketed")) or 0


def _serve(plant: Plant) -> "subprocess.Popen[bytes]":
    port = 20000 + random.SystemRandom().randrange(20000)
    with (plant.folder / "worker-server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)],
            env=plant.environment,
            stdout=log,
            stderr=log,
            process_group=0,
            cwd=plant.folder,
        )
    plant.processes.append(server)

    def healthy() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    plant.wait(healthy)
    return server


def _worker(plant: Plant) -> int:
    with plant.database.reading() as uow:
        return all_workers(uow)[0].pid


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
