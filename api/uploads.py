"""Receives recordings straight to disk: constant memory, limits enforced and sha256 taken while the bytes come.

Starlette's own form parser spools whole files to a temporary folder before a handler runs and knows no limit for
them; here its tokenizer (python-multipart) is fed from the request's stream and file bytes go to their place at once.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, BinaryIO, Final

import anyio
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from api.problems import BadRequest, ContentTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

WRITE_BYTES: Final = 1024 * 1024
MAX_FIELDS: Final = 100
MAX_FIELD_BYTES: Final = 64 * 1024
MAX_JSON_BYTES: Final = 1024 * 1024
FORM_OVERHEAD_BYTES: Final = 1024 * 1024
STALE_SECONDS: Final = 24 * 3600
MAX_FILENAME: Final = 255


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file on disk that came in: its path here, the name its sender gave it, size in bytes, sha256 in hex."""

    path: Path
    filename: str | None
    content_type: str | None
    bytes: int
    sha256: str

    def discard(self) -> None:
        """Remove the file; nothing happens where it has moved on."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A form: its text fields in order, each name perhaps more than once, and its file."""

    fields: tuple[tuple[str, str], ...]
    file: ReceivedFile | None


class FileReceiver:
    """Writes chunks to a new file in ``folder``; disk and hash work runs in threads, a megabyte at a time.

    An async context: without :meth:`finish`, so on any error and on cancellation, the file is removed at its end.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._received = 0
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._writing: asyncio.Future[None] | None = None
        self._kept = False

    async def __aenter__(self) -> "FileReceiver":
        def create() -> tuple[BinaryIO, Path]:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="incoming-", dir=self._folder)
            return os.fdopen(descriptor, "wb", buffering=0), Path(name)

        self._file, self._path = await asyncio.to_thread(create)
        return self

    async def __aexit__(self, *_: object) -> None:
        # A cancelled request must not close the file under the thread that still writes it.
        with anyio.CancelScope(shield=True):
            if self._writing is not None:
                await asyncio.wait([self._writing])
        if self._file is not None:
            self._file.close()
        if self._path is not None and not self._kept:
            self._path.unlink(missing_ok=True)

    def take(self, chunk: bytes) -> None:
        """Queue ``chunk``; raises :class:`ContentTooLarge` as soon as the limit is passed."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise ContentTooLarge(f"The recording has more than the {self._max_bytes} bytes that are accepted.")
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)

    async def drain(self, *, all_of_it: bool = False) -> None:
        """Write what is queued where it is enough to be worth a thread, or all of it."""
        if self._pending_bytes < WRITE_BYTES and not (all_of_it and self._pending):
            return
        chunks, self._pending, self._pending_bytes = self._pending, [], 0

        def write() -> None:
            assert self._file is not None  # noqa: S101 -- inside the context
            for chunk in chunks:
                self._digest.update(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[self._file.write(view) :]

        self._writing = asyncio.ensure_future(asyncio.to_thread(write))
        await asyncio.shield(self._writing)

    async def finish(self, filename: str | None, content_type: str | None) -> ReceivedFile:
        """Write the rest and say what came."""
        await self.drain(all_of_it=True)
        assert self._path is not None  # noqa: S101 -- inside the context
        self._kept = True
        return ReceivedFile(self._path, filename, content_type, self._received, self._digest.hexdigest())


@dataclass(slots=True)
class _Parts:
    """What the tokenizer has seen of a form so far."""

    receiver: FileReceiver
    file_field: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    file_seen: bool = False
    filename: str | None = None
    content_type: str | None = None
    ended: bool = False
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header_name: bytes = b""
    _header_value: bytes = b""
    _name: str = ""
    _text: bytearray = field(default_factory=bytearray)
    _in_file: bool = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._take_data,
            "on_part_end": self._end,
            "on_end": self._end_form,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._text = bytearray()
        self._in_file = False

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        if disposition != b"form-data" or b"name" not in options:
            raise BadRequest("A part of the form has no name.")
        self._name = options[b"name"].decode("utf-8", "replace")
        if b"filename" not in options:
            if len(self.fields) >= MAX_FIELDS:
                raise BadRequest(f"The form has more than {MAX_FIELDS} fields.")
            return
        if self._name != self.file_field:
            raise BadRequest(f"The file must be in the field {self.file_field!r}.")
        if self.file_seen:
            raise BadRequest("The form has two files; send each recording in a request of its own.")
        self.file_seen = self._in_file = True
        self.filename = options[b"filename"].decode("utf-8", "replace")
        self.content_type = self._headers.get(b"content-type", b"").decode("latin-1") or None

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.receiver.take(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > MAX_FIELD_BYTES:
            raise ContentTooLarge(f"A text field of the form has more than {MAX_FIELD_BYTES} bytes.")

    def _end(self) -> None:
        if not self._in_file:
            try:
                self.fields.append((self._name, self._text.decode("utf-8")))
            except UnicodeDecodeError as error:
                raise BadRequest("A text field of the form is not UTF-8.") from error

    def _end_form(self) -> None:
        self.ended = True


async def receive_chunks(
    chunks: AsyncIterator[bytes], folder: Path, max_bytes: int, filename: str | None, content_type: str | None
) -> ReceivedFile:
    """Write ``chunks`` to a new file in ``folder``; raises :class:`ContentTooLarge` beyond ``max_bytes``."""
    async with FileReceiver(folder, max_bytes) as receiver:
        async for chunk in chunks:
            receiver.take(chunk)
            await receiver.drain()
        return await receiver.finish(safe_filename(filename), content_type)


async def receive_form(request: Request, folder: Path, max_bytes: int, file_field: str = "file") -> ReceivedForm:
    """Read a multipart form; its file ``file_field`` goes to ``folder`` as it comes, of at most ``max_bytes`` bytes.

    Raises :class:`BadRequest` for a broken form, :class:`ContentTooLarge` beyond a limit,
    :class:`UnsupportedMediaType` for another body. In all cases nothing stays behind in ``folder``.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        raise UnsupportedMediaType("The body must be multipart/form-data.")
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequest("The Content-Type of the form names no boundary.")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > max_bytes + FORM_OVERHEAD_BYTES:
        raise ContentTooLarge(f"The form has {declared} bytes; a recording may have {max_bytes}.")

    async with FileReceiver(folder, max_bytes) as receiver:
        parts = _Parts(receiver, file_field)
        try:
            parser = MultipartParser(boundary, parts.callbacks())
            total = 0
            async for chunk in request.stream():
                total += len(chunk)
                if total > max_bytes + MAX_FIELDS * MAX_FIELD_BYTES:
                    raise ContentTooLarge("The form has more bytes than its recording and fields may have.")
                parser.write(chunk)
                await receiver.drain()
            parser.finalize()
        except FormParserError as error:
            raise BadRequest("The multipart form is broken.") from error
        if not parts.ended:
            raise BadRequest("The multipart form ends before its last boundary; send it again.")
        if not parts.file_seen:
            return ReceivedForm(tuple(parts.fields), None)
        file = await receiver.finish(safe_filename(parts.filename), parts.content_type)
        return ReceivedForm(tuple(parts.fields), file)


async def receive_json(request: Request) -> bytes:
    """The body of a small JSON request; raises :class:`ContentTooLarge` beyond a megabyte."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_JSON_BYTES:
            raise ContentTooLarge(f"A JSON body may have {MAX_JSON_BYTES} bytes.")
    return bytes(body)


def safe_filename(name: str | None) -> str | None:
    """The last part of a path of any system, without control characters; ``None`` where nothing is left."""
    if name is None:
        return None
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    printable = "".join(char for char in last if char.isprintable())
    kept = printable[-MAX_FILENAME:].strip()
    return kept if kept.strip(".") else None


def remove_stale(folder: Path) -> int:
    """Remove what an API process that was killed left behind in ``folder`` over a day ago; how many things."""
    removed = 0
    for path in (*folder.glob("incoming-*"), *folder.glob("play-*")):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - STALE_SECONDS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed
