"""Real models in real workers: late parts, re-runs, silence, transcriptions without a call."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from api.calls.errors import NotFoundError, Problem
from api.calls.reruns import rerun_call, rerun_recording
from api.calls.transcriptions import collect_transcription, submit_transcription
from api.storage.models import new_id
from tests.api.workflows.conftest import MONO, STEREO, Plant

pytestmark = pytest.mark.model


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """Ten seconds of a sample call."""
    with soundfile.SoundFile(STEREO) as sample:
        soundfile.write(tmp_path / "spoken.wav", sample.read(10 * sample.samplerate), sample.samplerate)
    return tmp_path / "spoken.wav"


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """Five seconds in which a line is open and nobody speaks."""
    noise = np.random.default_rng(1).normal(0, 1e-4, 5 * 8000)
    soundfile.write(tmp_path / "silent.wav", noise, 8000)
    return tmp_path / "silent.wav"


def test_a_silent_call_then_a_late_part_then_reruns_stay_one_ticket(plant: Plant, spoken: Path, silent: Path) -> None:
    plant.environment["HOTLINE_SETTLE_TIME"] = "5"
    first = plant.receive(silent, session_id="S", part="1")
    plant.start()
    call = plant.wait_for_end(first.call_id)
    transcribed, structured = plant.step(first.id, "transcribe"), plant.step(first.call_id, "structure")
    assert transcribed is not None
    assert transcribed.finished_at is not None
    assert structured is not None
    assert structured.started_at is not None
    assert structured.started_at - transcribed.finished_at >= timedelta(seconds=4.9)
    assert call.state == "ticketed"
    assert call.ticket is not None
    number = call.ticket.number
    assert (call.ticket.disposition, call.ticket.version) == ("none", 1)

    late = plant.receive(spoken, session_id="S", part="2")
    assert late.call_id == first.call_id
    assert plant.call(first.call_id).state == "waiting"
    call = plant.wait_for_end(first.call_id)
    assert call.ticket is not None
    assert call.ticket.number == number
    assert call.ticket.version <= 2
    revision = call.revision

    with plant.database.transaction() as uow:
        rerun_recording(uow, plant.queue, late.id, "transcribe")
    call = plant.wait_for_end(first.call_id)
    assert call.revision > revision
    assert plant.recording(late.id).attempt == 2
    with plant.database.reading() as uow:
        transcript = uow.recordings.transcript(late.id)
    assert transcript is not None
    assert (transcript.version, transcript.attempt) == (2, 2)

    with plant.database.transaction() as uow:
        rerun_call(uow, plant.queue, first.call_id, "structure")
    call = plant.wait_for_end(first.call_id)
    assert call.state == "ticketed"
    assert call.ticket is not None
    assert call.ticket.number == number
    assert len(call.ticket.versions) == call.ticket.version


def test_a_transcription_goes_before_recordings_and_leaves_nothing(plant: Plant, spoken: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear hotline, " * 100)
    waiting = [plant.receive(spoken) for _ in range(2)]
    identifiers = {}
    for path in (spoken, tmp_path / "letter.wav"):
        identifier = new_id("trn")
        key = f"transcriptions/{identifier}/original"
        plant.audio.put(key, path)
        with plant.database.transaction() as uow:
            submit_transcription(uow, plant.queue, identifier, audio_key=key, filename=path.name, options={})
        identifiers[path] = identifier
    plant.start()

    async def transcribed() -> None:
        for identifier in identifiers.values():
            await asyncio.wait_for(plant.queue.transcribed(identifier), 120)

    asyncio.run(transcribed())
    assert [plant.recording(recording.id).state for recording in waiting] != ["transcribed", "transcribed"]
    with plant.database.transaction() as uow:
        result = collect_transcription(uow, identifiers[spoken])
        refused = collect_transcription(uow, identifiers[tmp_path / "letter.wav"])
    assert isinstance(result, dict)
    assert result["segments"]
    assert isinstance(refused, Problem)
    assert refused.code == "not_audio"
    with plant.database.transaction() as uow, pytest.raises(NotFoundError):
        collect_transcription(uow, identifiers[spoken])
    assert [key for key in plant.audio.keys() if key.startswith("transcriptions/")] == []  # noqa: SIM118


def test_progress_moves_while_a_recording_is_transcribed(plant: Plant) -> None:
    recording = plant.receive(MONO)
    plant.start()
    seen: list[float] = []

    def transcribed() -> bool:
        step = plant.step(recording.id, "transcribe")
        if step is not None and step.state == "running" and step.fraction not in seen:
            seen.append(step.fraction)
        return step is not None and step.state == "done"

    plant.wait(transcribed)
    assert seen == sorted(seen)
    assert any(0 < fraction < 1 for fraction in seen)


def test_a_stop_while_a_recording_and_a_transcription_are_at_work_counts_for_neither(plant: Plant) -> None:
    recording = plant.receive(MONO)
    identifier = new_id("trn")
    key = f"transcriptions/{identifier}/original"
    plant.audio.put(key, MONO)
    process = plant.start(HOTLINE_WORKER_CONCURRENCY="2")
    plant.wait(lambda: (step := plant.step(recording.id, "transcribe")) and step.state == "running")
    with plant.database.transaction() as uow:
        submit_transcription(uow, plant.queue, identifier, audio_key=key, filename="a.flac", options={})

    def starts() -> int:
        with plant.database.reading() as uow:
            transcription = uow.processing.transcription(identifier)
            assert transcription is not None
            return transcription.starts

    plant.wait(lambda: starts() == 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    step = plant.step(recording.id, "transcribe")
    assert step is not None
    assert (step.state, step.starts, starts()) == ("running", 0, 0)
    plant.start(HOTLINE_WORKER_CONCURRENCY="2")
    asyncio.run(asyncio.wait_for(plant.queue.transcribed(identifier), 120))
    plant.wait(lambda: plant.recording(recording.id).state == "transcribed")
    step = plant.step(recording.id, "transcribe")
    assert step is not None
    assert (step.state, step.starts, starts()) == ("done", 1, 1)
