"""The decoded working file of a recording: 16 kHz, 16-bit PCM, read by time and channel."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

SAMPLE_RATE = 16000
SILENT = "The recording is silent."


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """What the recorder wrote: container, codec, samples a second (Hz), channels."""

    container: str
    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class DecodedRecording:
    """A recording as the models hear it, in the WAV (above 4 GiB: RF64) file ``path``.

    ``channels`` and ``frames`` are those of the working file, at 16000 Hz. ``dual_mono`` says that the recorder wrote
    the same signal on two channels; the working file has it once. ``source_channels`` are the recorder's channels
    (from 0) that the working file's channels come from, so that roles known per channel stay attached to them.
    ``warnings`` are short English sentences on what was found amiss.
    """

    path: Path
    channels: int
    frames: int
    dual_mono: bool
    source: SourceFormat
    warnings: tuple[str, ...] = ()
    source_channels: tuple[int, ...] = (0,)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.frames / SAMPLE_RATE

    @property
    def silent(self) -> bool:
        """Nobody and nothing can be heard on any channel."""
        return SILENT in self.warnings

    def samples(self, channel: int, start: float = 0.0, end: float | None = None) -> NDArray[np.float32]:
        """Samples of one channel in −1…1 from ``start`` to ``end`` in seconds, cut to the recording's length.

        The whole of a long recording is large (230 MB an hour): prefer :meth:`blocks` there.

        Raises:
            IndexError: There is no such channel.
        """
        self._check(channel)
        first = min(max(round(start * SAMPLE_RATE), 0), self.frames)
        last = self.frames if end is None else min(max(round(end * SAMPLE_RATE), first), self.frames)
        with self._opened() as file:
            return _read(file, channel, first, last)

    def blocks(self, channel: int, seconds: float) -> Iterator[NDArray[np.float32]]:
        """All samples of one channel in −1…1, in order, in blocks of ``seconds`` (the last may be shorter).

        Raises:
            IndexError: There is no such channel.
            ValueError: ``seconds`` is not positive.
        """
        self._check(channel)
        step = round(seconds * SAMPLE_RATE)
        if step < 1:
            raise ValueError(f"A block must hold at least one sample, got {seconds} s")
        return self._blocks(channel, step)

    def _blocks(self, channel: int, step: int) -> Iterator[NDArray[np.float32]]:
        with self._opened() as file:
            for first in range(0, self.frames, step):
                yield _read(file, channel, first, min(first + step, self.frames))

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable form that :meth:`from_json` reads back."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "DecodedRecording":
        """Read :meth:`to_json` back."""
        return cls(
            path=Path(data["path"]),
            channels=data["channels"],
            frames=data["frames"],
            dual_mono=data["dual_mono"],
            source=SourceFormat(**data["source"]),
            warnings=tuple(data["warnings"]),
            source_channels=tuple(data["source_channels"]),
        )

    def _check(self, channel: int) -> None:
        if not 0 <= channel < self.channels:
            raise IndexError(f"Channel {channel} of a recording with {self.channels}")

    @contextmanager
    def _opened(self) -> Iterator[soundfile.SoundFile]:
        # By descriptor: given a name, soundfile lets the name's ending decide.
        with self.path.open("rb", buffering=0) as raw, soundfile.SoundFile(raw.fileno(), closefd=False) as file:
            yield file


def _read(file: soundfile.SoundFile, channel: int, first: int, last: int) -> NDArray[np.float32]:
    file.seek(first)
    samples: NDArray[np.float32] = file.read(last - first, dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples[:, channel])
