"""Transcriptions that belong to no call: one durable step, the audio gone at its end."""

import shutil
from typing import Any

import structlog
from dbos import DBOS
from dbos import error as dbos_error

from api.calls.errors import Problem
from api.calls.progress import INTERNAL, MAX_STARTS, WORKER_DIES
from api.storage.models import utc_now
from api.storage.unit_of_work import UnitOfWork
from api.workflows.recordings import decode_stored
from api.workflows.runtime import WorkerRuntime, runtime
from asr.errors import RecordingError

log = structlog.get_logger(__name__)


@DBOS.workflow(name="transcription", max_recovery_attempts=None)
def process_transcription(transcription_id: str) -> None:
    """Transcribe; the result lies in the database, not with the workflow, so that it can be forgotten."""
    try:
        transcribe_alone(transcription_id)
    except dbos_error.DBOSMaxStepRetriesExceeded:
        give_up_transcription(transcription_id)


@DBOS.step(name="transcribe_alone", retries_allowed=True, max_attempts=2, interval_seconds=1.0)
def transcribe_alone(transcription_id: str) -> None:
    """All three recognition steps in one: nothing of it is worth keeping on the way."""
    worker = runtime()
    with structlog.contextvars.bound_contextvars(transcription_id=transcription_id):
        begun = worker.change(lambda uow: begin_transcription(uow, transcription_id, worker.worker_id))
        if begun is None:
            shutil.rmtree(worker.work_folder(transcription_id), ignore_errors=True)
            return
        audio_key, options = begun
        try:
            result = _transcript(worker, transcription_id, audio_key, options)
        except RecordingError as error:
            _finish(worker, transcription_id, None, Problem(error.code, error.reason, error.remedy))
        else:
            _finish(worker, transcription_id, result, None)


@DBOS.step(name="give_up_transcription", retries_allowed=True, max_attempts=20, interval_seconds=1.0)
def give_up_transcription(transcription_id: str) -> None:
    """Note the failure after the last retry."""
    _finish(runtime(), transcription_id, None, INTERNAL)


def begin_transcription(uow: UnitOfWork, transcription_id: str, worker_id: str) -> tuple[str, dict[str, Any]] | None:
    """Note that a worker begins a transcription; gives its audio and options, or None where it may not begin."""
    transcription = uow.processing.transcription(transcription_id, lock=True)
    if transcription is None or transcription.finished_at is not None:
        return None
    transcription.starts += 1
    transcription.worker_id = worker_id
    if transcription.starts > MAX_STARTS:
        transcription.error, transcription.finished_at = WORKER_DIES.to_json(), utc_now()
        uow.processing.drop_audio(transcription.audio_key)
        return None
    return transcription.audio_key, transcription.options


def _transcript(
    worker: WorkerRuntime, transcription_id: str, audio_key: str, options: dict[str, Any]
) -> dict[str, Any]:
    folder = worker.work_folder(transcription_id)
    decoded = decode_stored(worker, audio_key, folder, None, lambda _: None)
    hotwords = options.get("hotwords")
    with worker.transcribers.transcriber() as transcriber:
        transcript = transcriber.transcribe(
            transcription_id,
            decoded,
            transcriber.diarize(decoded),
            hotwords=(*worker.city.hotwords(), *hotwords) if hotwords else None,
        )
    return transcript.to_json()


def _finish(
    worker: WorkerRuntime, transcription_id: str, result: dict[str, Any] | None, problem: Problem | None
) -> None:
    def change(uow: UnitOfWork) -> str | None:
        transcription = uow.processing.transcription(transcription_id, lock=True)
        if transcription is None:
            return None
        transcription.result = result
        transcription.error = problem.to_json() if problem else None
        transcription.finished_at = utc_now()
        uow.processing.drop_audio(transcription.audio_key)
        return transcription.audio_key

    audio_key = worker.change(change)
    shutil.rmtree(worker.work_folder(transcription_id), ignore_errors=True)
    if audio_key is not None:
        worker.audio.delete(audio_key)
        worker.change(lambda uow: uow.processing.audio_deleted(audio_key))
