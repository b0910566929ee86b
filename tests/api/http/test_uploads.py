import asyncio
import hashlib
import itertools
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request

from api.problems import BadRequest, ContentTooLarge, UnsupportedMediaType
from api.uploads import (
    MAX_FIELD_BYTES,
    STALE_SECONDS,
    ReceivedForm,
    receive_chunks,
    receive_form,
    remove_stale,
    safe_filename,
)

BOUNDARY = "----a-boundary"


def form_bytes(fields: list[tuple[str, str]], file: bytes | None, filename: str = "a.wav") -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields
    ]
    if file is not None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            "Content-Type: audio/wav\r\n\r\n"
        )
        parts.insert(len(parts) // 2, head.encode() + file + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def request_of(
    chunks: list[bytes], content_type: str = f"multipart/form-data; boundary={BOUNDARY}", **headers: str
) -> Request:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    raw = [(b"content-type", content_type.encode()), *((k.encode(), v.encode()) for k, v in headers.items())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": b""}, receive)


def take(request: Request, folder: Path, max_bytes: int = 10_000_000) -> ReceivedForm:
    return asyncio.run(receive_form(request, folder, max_bytes))


field_names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=10)
field_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50).map(lambda text: text.replace("\r", " "))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    fields=st.lists(st.tuples(field_names, field_texts), max_size=5),
    file=st.binary(max_size=3000) | st.just(b"\r\n--" + BOUNDARY.encode()[:-2] + b"\r\n--\r\n" * 20),
    cuts=st.lists(st.integers(0, 5000), max_size=12),
)
def test_a_form_arrives_as_it_was_sent_however_it_is_cut(
    tmp_path: Path, fields: list[tuple[str, str]], file: bytes, cuts: list[int]
) -> None:
    body = form_bytes(fields, file)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    form = take(request_of([body[a:b] for a, b in itertools.pairwise(edges)]), tmp_path)
    assert form.fields == tuple(fields)
    assert form.file is not None
    assert form.file.path.read_bytes() == file
    assert (form.file.bytes, form.file.sha256) == (len(file), hashlib.sha256(file).hexdigest())
    assert (form.file.filename, form.file.content_type) == ("a.wav", "audio/wav")
    form.file.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [1_000_001, 5_000_000])
def test_too_large_a_file_is_refused_while_it_comes(tmp_path: Path, size: int) -> None:
    body = form_bytes([], bytes(size))
    sent: list[int] = []
    request = request_of([])

    async def receive() -> Any:
        start = sum(sent)
        sent.append(min(65536, len(body) - start))
        return {"type": "http.request", "body": body[start : start + 65536], "more_body": start + 65536 < len(body)}

    with pytest.raises(ContentTooLarge) as refused:
        take(Request(request.scope, receive), tmp_path, max_bytes=1_000_000)
    assert "1000000 bytes" in str(refused.value.detail)
    assert sum(sent) < 1_200_000
    assert list(tmp_path.iterdir()) == []


def test_too_large_a_form_is_refused_before_it_comes(tmp_path: Path) -> None:
    request = request_of([], **{"content-length": "5000000"})
    with pytest.raises(ContentTooLarge):
        take(request, tmp_path, max_bytes=1_000_000)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", BadRequest),
        (b"nonsense", BadRequest),
        (form_bytes([("a", "1")], b"xyz")[:-10], BadRequest),
        (form_bytes([("a", "x" * (MAX_FIELD_BYTES + 1))], b"xyz"), ContentTooLarge),
        (form_bytes([(f"f{number}", "") for number in range(101)], b"xyz"), BadRequest),
        (form_bytes([], b"xyz").replace(b'name="file"', b'name="other"'), BadRequest),
        (form_bytes([], b"xyz").replace(b'name="file"; ', b""), BadRequest),
        (form_bytes([("a", "1")], b"x").replace(b"\r\n1\r\n", b"\r\n\xff\r\n"), BadRequest),
        (form_bytes([], b"x")[: -len(BOUNDARY) - 6] + form_bytes([], b"x"), BadRequest),
    ],
    ids=["empty", "nonsense", "cut", "long-field", "many-fields", "wrong-name", "no-name", "not-utf-8", "two-files"],
)
def test_a_broken_form_leaves_nothing_behind(tmp_path: Path, body: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        take(request_of([body]), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain; boundary=x"])
def test_other_bodies_are_named(tmp_path: Path, content_type: str) -> None:
    with pytest.raises((UnsupportedMediaType, BadRequest)):
        take(request_of([b""], content_type), tmp_path)


def test_a_client_that_goes_away_leaves_nothing_behind(tmp_path: Path) -> None:
    messages = [{"type": "http.request", "body": form_bytes([], bytes(3_000_000))[:2_000_000], "more_body": True}]

    async def receive() -> Any:
        return messages.pop() if messages else {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        take(Request(request_of([]).scope, receive), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(300_000)
            await asyncio.sleep(0)

    async def run() -> None:
        task = asyncio.create_task(receive_chunks(endless(), tmp_path, 10**12, None, None))
        await asyncio.sleep(0.2)
        assert list(tmp_path.iterdir())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\calls\\通话.wav", "通话.wav"),
        ("a\0b\r\n.wav", "ab.wav"),
        ("..", None),
        ("", None),
        (None, None),
        ("x" * 400 + ".wav", ("x" * 400 + ".wav")[-255:]),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(name: str | None, kept: str | None) -> None:
    assert safe_filename(name) == kept


def test_what_a_killed_process_left_is_removed_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "incoming-old", tmp_path / "incoming-new"
    for path in (old, new):
        path.touch()
    long_ago = time.time() - STALE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    assert remove_stale(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["incoming-new"]
