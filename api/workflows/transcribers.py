"""The speech models of a worker, one set for each recording that it processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import TYPE_CHECKING

from asr.options import TranscriptionOptions

if TYPE_CHECKING:
    from asr.pipeline import Transcriber


class TranscriberPool:
    """Hands out ``size`` transcribers, each to one user at a time. Models are loaded when first needed and kept."""

    def __init__(self, options: TranscriptionOptions, size: int) -> None:
        from asr.pipeline import Transcriber  # noqa: PLC0415 — loads the speech libraries

        # Last in, first out: a second set of models is only loaded when two recordings really meet.
        self._free: LifoQueue[Transcriber] = LifoQueue()
        for _ in range(size):
            self._free.put(Transcriber(options))

    @contextmanager
    def transcriber(self) -> Iterator["Transcriber"]:
        """A transcriber for this thread alone; waits for a free one."""
        transcriber = self._free.get()
        try:
            yield transcriber
        finally:
            self._free.put(transcriber)
