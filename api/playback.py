"""The form of a recording that every browser plays (FLAC, 16 bits, 16 kHz), made when somebody first listens.

A process of its own decodes, at low priority, one at a time: neither the event loop nor other requests wait for it.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from api.audio_store import AudioMissingError
from api.calls.intake import playable_key
from api.flac_conversion import UNPLAYABLE
from api.problems import NotFound, Unprocessable
from api.state import ApiState

CONVERSION: Final = "conversion"
"""Name of the lock that lets one conversion run at a time: the workers need the processor more."""

_making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class StoredAudioFile:
    """The audio of a recording as it came."""

    recording_id: str
    audio_key: str
    bytes: int
    sha256: str
    media_type: str | None
    raw_format: Mapping[str, Any] | None


async def playable(state: ApiState, recording: StoredAudioFile) -> tuple[str, int]:
    """Where the playable form of ``recording`` is stored, and its size in bytes.

    Raises :class:`Unprocessable` where the recording holds nothing that can be played.
    """
    key = playable_key(recording.recording_id)
    lock = _making.setdefault(key, asyncio.Lock())
    async with lock:
        try:
            return key, (await run_in_threadpool(state.audio.stat, key)).bytes
        except AudioMissingError:
            async with _making.setdefault(CONVERSION, asyncio.Lock()):
                await _make(state, recording, key)
        return key, (await run_in_threadpool(state.audio.stat, key)).bytes


async def _make(state: ApiState, recording: StoredAudioFile, key: str) -> None:
    state.incoming.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="play-", dir=state.incoming) as folder,
        ExitStack() as stack,
    ):
        target = Path(folder) / "play.flac"
        copy = state.audio.local_copy(recording.audio_key, Path(folder))
        source = await run_in_threadpool(stack.enter_context, copy)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.flac_conversion", str(source), str(target), json.dumps(recording.raw_format)
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code == UNPLAYABLE:
            raise Unprocessable("This recording holds nothing that can be played; its error says why.")
        if code != 0:
            raise RuntimeError(f"the playable form could not be made (exit status {code})")
        await run_in_threadpool(_keep, state, recording.recording_id, key, target)


def _keep(state: ApiState, recording_id: str, key: str, target: Path) -> None:
    state.audio.put(key, target)
    with state.database.reading() as uow:
        deleted = uow.recordings.get(recording_id) is None
    if deleted:
        state.audio.delete(key)
        raise NotFound("This recording was deleted.")
