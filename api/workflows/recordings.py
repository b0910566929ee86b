"""From a received recording to its transcript: three durable steps, each safe to repeat after a crash."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

import structlog
from dbos import DBOS
from dbos import error as dbos_error

from api.audio_store import AudioMissingError
from api.calls.errors import Problem
from api.calls.progress import (
    INTERNAL,
    RECORDING_STEPS,
    STATE_OF_STEP,
    begin_step,
    conclude_recording,
    current_recording,
    end_step,
    fail_recording,
)
from api.review.corrections import keep_corrections
from api.storage.models import Recording
from api.storage.models.processing import StepName
from api.storage.unit_of_work import UnitOfWork
from api.workflows.progress_writer import ProgressWriter, SupersededError
from api.workflows.runtime import WorkerRuntime, runtime
from asr.audio.recording import DecodedRecording
from asr.diarization.turns import Diarization
from asr.errors import RecordingError
from asr.options import ChannelRole, RawFormat

Outcome = Literal["done", "stopped"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A recording as its steps need it, read once at a step's start."""

    id: str
    attempt: int
    call_id: str
    audio_key: str
    started_at: str | None
    caller_number: str | None
    session_id: str | None
    channel_roles: tuple[ChannelRole, ...] | None
    raw_format: RawFormat | None
    decoded: dict[str, Any] | None
    diarization: dict[str, Any] | None


@DBOS.workflow(name="recording", max_recovery_attempts=None)
def process_recording(recording_id: str, attempt: int, first: StepName) -> str:
    """Decode, diarize and transcribe one attempt of a recording. Its call's workflow follows the last step."""
    for name in RECORDING_STEPS[RECORDING_STEPS.index(first) :]:
        try:
            outcome = STEPS[name](recording_id, attempt)
        except dbos_error.DBOSMaxStepRetriesExceeded:
            give_up_recording(recording_id, attempt, name)
            return "failed"
        if outcome == "stopped":
            return "stopped"
    return "transcribed"


@DBOS.step(name="decode", retries_allowed=True, max_attempts=3, interval_seconds=2.0)
def decode(recording_id: str, attempt: int) -> Outcome:
    """Bring the audio into its working form."""
    return _run(recording_id, attempt, "decode", _decode)


@DBOS.step(name="diarize", retries_allowed=True, max_attempts=3, interval_seconds=2.0)
def diarize(recording_id: str, attempt: int) -> Outcome:
    """Find who speaks when."""
    return _run(recording_id, attempt, "diarize", _diarize)


@DBOS.step(name="transcribe", retries_allowed=True, max_attempts=3, interval_seconds=2.0)
def transcribe(recording_id: str, attempt: int) -> Outcome:
    """Write down what is said; with the call's last recording its ticket becomes due."""
    return _run(recording_id, attempt, "transcribe", _transcribe)


@DBOS.step(name="give_up_recording", retries_allowed=True, max_attempts=20, interval_seconds=1.0)
def give_up_recording(recording_id: str, attempt: int, name: StepName) -> None:
    """Set the recording failed after a step's last retry."""
    _fail(recording_id, attempt, name, INTERNAL)


STEPS: Final[dict[StepName, Callable[[str, int], Outcome]]] = {
    "decode": decode,
    "diarize": diarize,
    "transcribe": transcribe,
}

Work = Callable[[WorkerRuntime, Job, ProgressWriter], Callable[[UnitOfWork, Recording], None]]
"""Does a step's work and gives back how its result is stored."""


def _run(recording_id: str, attempt: int, name: StepName, work: Work) -> Outcome:
    worker = runtime()
    with structlog.contextvars.bound_contextvars(recording_id=recording_id, attempt=attempt, step=name):
        begun = worker.change(lambda uow: _begin(uow, worker, recording_id, attempt, name))
        if begun == "stopped":
            _clear(worker, recording_id, attempt)
        if not isinstance(begun, Job):
            return begun
        progress = ProgressWriter(worker.database, recording_id, name, attempt)
        try:
            store = work(worker, begun, progress)
        except RecordingError as error:
            log.info("recording refused", code=error.code)
            _fail(recording_id, attempt, name, Problem(error.code, error.reason, error.remedy))
            return "stopped"
        except SupersededError:
            log.info("step superseded")
            _clear(worker, recording_id, attempt)
            return "stopped"
        except Exception:
            log.exception("step failed")
            raise
        outcome = worker.change(lambda uow: _end(uow, recording_id, attempt, name, store))
        if outcome == "stopped":
            _clear(worker, recording_id, attempt)
        log.info("step ended", outcome=outcome)
        return outcome


