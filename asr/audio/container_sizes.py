"""Lengths that containers announce against what is in the file.

Recorders that stream, or are killed, leave the sizes of a WAV header at 0, at their largest value, or at what they were
when the header was last written. The audio behind them is whole and must not be lost.
"""

import io
import struct
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

# Below this, bytes behind the announced data are padding or a broken trailer, not audio.
_TAIL_BYTES = 512
_OPEN_LENGTHS = (0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FFFFFF0, 0xFFFFFFF0)
_RIFF_LIMIT = 0xFFFFFFFF
_TWO_PAGES = 2 * 65307


@dataclass(frozen=True, slots=True)
class WavSizes:
    """Where a WAV file's audio is: ``data_offset`` and ``present`` bytes, ``announced`` by the header.

    ``state``: ``right``; ``cut_off``, fewer bytes than announced; ``unset``, the recorder never wrote the length or
    wrote it too early.
    """

    data_offset: int
    announced: int
    present: int
    state: Literal["right", "cut_off", "unset"]


def examine_wav(file: BinaryIO, size: int) -> WavSizes | None:
    """Walk the chunks of a RIFF/WAVE file of ``size`` bytes; None if it is another file or has no data chunk."""
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    position, block = 12, 1
    while position + 8 <= size:
        name, length = _chunk(file, position)
        if name == b"fmt ":
            file.seek(position + 20)
            block = max(int.from_bytes(file.read(2), "little"), 1)
        if name == b"data":
            return _judge(file, WavSizes(position + 8, length, size - position - 8, "right"), block)
        position += 8 + length + length % 2
    return None


def _judge(file: BinaryIO, sizes: WavSizes, block: int) -> WavSizes:
    announced, present = sizes.announced, sizes.present
    if announced > present:
        # Place holders often have the header's length taken off.
        unset = any(0 <= limit - announced <= 128 for limit in _OPEN_LENGTHS)
        # libsndfile takes a last block that was written in part for an error.
        return replace(sizes, present=present - present % block, state="unset" if unset else "cut_off")
    if announced < present:
        padded = announced + announced % 2
        if not _are_chunks(file, sizes.data_offset + padded, sizes.data_offset + present) and (
            announced == 0 or present - padded >= _TAIL_BYTES
        ):
            return replace(sizes, state="unset")
        return replace(sizes, present=announced)
    return sizes


def _are_chunks(file: BinaryIO, position: int, size: int) -> bool:
    while position + 8 <= size:
        name, length = _chunk(file, position)
        if not all(32 <= byte < 127 for byte in name):
            return False
        position += 8 + length + length % 2
    return position - 1 <= size < position + 8


def _chunk(file: BinaryIO, position: int) -> tuple[bytes, int]:
    file.seek(position)
    name, length = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
    return name, length


class MendedWav(io.RawIOBase):
    """A view of a WAV file with its true sizes in the header; the file itself stays as it is."""

    def __init__(self, file: BinaryIO, sizes: WavSizes) -> None:
        self._file = file
        self._end = sizes.data_offset + sizes.present
        self._position = 0
        self._patches = {
            4: struct.pack("<I", min(self._end - 8, _RIFF_LIMIT)),
            sizes.data_offset - 4: struct.pack("<I", min(sizes.present, _RIFF_LIMIT)),
        }

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = max(base + offset, 0)
        return self._position

    def tell(self) -> int:
        """As of any file."""
        return self._position

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """As of any file."""
        self._file.seek(self._position)
        data = bytearray(self._file.read(max(min(len(buffer), self._end - self._position), 0)))
        for at, patch in self._patches.items():
            for index, byte in enumerate(patch, at - self._position):
                if 0 <= index < len(data):
                    data[index] = byte
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def ogg_is_cut_off(file: BinaryIO, size: int) -> bool:
    """Whether an Ogg file of ``size`` bytes ends within a page (RFC 3533, section 6)."""
    start = max(size - _TWO_PAGES, 0)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(b"OggS\0")
    page = tail[at:] if at >= 0 else b""
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])
