"""Which speech model hears a dialect."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dialect_models.card import ModelCard, all_cards
from dialect_models.labels import UNKNOWN
from dialect_models.weights import is_complete


def installed_cards(models_dir: Path) -> tuple[ModelCard, ...]:
    """Cards of the models whose files are there."""
    return tuple(card for card in all_cards(models_dir).values() if is_complete(models_dir, card))


def speech_model_for(label: str, general: str, own: Mapping[str, str], cards: Iterable[ModelCard]) -> str:
    """The name of the speech model that hears a dialect best; the ``general`` one where there is none of its own.

    ``own`` names models by label (a card, a folder, a name on a hub) and goes before the cards of installed models. Of
    several cards the one for the fewest dialects is taken, of equal ones the general or else the first by name.
    """
    if label == UNKNOWN:
        return general
    if label in own:
        return own[label]
    fitting = [card for card in cards if card.task == "speech" and label in card.dialects]
    fitting.sort(key=lambda card: (len(card.dialects), card.name != general, card.name))
    return fitting[0].name if fitting else general
