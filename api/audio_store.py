"""Where recordings are kept: a local folder or an S3-compatible bucket behind one interface."""

import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, S3Store

from api.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK_BYTES = 1024 * 1024
SYNCS_AT_ONCE = 16


class AudioMissingError(Exception):
    """The store holds no audio under a key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no audio is stored under {key}")
        self.key = key


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """What the store knows of an object: its size in bytes and a tag that changes with its content."""

    bytes: int
    etag: str | None


class AudioStore:
    """Audio by key (``recordings/rec_…/original``). Objects appear whole or not at all.

    Raises :class:`AudioMissingError` where a key holds nothing, obstore's errors where the store cannot be reached.
    """

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store
        self._syncing = ThreadPoolExecutor(SYNCS_AT_ONCE, thread_name_prefix="sync")
        self._lasting: set[Path] = set()

    def put(self, key: str, source: Path | BinaryIO) -> None:
        """Store a file in pieces; it is never in memory as a whole. In a folder, it then outlasts a power loss."""
        obstore.put(self._store, key, source, chunk_size=8 * CHUNK_BYTES, max_concurrency=2)
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            self._sync(self._store.prefix, key)

    def _sync(self, root: Path, key: str) -> None:
        """Bring a file and the entries of its folders to the disk."""
        path = root / key
        folder, *above = (each for each in path.parents if each.is_relative_to(root))
        # A folder's own entry lasts once its parent was synced, which only new ones need.
        fresh = {parent for child, parent in pairwise((folder, *above)) if child not in self._lasting}
        # At once rather than one after another: they then share the disk's journal and its flush.
        list(self._syncing.map(_sync, (path, folder, *fresh)))
        self._lasting.update(above)

    def stat(self, key: str) -> StoredAudio:
        """Size and tag of what is stored."""
        try:
            meta = obstore.head(self._store, key)
        except (NotFoundError, FileNotFoundError) as error:
            raise AudioMissingError(key) from error
        return StoredAudio(meta["size"], meta["e_tag"])

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes ``start`` (inclusive) to ``end`` (exclusive; None is the last), in chunks."""
        size = self.stat(key).bytes
        stop = size if end is None else min(end, size)
        for position in range(start, stop, CHUNK_BYTES):
            length = min(CHUNK_BYTES, stop - position)
            yield bytes(obstore.get_range(self._store, key, start=position, length=length))

    async def read_async(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As :meth:`read`, without blocking the event loop."""
        try:
            size = (await obstore.head_async(self._store, key))["size"]
        except (NotFoundError, FileNotFoundError) as error:
            raise AudioMissingError(key) from error
        stop = size if end is None else min(end, size)
        for position in range(start, stop, CHUNK_BYTES):
            length = min(CHUNK_BYTES, stop - position)
            yield bytes(await obstore.get_range_async(self._store, key, start=position, length=length))

    def download(self, key: str, target: Path) -> None:
        """Copy an object to a local file, which appears whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as file:
                for chunk in self.read(key):
                    file.write(chunk)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def local_copy(self, key: str, folder: Path) -> Iterator[Path]:
        """The object as a local file: the stored file itself where it is one, else a passing copy in ``folder``."""
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            self.stat(key)
            yield self._store.prefix / key
            return
        copy = folder / "original"
        self.download(key, copy)
        try:
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        try:
            obstore.delete(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return

    def keys(self, prefix: str = "", before: datetime | None = None) -> Iterator[str]:
        """All keys under a prefix, or those of what was stored before a time."""
        for batch in obstore.list(self._store, prefix or None):
            for meta in batch:
                if before is None or meta["last_modified"] < before:
                    yield meta["path"]


def _sync(path: Path) -> None:
    """Bring a file, or the entries of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_audio_store(settings: Settings) -> AudioStore:
    """The store that the settings name.

    Raises:
        ValueError: ``HOTLINE_AUDIO_STORE_URL`` is neither ``file:///folder`` nor ``s3://bucket/prefix``.
    """
    url = urlsplit(settings.audio_store)
    if url.scheme == "file" and url.path:
        return AudioStore(LocalStore(Path(unquote(url.path)), mkdir=True, automatic_cleanup=True))
    if url.scheme == "s3" and url.netloc:
        return AudioStore(_s3(settings, url.netloc, url.path.strip("/")))
    raise ValueError(
        f"HOTLINE_AUDIO_STORE_URL is {settings.audio_store!r}; use file:///folder or s3://bucket or s3://bucket/prefix"
    )


def _s3(settings: Settings, bucket: str, prefix: str) -> S3Store:
    config: S3Config = {"region": settings.s3_region or "us-east-1"}
    if settings.s3_endpoint:
        config["endpoint"] = settings.s3_endpoint
    if settings.s3_access_key_id:
        config["access_key_id"] = settings.s3_access_key_id.get_secret_value()
    if settings.s3_secret_access_key:
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": bool(settings.s3_endpoint and settings.s3_endpoint.startswith("http://")),
            "timeout": timedelta(minutes=2),
        },
    )
