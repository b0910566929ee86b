"""Where a model's files are, from the name of a card, a folder, or a name on a hub."""

from dataclasses import dataclass
from pathlib import Path

from dialect_models.card import all_cards
from dialect_models.weights import WeightsError, is_complete, model_dir

PACKAGED = ("whisper-base", "whisper-base-12345", "segmentation-3.0", "campplus-zh-en", "libime-zh-cn")
"""The models that the default pipeline needs; all are fetched from packages."""


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that can be loaded: ``location`` is a folder, or a hub name that the loader fetches itself."""

    name: str
    location: str
    revision: str | None = None


def resolve(name: str, models_dir: Path) -> ResolvedModel:
    """Find a model by card name, by folder, or, where neither exists, as a name on the hub.

    Raises :class:`WeightsError` where a packaged model's files have not been fetched.
    """
    card = all_cards().get(name)
    if card and card.files:
        if not is_complete(models_dir, card):
            raise WeightsError(
                f"{model_dir(models_dir, card)} lacks files of {name}. Fetch them with: hotline models fetch {name}"
            )
        return ResolvedModel(name, str(model_dir(models_dir, card)))
    if card and card.hub:
        return ResolvedModel(name, card.hub.name, card.hub.revision)
    if Path(name).is_dir():
        return ResolvedModel(Path(name).name, str(Path(name).resolve()))
    return ResolvedModel(name, name)
