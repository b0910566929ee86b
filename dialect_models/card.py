"""A model card: what a model is for, where its files come from, its licence, how it decodes, how well it hears."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from dialect_models.labels import LABELS

Task = Literal["speech", "segmentation", "embedding", "diarization", "language"]
Archive = Literal["wheel", "debian"]
Form = Literal["ctranslate2", "transformers", "wenet"]
"""``transformers`` is converted when fetched; ``wenet`` checkpoints are named for who converts them himself."""
Band = Literal["16 kHz", "telephone"]
Script = Literal["simplified", "traditional"]
Source = Literal["package", "adapter", "base", "hub", "folder"]

CARDS = Path(__file__).parent / "cards"
ADAPTERS = Path(__file__).parent / "adapters"
CARD_FILE = "card.toml"
"""The card of a model that is not in the package, in the folder of its files."""


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

    A file without parts is the base model's; the weights are tuned where the card names an adapter.
    """

    name: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on a model hub. Without a ``revision`` the newest is pinned when the model is first fetched."""

    name: str
    revision: str = ""
    form: Form = "ctranslate2"


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """What tuning changed in the card ``base``: a file of this package, its sha256, and how much of it is applied."""

    file: str
    sha256: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class DecodingSettings:
    """How a speech model is asked.

    ``script`` is what it writes best: what it writes in traditional characters is simplified afterwards. ``prompt`` is
    text that it is told came before.
    """

    script: Script = "simplified"
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A character error rate in percent on ``dataset``: measured (``command``) or the publisher's (``cited``)."""

    dialect: str
    cer: float
    dataset: str
    band: Band = "16 kHz"
    date: str = ""
    command: str = ""
    cited: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the catalogue knows of a model. The product works without an ``optional`` one, less well.

    ``dialects`` are the labels of the dialects that a speech model is meant for; a general one has none. ``band`` is
    what it was trained on. ``note`` says what a user should know before he takes it. ``installed`` are cards beside
    the files of a model that passed the gate here.
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
    band: Band = "16 kHz"
    decoding: DecodingSettings = DecodingSettings()
    figures: tuple[Figure, ...] = ()
    note: str = ""
    installed: bool = False

    @property
    def shares_weights(self) -> bool:
        """Whether the files are those of the base, asked differently."""
        return not self.installed and not self.adapter and any(not file.parts for file in self.files)

    @property
    def source(self) -> Source:
        """Where the files come from."""
        if self.installed:
            return "folder"
        if self.adapter:
            return "adapter"
        if self.shares_weights:
            return "base"
        return "hub" if self.hub else "package"


def _part(data: dict[str, str]) -> Part:
    if "debian" in data:
        package, _, version = data["debian"].partition("=")
        return Part(package, version, data["member"], "debian")
    package, _, version = data["package"].partition("==")
    return Part(package, version, data["member"])


def load_card(path: Path, name: str | None = None) -> ModelCard:
    """Read a card; its name is that of the file when not said.

    Raises :class:`CardError` where a field is missing or is not what a card holds.
    """
    try:
        return _card(tomllib.loads(path.read_text(encoding="utf-8")), name or path.stem, installed=name is not None)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise CardError(f"{path}: not a model card ({error}). Compare it with the cards in {CARDS}.") from error


def _card(data: Mapping[str, Any], name: str, *, installed: bool) -> ModelCard:
    hub = Hub(**data["hub"]) if "hub" in data else None
    decoding = DecodingSettings(**data.get("decoding", {}))
    figures = tuple(Figure(**figure) for figure in data.get("figures", ()))
    _one_of(data["task"], get_args(Task), "task")
    _one_of(data.get("band", "16 kHz"), get_args(Band), "band")
    _one_of(decoding.script, get_args(Script), "script")
    if hub:
        _one_of(hub.form, get_args(Form), "form")
    for label in (*data.get("dialects", ()), *(figure.dialect for figure in figures)):
        _one_of(label, LABELS, "dialect")
    for figure in figures:
        if bool(figure.command) == bool(figure.cited):
            raise ValueError(f"a figure on {figure.dataset} needs either the command that measured it or who is cited")
    return ModelCard(
        name,
        data["task"],
        data["description"],
        data["licence"],
        data.get("base", ""),
        tuple(
            ModelFile(f["name"], f["sha256"], tuple(_part(p) for p in f.get("parts", ())))
            for f in data.get("files", [])
        ),
        hub,
        bool(data.get("optional", False)),
        AdapterFile(**data["adapter"]) if "adapter" in data else None,
        tuple(data.get("dialects", ())),
        data.get("band", "16 kHz"),
        decoding,
        figures,
        data.get("note", ""),
        installed,
    )


def _one_of(value: object, allowed: tuple[str, ...], field: str) -> None:
    if value not in allowed:
        raise ValueError(f"{field} is {value!r}; write one of {', '.join(allowed)}")


def write_card(card: ModelCard, path: Path) -> None:
    """Write the card of a model whose files lie beside it; :func:`load_card` reads it back."""
    path.write_text("\n".join(_lines(card)) + "\n", encoding="utf-8")


def _lines(card: ModelCard) -> Iterator[str]:
    for field in ("task", "description", "licence", "base", "band", "note"):
        yield f"{field} = {_toml(getattr(card, field))}"
    yield f"dialects = {_toml(list(card.dialects))}"
    yield f"\n[decoding]\nscript = {_toml(card.decoding.script)}\nprompt = {_toml(card.decoding.prompt)}"
    for file in card.files:
        yield f"\n[[files]]\nname = {_toml(file.name)}\nsha256 = {_toml(file.sha256)}"
    for figure in card.figures:
        yield "\n[[figures]]"
        for field in ("dialect", "cer", "dataset", "band", "date", "command", "cited"):
            yield f"{field} = {_toml(getattr(figure, field))}"


def _toml(value: object) -> str:
    # JSON's strings, numbers and arrays of them are TOML's too.
    return json.dumps(value, ensure_ascii=False)


def all_cards(models_dir: Path | None = None) -> dict[str, ModelCard]:
    """Every card of the catalogue by name; with ``models_dir`` also those of the models installed there."""
    cards = {path.stem: load_card(path) for path in sorted(CARDS.glob("*.toml"))}
    if models_dir is not None:
        for path in sorted(models_dir.glob(f"*/{CARD_FILE}")):
            cards.setdefault(path.parent.name, load_card(path, path.parent.name))
    return cards
