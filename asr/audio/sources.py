"""Opens a recording with libsndfile or FFmpeg and yields its samples in blocks."""

import io
import math
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
_SNDFILE_CONTAINERS = frozenset({"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "MP3", "VOC", "NIST"})


class CannotOpenError(Exception):
    """This decoder does not know the file; another may."""


# Elsewhere the length is estimated from the bit rate, or the header was put right before.
_SURE_LENGTHS = frozenset({"FLAC", "W64", "CAF", "AIFF", "AU", "RF64", "mov", "asf", "matroska", "ogg"})
# These number their samples, so that missing ones show; a long gap may also be a fault of the numbers.
_TIMED_CONTAINERS = frozenset({"mov", "matroska", "ogg"})
_LEAST_GAP_SECONDS = 0.1
_MOST_GAP_SECONDS = 600.0

# Frame types from here on (3GPP TS 26.101 and 26.201, table 1a) stand for comfort noise or nothing: phones send them in
# pauses (DTX). FFmpeg decodes none of them in narrow band, and leaving them out would move all that follows.
_AMR_PAUSE = {"amrnb": 8, "amrwb": 9}


@dataclass(frozen=True, slots=True)
class Block:
    """``samples`` are frames × channels in −1…1; ``position`` is how far into the file they end, 0…1."""

    samples: NDArray[np.float32]
    sample_rate: int
    position: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """As :class:`Block`; ``time`` is where the container says that it starts, in seconds."""

    samples: NDArray[np.float32]
    sample_rate: int
    position: float
    time: float | None = None


class AudioSource(Protocol):
    """An open recording.

    ``announced`` is its length in seconds by its own header, None where unknown; ``sure`` is False for an estimate from
    the bit rate. ``damaged`` says after reading that some of it could not be decoded.
    """

    format: SourceFormat
    announced: float | None
    sure: bool
    damaged: bool

    def blocks(self) -> Iterator[Block]:
        """Yield all that can be read."""


class _Sequential(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is only read onwards."""

    def seekable(self) -> bool:
        """No: soundfile seeks after every read of a seekable file.

        In MP3 that loses what a frame left for the next (the bit reservoir), a gap of silence at each block.
        """
        return False


class SoundFileSource:
    """A recording read by libsndfile: WAV of most codecs, FLAC, MP3, headerless G.711."""

    def __init__(self, file: BinaryIO, raw_format: RawFormat | None = None) -> None:
        self.damaged = False
        file.seek(0)
        try:
            if raw_format is None:
                self._file = _Sequential(file.fileno() if isinstance(file, io.FileIO) else file, closefd=False)
            else:
                self._file = _Sequential(
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
        self.sure = self._file.format in _SURE_LENGTHS
        # A stream of unknown length has the largest number of frames.
        known = self._file.frames < 1 << 60
        self.announced = self._file.frames / self._file.samplerate if known else None

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


class _Nameless:
    """A file without a name, so that neither its ending nor its folder takes part in what it is held for."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


class AvSource:
    """A recording read by FFmpeg: AMR, M4A, Ogg and whatever libsndfile does not know."""

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
        self.sure = self.format.container in _SURE_LENGTHS
        self.announced = self._container.duration / av.time_base if self._container.duration else None

    def blocks(self) -> Iterator[Block]:
        """Yield all that can be read; a frame that cannot be decoded becomes as much silence."""
        with self._container:
            pending: list[NDArray[np.float32]] = []
            held = rate = 0
            position = 0.0
            for piece in self._without_gaps(self._pieces()):
                samples, position = piece.samples, piece.position
                if pending and (
                    piece.sample_rate != rate or samples.shape[1] != pending[0].shape[1] or held >= BLOCK_FRAMES
                ):
                    yield Block(np.concatenate(pending), rate, position)
                    pending, held = [], 0
                pending.append(samples)
                held, rate = held + len(samples), piece.sample_rate
            if pending:
                yield Block(np.concatenate(pending), rate, position)

    def _without_gaps(self, pieces: Iterator[_Piece]) -> Iterator[_Piece]:
        """Put silence where the container's times show that something is missing, so that all later times hold."""
        start: float | None = None
        elapsed = 0.0
        for piece in pieces:
            if piece.time is not None and self.format.container in _TIMED_CONTAINERS:
                start = piece.time - elapsed if start is None else start
                gap = min(piece.time - start, self.announced or math.inf) - elapsed
                if _LEAST_GAP_SECONDS <= gap <= _MOST_GAP_SECONDS:
                    # Ogg sends a packet for every pause too: there a gap is a lost page.
                    self.damaged = self.damaged or self.format.container == "ogg"
                    elapsed += gap
                    channels = piece.samples.shape[1]
                    for silent in _split(round(gap * piece.sample_rate), BLOCK_FRAMES):
                        yield _Piece(np.zeros((silent, channels), np.float32), piece.sample_rate, piece.position)
            elapsed += len(piece.samples) / piece.sample_rate
            yield piece

    def _pieces(self) -> Iterator[_Piece]:
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
            lost = self._length(packet, rate) if channels else 0
            try:
                pause = self.format.codec in _AMR_PAUSE and _is_pause(packet, _AMR_PAUSE[self.format.codec])
                frames = [] if pause else packet.decode()
            except (av.error.FFmpegError, ValueError) as error:
                if isinstance(error, EOFError):
                    continue
                self.damaged = pause = True
            if pause and lost:
                yield _Piece(np.zeros((lost, channels), np.float32), rate, position)
            if pause:
                continue
            for frame in frames:
                samples = _to_float(frame)
                if samples is not None and frame.sample_rate:
                    rate, channels = frame.sample_rate, samples.shape[1]
                    yield _Piece(samples, rate, position, frame.time)

    @staticmethod
    def _length(packet: "av.Packet[Any]", sample_rate: int) -> int:
        """Samples that a packet stands for, 0 if unknown or absurd."""
        if not packet.duration or packet.time_base is None:
            return 0
        samples = round(float(packet.duration * packet.time_base) * sample_rate)
        return samples if 0 < samples <= sample_rate else 0


def _split(total: int, largest: int) -> Iterator[int]:
    for first in range(0, total, largest):
        yield min(largest, total - first)


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
