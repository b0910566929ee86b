"""Writes the working file: 16-bit PCM at 16 kHz, in place and in blocks, whole or not at all."""

import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self
from uuid import uuid4

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.audio.recording import SAMPLE_RATE

HEADER_BYTES = 80
_RIFF_LIMIT = 0xFFFFFFFF
_COPY_FRAMES = 1 << 18
# Decoders of lossy codecs overshoot full scale a little; that much is left to the resampler.
_LOUDEST = 2.0


def wav_header(channels: int, frames: int) -> bytes:
    """The 80 header bytes before ``frames`` × ``channels`` samples.

    A plain RIFF/WAVE header with a place holder; beyond 4 GiB the place holder becomes the 64-bit sizes of RF64
    (EBU Tech 3306, section 3.3), so that either can be written over the other once the length is known.
    """
    data = frames * channels * 2
    riff = HEADER_BYTES - 8 + data
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, SAMPLE_RATE, SAMPLE_RATE * channels * 2, channels * 2, 16)
    if riff <= _RIFF_LIMIT:
        head = struct.pack("<4sI4s4sI28x", b"RIFF", riff, b"WAVE", b"JUNK", 28)
        return head + fmt + struct.pack("<4sI", b"data", data)
    head = struct.pack("<4sI4s4sIQQQI", b"RF64", _RIFF_LIMIT, b"WAVE", b"ds64", 28, riff, data, frames, 0)
    return head + fmt + struct.pack("<4sI", b"data", _RIFF_LIMIT)


class WorkingFile:
    """A working file being written. Blocks of any sample rate are resampled to 16 kHz as they come."""

    def __init__(self, file: BinaryIO, channels: int) -> None:
        self._file = file
        self.channels = channels
        self.frames = 0
        self._rate = SAMPLE_RATE
        self._resampler: soxr.ResampleStream | None = None
        file.seek(0)
        file.truncate()
        file.write(wav_header(channels, 0))

    def append(self, samples: NDArray[np.float32], sample_rate: int) -> None:
        """Add frames × channels in −1…1 at ``sample_rate`` Hz. A new rate from here on is allowed."""
        if not np.all(np.abs(samples) <= _LOUDEST):
            # Damaged float recordings hold NaN, infinities and absurd values; each would ring through the resampler.
            samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1.0, 1.0)
        if sample_rate != self._rate:
            self._drain()
            self._rate = sample_rate
            if sample_rate != SAMPLE_RATE:
                self._resampler = soxr.ResampleStream(sample_rate, SAMPLE_RATE, self.channels, dtype="float32")
        self._write(samples if self._resampler is None else self._resampler.resample_chunk(samples))

    def finish(self) -> None:
        """Write what the resampler still holds and the final header."""
        self._drain()
        self._file.seek(0)
        self._file.write(wav_header(self.channels, self.frames))
        self._file.flush()

    def keep(self, channels: Sequence[int]) -> None:
        """Drop all other channels of the finished file, in place."""
        reads = writes = 0
        while reads < self.frames:
            block = self.read(reads, reads + _COPY_FRAMES)
            reads += len(block)
            self._file.seek(HEADER_BYTES + writes * len(channels) * 2)
            self._file.write(np.ascontiguousarray(block[:, list(channels)]).tobytes())
            writes += len(block)
        self.channels = len(channels)
        self._file.truncate(HEADER_BYTES + self.frames * self.channels * 2)
        self.finish()

    def read(self, first: int, last: int) -> NDArray[np.int16]:
        """Frames × channels from frame ``first`` to before ``last``, fewer at the end."""
        count = max(min(last, self.frames) - first, 0)
        self._file.seek(HEADER_BYTES + first * self.channels * 2)
        data = np.frombuffer(self._file.read(count * self.channels * 2), dtype="<i2")
        return data.reshape(-1, self.channels)

    def _drain(self) -> None:
        if self._resampler is not None:
            self._write(self._resampler.resample_chunk(np.zeros((0, self.channels), np.float32), last=True))
            self._resampler = None
        self._rate = SAMPLE_RATE

    def _write(self, samples: NDArray[np.float32]) -> None:
        scaled = np.multiply(samples, np.float32(32768.0))
        np.rint(scaled, out=scaled)
        np.clip(scaled, -32768.0, 32767.0, out=scaled)
        self._file.write(scaled.astype("<i2").tobytes())
        self.frames += len(samples)


class PartFile:
    """An unnamed-yet file beside ``target``: takes its name only by :meth:`publish`."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f".{target.name}.{uuid4().hex}.part")
        self.file: BinaryIO = self._path.open("w+b")
        # The lock tells a later run that the writer lives; the kernel drops it when a process is killed.
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def publish(self) -> None:
        """Give the file its name, replacing an older one, once its bytes are on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self._path.replace(self._target)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self.file.close()


@contextmanager
def part_file(target: Path) -> Iterator[PartFile]:
    """A :class:`PartFile` for ``target``; those left by killed processes are removed first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for stale in target.parent.glob(f".{target.name}.*.part"):
        with suppress(OSError), stale.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stale.unlink()
    with PartFile(target) as part:
        yield part
