"""A city folder as one ZIP: what its version is made of, and its trained models."""

import io
import zipfile
from pathlib import Path
from typing import Final

from tickets.city.loading import content_files, content_version
from tickets.errors import CityError

ALWAYS_THE_SAME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same folder gives the same bytes."""


def pack(folder: Path, version: str) -> bytes:
    """The folder of a city of ``version`` as a ZIP.

    Raises:
        CityError: the folder was changed since it was read.
    """
    from tickets.classification.store import FOLDER as MODELS  # noqa: PLC0415 — heavy; the API only unpacks

    models = sorted(file for file in (folder / MODELS).glob("*") if file.suffix in {".npz", ".json"})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in [*content_files(folder), *models]:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), ALWAYS_THE_SAME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    if content_version(folder) != version:
        raise CityError(folder, None, "changed while it was read; try again once it is saved")
    return buffer.getvalue()


def unpack(archive: bytes, folder: Path, version: str) -> None:
    """Write a packed city into a folder that doesn't exist yet.

    Raises:
        CityError: what came out isn't the city of ``version``.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)
    if content_version(folder) != version:
        raise CityError(folder, None, f"isn't version {version}; the stored archive is damaged")
