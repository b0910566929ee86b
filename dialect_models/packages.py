"""Packages that hold parts of model files: Python wheels and Debian packages, downloaded with their own tools."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from dialect_models.card import Part

Progress = Callable[[str], None]


class PackageError(Exception):
    """A package that cannot be had or lacks the part; the message says what to do."""


class Packages:
    """Packages downloaded once each into a folder that the caller removes."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self._folder = folder
        self._progress = progress

    def copy(self, part: Part, out: BinaryIO) -> None:
        """Append the bytes of a part to ``out``.

        Raises :class:`PackageError` where the package cannot be downloaded or the part is not in it.
        """
        if part.archive == "debian":
            path = self._unpacked(part) / part.member
            if not path.is_file():
                raise _lacks(part)
            with path.open("rb") as stream:
                shutil.copyfileobj(stream, out)
            return
        with zipfile.ZipFile(self._wheel(part)) as wheel:
            if part.member not in wheel.namelist():
                raise _lacks(part)
            with wheel.open(part.member) as stream:
                shutil.copyfileobj(stream, out)

    def _wheel(self, part: Part) -> Path:
        pattern = f"{part.package.replace('-', '_')}-{part.version}-*.whl"
        if not list(self._folder.glob(pattern)):
            self._progress(f"downloading {part.package} {part.version}")
            done = subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                 "--only-binary=:all:", "--dest", str(self._folder), f"{part.package}=={part.version}"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise PackageError(
                    f"{part.package}=={part.version} could not be downloaded: {_last_line(done.stderr)}. "
                    "Check the package index that pip is set up for, then run: hotline models fetch"
                )
        return next(self._folder.glob(pattern))

    def _unpacked(self, part: Part) -> Path:
        target = self._folder / f"{part.package}_{part.version}"
        if target.is_dir():
            return target
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise PackageError(f"{part.package}={part.version} is a Debian package and this machine has no apt-get.")
        self._progress(f"downloading {part.package} {part.version}")
        # Lists and cache of its own, so that neither root nor an earlier `apt-get update` is needed.
        state = self._folder / "apt"
        for folder in ("lists/partial", "cache/archives/partial"):
            (state / folder).mkdir(parents=True, exist_ok=True)
        apt = [
            "apt-get",
            "--quiet",
            "-o",
            f"Dir::State::Lists={state / 'lists'}",
            "-o",
            f"Dir::Cache={state / 'cache'}",
        ]
        for command in (
            ["apt-get", "download", "--quiet", f"{part.package}={part.version}"],
            [*apt, "update"],
            [*apt, "download", f"{part.package}={part.version}"],
        ):
            done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
            found = next(self._folder.glob(f"{part.package}_*.deb"), None)
            if found:
                subprocess.run(["dpkg-deb", "--extract", str(found), str(target)], check=True)
                return target
        raise PackageError(
            f"{part.package}={part.version} could not be downloaded: {_last_line(done.stderr)}. "
            "It is a package of Debian 12; check apt's sources, then run: hotline models fetch"
        )


def _lacks(part: Part) -> PackageError:
    return PackageError(f"{part.member} is not in {part.package} {part.version}; the card is wrong.")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing arrived"])[-1]
