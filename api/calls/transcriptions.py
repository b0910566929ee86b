"""Transcriptions that belong to no call (OpenAI-compatible endpoint): made, read once, forgotten."""

from collections.abc import Mapping
from typing import Any

from api.calls.errors import NotFoundError, Problem
from api.calls.progress import INTERNAL
from api.storage.models import Transcription
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue


def submit_transcription(
    uow: UnitOfWork,
    queue: WorkQueue,
    transcription_id: str,
    *,
    audio_key: str,
    filename: str,
    options: Mapping[str, Any],
) -> Transcription:
    """Enqueue audio that is stored under ``audio_key``; it is deleted when it was transcribed.

    ``options`` may hold ``hotwords`` (list, beside the city's).
    Wait with :meth:`WorkQueue.transcribed`, then :func:`collect_transcription`.
    """
    transcription = uow.processing.add_transcription(
        Transcription(id=transcription_id, audio_key=audio_key, filename=filename, options=dict(options))
    )
    queue.transcription(uow.session, transcription.id)
    return transcription


def collect_transcription(uow: UnitOfWork, transcription_id: str) -> dict[str, Any] | Problem:
    """The transcript in the fixed JSON form, or why there is none; nothing of it stays.

    Raises:
        NotFoundError: there is no such transcription, it isn't finished, or it was read before.
    """
    transcription = uow.processing.transcription(transcription_id, lock=True)
    if transcription is None or transcription.finished_at is None:
        raise NotFoundError("finished transcription", transcription_id)
    result, error = transcription.result, transcription.error
    uow.processing.delete_transcription(transcription_id)
    if result is not None:
        return result
    return Problem(**error) if error else INTERNAL


def discard_transcription(uow: UnitOfWork, transcription_id: str) -> None:
    """Forget a transcription that nobody waits for any more, with its audio."""
    transcription = uow.processing.transcription(transcription_id, lock=True)
    if transcription is not None:
        uow.processing.drop_audio(transcription.audio_key)
        uow.processing.delete_transcription(transcription_id)
