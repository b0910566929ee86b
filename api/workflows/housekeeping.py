"""What a worker clears away beside its work: audio that was dropped, leftovers of processes that were killed."""

import shutil
import time
from datetime import timedelta
from itertools import islice
from typing import Final

import structlog

from api.calls.deletion import remove_dropped_audio
from api.calls.searching import index_call
from api.calls.transcriptions import discard_transcription
from api.storage.models import utc_now
from api.uploads import remove_stale
from api.workflows.runtime import WorkerRuntime

UNFETCHED_AFTER: Final = timedelta(hours=1)
"""Age at which a finished transcription that nobody fetched is forgotten."""
LEFT_AFTER: Final = timedelta(days=1)
"""Age at which what belongs to nothing under way counts as left behind."""
FORGOTTEN_AFTER: Final = timedelta(days=7)
"""Age at which the engine forgets workflows that ended."""
TRANSCRIPTIONS: Final = "transcriptions/"
RECORDINGS: Final = "recordings/"
LOOKED_UP_AT_ONCE: Final = 500
INDEXED_AT_ONCE: Final = 200

log = structlog.get_logger(__name__)


def keep_house(runtime: WorkerRuntime) -> None:
    """Delete audio that was dropped and transcriptions that nobody fetched."""
    now = utc_now()
    with runtime.database.reading() as uow:
        stale = uow.processing.abandoned_transcriptions(now - UNFETCHED_AFTER, now - LEFT_AFTER)
    for transcription in stale:
        with runtime.database.transaction() as uow:
            discard_transcription(uow, transcription.id)
    remove_dropped_audio(runtime.database, runtime.audio)
    _index(runtime)


def _index(runtime: WorkerRuntime) -> None:
    """Let calls be found that are older than the full text."""
    with runtime.database.reading() as uow:
        calls = uow.search.unindexed(INDEXED_AT_ONCE)
    for call_id in calls:
        with runtime.database.transaction() as uow:
            if uow.calls.get(call_id, lock=True) is not None:
                index_call(uow, call_id)


def sweep(runtime: WorkerRuntime) -> None:
    """Remove what killed processes left behind over a day ago, and what the engine remembers of work long done.

    Recordings without a row go much later: with a database that was restored from a backup, they may be the only copy.
    """
    swept = _sweep_work_folders(runtime) + _sweep_transcriptions(runtime) + _sweep_recordings(runtime)
    swept += remove_stale(runtime.settings.data_dir / "incoming")
    swept += runtime.queue.forget_ended(utc_now() - FORGOTTEN_AFTER)
    if swept:
        log.info("leftovers removed", number=swept)


def _sweep_work_folders(runtime: WorkerRuntime) -> int:
    root, swept = runtime.work_folder(""), 0
    for folder in sorted(root.iterdir()) if root.exists() else ():
        if folder.stat().st_mtime > time.time() - LEFT_AFTER.total_seconds():
            continue
        with runtime.database.reading() as uow:
            if uow.processing.under_way(folder.name):
                continue
        shutil.rmtree(folder, ignore_errors=True)
        swept += 1
    return swept


def _sweep_transcriptions(runtime: WorkerRuntime) -> int:
    swept = 0
    for key in runtime.audio.keys(TRANSCRIPTIONS, before=utc_now() - LEFT_AFTER):
        with runtime.database.reading() as uow:
            if uow.processing.transcription(key.split("/")[1]) is not None:
                continue
        runtime.audio.delete(key)
        swept += 1
    return swept


def _sweep_recordings(runtime: WorkerRuntime) -> int:
    """Remove the audio that an API left which was killed after it had stored it and before it had written its row."""
    old = runtime.audio.keys(RECORDINGS, before=utc_now() - runtime.settings.unknown_audio_after)
    swept = 0
    while keys := list(islice(old, LOOKED_UP_AT_ONCE)):
        recording_of = {key: key.split("/")[1] for key in keys}
        with runtime.database.reading() as uow:
            known = uow.recordings.known(set(recording_of.values()))
        unknown = [key for key, recording_id in recording_of.items() if recording_id not in known]
        for key in unknown:
            runtime.audio.delete(key)
        swept += len(unknown)
    return swept
