"""The audio store: the same behaviour of a local folder and of an S3-compatible server."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from api.audio_store import CHUNK_BYTES, AudioMissingError, AudioStore, open_audio_store
from api.settings import Settings

KEY = "recordings/rec_1/original"
CONTENT = bytes(range(256)) * (3 * CHUNK_BYTES // 256) + b"end"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """An S3 server of the tests' own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="calls")
    client.close()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AudioStore:
    if request.param == "folder":
        return open_audio_store(Settings(data_dir=tmp_path / "with space", _env_file=None))  # type: ignore[call-arg]
    return open_audio_store(
        Settings(
            audio_store_url=f"s3://calls/{tmp_path.name}",
            s3_endpoint=request.getfixturevalue("s3_endpoint"),
            s3_access_key_id=SecretStr("key"),
            s3_secret_access_key=SecretStr("secret"),
            _env_file=None,  # type: ignore[call-arg]
        )
    )


@pytest.fixture
def stored(store: AudioStore, tmp_path: Path) -> AudioStore:
    (tmp_path / "source").write_bytes(CONTENT)
    store.put(KEY, tmp_path / "source")
    return store


def test_what_is_stored_comes_back_whole_and_in_ranges(stored: AudioStore) -> None:
    assert stored.stat(KEY).bytes == len(CONTENT)
    assert b"".join(stored.read(KEY)) == CONTENT
    for start, end in ((0, 1), (5, CHUNK_BYTES + 9), (len(CONTENT) - 3, None), (0, len(CONTENT) + 10), (7, 7)):
        assert b"".join(stored.read(KEY, start, end)) == CONTENT[start:end]

    async def collected() -> bytes:
        return b"".join([chunk async for chunk in stored.read_async(KEY, 3, 2 * CHUNK_BYTES)])

    assert asyncio.run(collected()) == CONTENT[3 : 2 * CHUNK_BYTES]


def test_a_stored_file_and_its_folders_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[int] = set()
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    (tmp_path / "source").write_bytes(CONTENT)
    store = open_audio_store(Settings(data_dir=tmp_path / "data", _env_file=None))  # type: ignore[call-arg]
    store.put(KEY, tmp_path / "source")
    audio = tmp_path / "data" / "audio"
    stored = [audio / KEY, audio / "recordings" / "rec_1", audio / "recordings", audio]
    assert {path.stat().st_ino for path in stored} <= synced


def test_a_local_copy_holds_the_same_bytes(stored: AudioStore, tmp_path: Path) -> None:
    with stored.local_copy(KEY, tmp_path / "work") as path:
        assert path.read_bytes() == CONTENT
    assert b"".join(stored.read(KEY)) == CONTENT
    assert not (tmp_path / "work" / "original").exists()


def test_what_is_deleted_is_gone_and_may_be_deleted_again(stored: AudioStore, tmp_path: Path) -> None:
    assert list(stored.keys()) == [KEY]
    stored.delete(KEY)
    stored.delete(KEY)
    assert list(stored.keys()) == []
    with pytest.raises(AudioMissingError):
        stored.stat(KEY)
    with pytest.raises(AudioMissingError):
        list(stored.read(KEY))
    with pytest.raises(AudioMissingError), stored.local_copy(KEY, tmp_path / "work"):
        pass


@pytest.mark.parametrize("url", ["ftp://server/x", "s3://", "/plain/path", "file:"])
def test_an_address_that_names_no_store_is_refused_with_the_setting_named(url: str) -> None:
    with pytest.raises(ValueError, match="HOTLINE_AUDIO_STORE_URL"):
        open_audio_store(Settings(audio_store_url=url, _env_file=None))  # type: ignore[call-arg]
