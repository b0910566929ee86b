"""Opens a recording with libsndfile or FFmpeg and yields its samples in blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import av
import av.error
import numpy as np
import soundfile
from numpy.typing import NDArray

from asr.audio.recording import SourceFormat
from asr.options import RawFormat

BLOCK_FRAMES = 1 << 16

# Only these are let at a citizen's upload: FFmpeg also "plays" lists and scripts that name other files and hosts.
_AV_CONTAINERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,ogg,voc,w64,wav"
)
_SNDFILE_CONTAINERS = frozenset(
    {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "OGG", "MP3", "VOC", "NIST"}
)


class CannotOpenError(Exception):
    """This decoder does not know the file; another may."""


# Elsewhere the length is estimated from the bit rate, or the header was put right before.
_SURE_LENGTHS = frozenset({"FLAC", "W64", "CAF", "AIFF", "AU", "RF64"})

# Frame types from here on (3GPP TS 26.101 and 26.201, table 1a) stand for comfort noise or nothing: phones send them in
# pauses (DTX). FFmpeg decodes none of them in narrow band, and leaving them out would move all that follows.
_AMR_PAUSE = {"amrnb": 8, "amrwb": 9}


@dataclass(frozen=True, slots=True)
class Block:
    """``samples`` are frames × channels in −1…1; ``position`` is how far into the file they end, 0…1."""

    samples: NDArray[np.float32]
    sample_rate: int
    position: float


class AudioSource(Protocol):
    """An open recording.

    ``announced`` is its length in seconds by its own header, None where that is unknown or a guess. ``damaged`` says
    after reading that some of it could not be decoded.
    """

    format: SourceFormat
    announced: float | None
    damaged: bool

    def blocks(self) -> Iterator[Block]:
        """Yield all that can be read."""


class SoundFileSource:
    """A recording read by libsndfile: WAV of most codecs, FLAC, Ogg, MP3, headerless G.711."""

    def __init__(self, file: BinaryIO, raw_format: RawFormat | None = None) -> None:
        self.damaged = False
        file.seek(0)
        try:
            if raw_format is None:
                self._file = soundfile.SoundFile(file.fileno() if _is_plain(file) else file, closefd=False)
            else:
                self._file = soundfile.SoundFile(
                    file.fileno(),
                    closefd=False,
                    format="RAW",
                    samplerate=raw_format.sample_rate,
                    channels=raw_format.channels,
                    subtype=raw_format.encoding.upper(),
                )
        except (soundfile.SoundFileError, OSError, ValueError, OverflowError) as error:
            raise CannotOpenError(str(error)) from error
        if raw_format is None and self._file.format not in _SNDFILE_CONTAINERS:
            raise CannotOpenError(f"{self._file.format} is not a form of call recordings")
        self.format = SourceFormat(self._file.format, self._file.subtype, self._file.samplerate, self._file.channels)
        self.announced = self._file.frames / self._file.samplerate if self._file.format in _SURE_LENGTHS else None

    def blocks(self) -> Iterator[Block]:
        """Yield all that can be read."""
        total, done = self._file.frames, 0
        frames = max(BLOCK_FRAMES // self.format.channels, 1)
        with self._file:
            while True:
                try:
                    samples = self._file.read(frames, dtype="float32", always_2d=True)
                except (soundfile.SoundFileError, OSError, ValueError):
                    self.damaged = True
                    return
                if not len(samples):
                    return
                done += len(samples)
                yield Block(samples, self.format.sample_rate, min(done / max(total, done), 1.0))


def _is_plain(file: BinaryIO) -> bool:
    return hasattr(file, "fileno")


class _Nameless:
    """A file without a name, so that neither its ending nor its folder takes part in what it is held for."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


class AvSource:
    """A recording read by FFmpeg: AMR, M4A and whatever libsndfile does not know."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.damaged = False
        self._size = max(size, 1)
        file.seek(0)
        try:
            self._container = av.open(
                _Nameless(file),
                mode="r",
                container_options={"format_whitelist": _AV_CONTAINERS, "protocol_whitelist": ""},
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, OSError, ValueError, OverflowError, EOFError) as error:
            raise CannotOpenError(str(error)) from error
        streams = self._container.streams.audio
        if not streams:
            self._container.close()
            raise CannotOpenError("It holds no audio.")
        self._stream = streams[0]
        context = self._stream.codec_context
        if context is None:
            self._container.close()
            raise CannotOpenError("It is coded in a way that no decoder here knows.")
        context.thread_count = 1
        self.format = SourceFormat(
            self._container.format.name.split(",")[0], context.name, context.sample_rate or 0, context.channels or 0
        )
        self.announced = None
        if self.format.container in {"mov", "asf", "matroska"} and self._container.duration:
            self.announced = self._container.duration / av.time_base

    def blocks(self) -> Iterator[Block]:
        """Yield all that can be read; a frame that cannot be decoded becomes as much silence."""
        with self._container:
            pending: list[NDArray[np.float32]] = []
            held = rate = 0
            position = 0.0
            for samples, sample_rate, position in self._frames():
                if pending and (sample_rate != rate or samples.shape[1] != pending[0].shape[1] or held >= BLOCK_FRAMES):
                    yield Block(np.concatenate(pending), rate, position)
                    pending, held = [], 0
                pending.append(samples)
                held, rate = held + len(samples), sample_rate
            if pending:
                yield Block(np.concatenate(pending), rate, position)

    def _frames(self) -> Iterator[tuple[NDArray[np.float32], int, float]]:
        rate, channels, position = self.format.sample_rate, self.format.channels, 0.0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, OSError, ValueError):
                self.damaged = True
                return
            if packet is None:
                return
            if packet.pos is not None:
                position = min(max(position, packet.pos / self._size), 1.0)
            if self.format.codec in _AMR_PAUSE and _is_pause(packet, _AMR_PAUSE[self.format.codec]):
                yield np.zeros((self._length(packet, rate), channels), np.float32), rate, position
                continue
            try:
                frames = packet.decode()
            except (av.error.FFmpegError, ValueError) as error:
                if isinstance(error, EOFError):
                    continue
                self.damaged = True
                lost = self._length(packet, rate)
                if channels and lost:
                    yield np.zeros((lost, channels), np.float32), rate, position
                continue
            for frame in frames:
                samples = _to_float(frame)
                if samples is not None and frame.sample_rate:
                    rate, channels = frame.sample_rate, samples.shape[1]
                    yield samples, rate, position

    @staticmethod
    def _length(packet: "av.Packet[Any]", sample_rate: int) -> int:
        """Samples that a packet stands for, 0 if unknown or absurd."""
        if not packet.duration or packet.time_base is None:
            return 0
        samples = round(float(packet.duration * packet.time_base) * sample_rate)
        return samples if 0 < samples <= sample_rate else 0


def _is_pause(packet: "av.Packet[Any]", first_type: int) -> bool:
    return packet.size > 0 and (memoryview(packet)[0] >> 3 & 15) >= first_type


def _to_float(frame: av.AudioFrame) -> NDArray[np.float32] | None:
    if not frame.samples:
        return None
    data = frame.to_ndarray()
    samples = data.T if frame.format.is_planar else data.reshape(frame.samples, -1)
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - np.float32(128.0)) / np.float32(128.0)
    if np.issubdtype(samples.dtype, np.integer):
        return samples.astype(np.float32) / np.float32(2.0 ** (8 * samples.dtype.itemsize - 1))
    return samples.astype(np.float32)