def _begin(uow: UnitOfWork, worker: WorkerRuntime, recording_id: str, attempt: int, name: StepName) -> Job | Outcome:
    recording = current_recording(uow, recording_id, attempt)
    if recording is None or recording.state == "failed":
        return "stopped"
    begun = begin_step(uow, recording.id, recording.call_id, name, attempt=attempt, worker_id=worker.worker_id)
    if begun.done:
        return "done"
    if begun.problem is not None:
        fail_recording(uow, worker.queue, recording, name, begun.problem)
        return "stopped"
    recording.state = STATE_OF_STEP[name]
    results = {step: uow.recordings.result(recording.id, step) for step in ("decode", "diarize")}
    decoded, diarization = results["decode"], results["diarize"]
    return Job(
        id=recording.id,
        attempt=attempt,
        call_id=recording.call_id,
        audio_key=recording.audio_key,
        started_at=recording.started_at.isoformat() if recording.started_at else None,
        caller_number=recording.caller_number,
        session_id=recording.session_id,
        channel_roles=cast(tuple[ChannelRole, ...], tuple(recording.channel_roles))
        if recording.channel_roles
        else None,
        raw_format=RawFormat(**recording.raw_format) if recording.raw_format else None,
        decoded=decoded.data if decoded else None,
        diarization=diarization.data if diarization else None,
    )


def _end(
    uow: UnitOfWork, recording_id: str, attempt: int, name: StepName, store: Callable[[UnitOfWork, Recording], None]
) -> Outcome:
    recording = current_recording(uow, recording_id, attempt)
    if recording is None:
        return "stopped"
    step = uow.processing.step(recording_id, name)
    if step is not None and step.attempt == attempt and step.state == "done":
        # The connection was cut after the commit and before its answer, so this is the second time.
        return "done"
    store(uow, recording)
    end_step(uow, recording.id, name)
    return "done"


def _fail(recording_id: str, attempt: int, name: StepName, problem: Problem) -> None:
    worker = runtime()

    def change(uow: UnitOfWork) -> None:
        recording = current_recording(uow, recording_id, attempt)
        if recording is not None and recording.state != "failed":
            fail_recording(uow, worker.queue, recording, name, problem)

    worker.change(change)
    shutil.rmtree(worker.work_folder(recording_id), ignore_errors=True)


def _clear(worker: WorkerRuntime, recording_id: str, attempt: int) -> None:
    """Remove the working files of an attempt that goes no further, unless a newer one works with them."""

    def superseded(uow: UnitOfWork) -> bool:
        recording = uow.recordings.get(recording_id)
        return recording is not None and recording.attempt != attempt

    if not worker.change(superseded):
        shutil.rmtree(worker.work_folder(recording_id), ignore_errors=True)


def _decode(worker: WorkerRuntime, job: Job, progress: ProgressWriter) -> Callable[[UnitOfWork, Recording], None]:
    decoded = decode_stored(worker, job.audio_key, worker.work_folder(job.id), job.raw_format, progress)

    def store(uow: UnitOfWork, recording: Recording) -> None:
        recording.duration, recording.channels = decoded.duration, decoded.source.channels
        uow.recordings.save_result(job.id, "decode", job.attempt, decoded.to_json())

    return store


def _diarize(worker: WorkerRuntime, job: Job, progress: ProgressWriter) -> Callable[[UnitOfWork, Recording], None]:
    working = _working(worker, job)
    with worker.transcribers.transcriber() as transcriber:
        diarization = transcriber.diarize(working, progress)

    def store(uow: UnitOfWork, _recording: Recording) -> None:
        uow.recordings.save_result(job.id, "diarize", job.attempt, diarization.to_json())

    return store


def _transcribe(worker: WorkerRuntime, job: Job, progress: ProgressWriter) -> Callable[[UnitOfWork, Recording], None]:
    if job.diarization is None:
        raise RuntimeError("transcribe began before diarize ended")
    from asr.pipeline import CallFacts  # noqa: PLC0415 — loads the speech libraries

    working = _working(worker, job)
    with worker.transcribers.transcriber() as transcriber:
        transcript = transcriber.transcribe(
            job.id,
            working,
            Diarization.from_json(job.diarization),
            channel_roles=job.channel_roles,
            facts=CallFacts(job.started_at, job.caller_number, job.session_id),
            progress=progress,
        )

    def store(uow: UnitOfWork, recording: Recording) -> None:
        uow.recordings.add_transcript(job.id, transcript.to_json(), attempt=job.attempt)
        keep_corrections(uow, job.id)
        recording.state, recording.error = "transcribed", None
        conclude_recording(uow, worker.queue, recording)
        shutil.rmtree(worker.work_folder(job.id), ignore_errors=True)

    return store


def _working(worker: WorkerRuntime, job: Job) -> DecodedRecording:
    """The working file, made again where it isn't on this machine (another worker died, or a re-run)."""
    folder = worker.work_folder(job.id)
    if job.decoded is not None and working_file(folder).exists():
        return DecodedRecording.from_json({**job.decoded, "path": str(working_file(folder))})
    return decode_stored(worker, job.audio_key, folder, job.raw_format, lambda _: None)


def working_file(folder: Path) -> Path:
    """Where a recording's working form lies."""
    return folder / "working.wav"


def decode_stored(
    worker: WorkerRuntime,
    audio_key: str,
    folder: Path,
    raw_format: RawFormat | None,
    progress: Callable[[float], None],
) -> DecodedRecording:
    """Decode audio of the store into ``folder``.

    Raises:
        RecordingError: it cannot be decoded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with worker.audio.local_copy(audio_key, folder) as source, worker.transcribers.transcriber() as transcriber:
            return transcriber.decode(source, working_file(folder), raw_format, progress)
    except AudioMissingError as error:
        raise RecordingError(
            "audio_missing", "The audio store doesn't hold the recording any more.", "Send the recording again."
        ) from error
