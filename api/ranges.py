"""Byte ranges of audio (RFC 9110, section 14) over the audio store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from api.audio_store import AudioStore
from api.problems import RangeNotSatisfiable

UNIT: Final = "bytes="


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start


class UnsatisfiableRangeError(ValueError):
    """A well-formed range none of whose bytes exist."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """The one range that a ``Range`` header asks for of ``size`` bytes; ``None`` where the whole is to be sent.

    The whole is sent too for other units, malformed headers and several ranges, as a server may (RFC 9110, 14.2).
    Raises :class:`UnsatisfiableRangeError` where no byte of the range exists.
    """
    if header is None or not header.lower().startswith(UNIT) or "," in header:
        return None
    first, dash, last = header[len(UNIT) :].strip().partition("-")
    if not dash or not _digits(first or "0") or not _digits(last or "0") or not (first or last):
        return None
    if not first:
        wanted = min(_number(last), size)
        if wanted == 0:
            raise UnsatisfiableRangeError
        return ByteRange(size - wanted, size)
    start = _number(first)
    if last and _number(last) < start:
        return None
    if start >= size:
        raise UnsatisfiableRangeError
    return ByteRange(start, min(_number(last) + 1, size) if last else size)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(text: str) -> int:
    # Beyond 18 digits every number is past the end of any file, and int() refuses thousands of them.
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= 18 else 10**18


def audio_response(
    store: AudioStore, key: str, *, size: int, etag: str, media_type: str, headers: Headers, head: bool
) -> Response:
    """Answer with an object of ``size`` bytes, or the part that the request's ``headers`` ask for.

    ``etag`` is strong, with its quotes. Raises :class:`RangeNotSatisfiable`.
    """
    common = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
    }
    if _matches(headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=common)
    # If-Range with a date never matches: only the tag says for certain that it is the same file.
    ranged = headers.get("range") if headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(ranged, size)
    except UnsatisfiableRangeError:
        raise RangeNotSatisfiable(
            f"The audio has {size} bytes.", headers={**common, "Content-Range": f"bytes */{size}"}
        ) from None
    whole = ByteRange(0, size)
    span = part or whole
    common["Content-Length"] = str(span.length)
    if part:
        common["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    status = 206 if part else 200
    if head:
        return Response(status_code=status, headers=common, media_type=media_type)
    return StreamingResponse(_bytes(store, key, span), status, common, media_type)


async def _bytes(store: AudioStore, key: str, span: ByteRange) -> AsyncIterator[bytes]:
    async for chunk in store.read_async(key, span.start, span.end):
        yield chunk


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
