"""Where a model's files are, from the name of a card, a folder, or a name on a hub."""

from dataclasses import dataclass, field
from pathlib import Path

from dialect_models.card import CARD_FILE, DecodingSettings, all_cards, load_card
from dialect_models.weights import WeightsError, is_complete, model_dir

PACKAGED = ("whisper-base", "whisper-base-12345", "segmentation-3.0", "campplus-zh-en", "libime-zh-cn")
"""The models that the default pipeline needs; all are fetched from packages."""


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that can be loaded, and how it is asked.

    ``location`` is a folder, or a hub name that the loader fetches itself.
    """

    name: str
    location: str
    decoding: DecodingSettings = field(default_factory=DecodingSettings)


def resolve(name: str, models_dir: Path) -> ResolvedModel:
    """Find a model by card name, by folder, or, where neither exists, as a name on the hub.

    A folder may hold a card of its own, as ``hotline models tune`` writes it. Raises :class:`WeightsError` where the
    files of a model with a card have not been fetched, and :class:`dialect_models.card.CardError` where a card is
    malformed.
    """
    card = all_cards(models_dir).get(name)
    if card:
        if not is_complete(models_dir, card):
            raise WeightsError(
                f"{model_dir(models_dir, card)} lacks files of {name}. Fetch them with: hotline models fetch {name}"
            )
        return ResolvedModel(name, str(model_dir(models_dir, card)), card.decoding)
    folder = Path(name)
    if folder.is_dir():
        path = folder / CARD_FILE
        decoding = load_card(path, folder.name).decoding if path.is_file() else DecodingSettings()
        return ResolvedModel(folder.name, str(folder.resolve()), decoding)
    return ResolvedModel(name, name)
