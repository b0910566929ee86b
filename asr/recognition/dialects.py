"""Which dialect the citizen of a call speaks, and which model hears him."""

from collections.abc import Collection
from functools import cached_property
from pathlib import Path

from asr.options import RecognitionOptions
from asr.recognition.recogniser import Recognised
from asr.transcript import Dialect
from dialect_models.chinese_script import simplify
from dialect_models.identification.classifier import Classifier, find_classifier
from dialect_models.identification.pooling import pool
from dialect_models.identification.posterior import identify
from dialect_models.identification.routing import installed_cards, speech_model_for
from dialect_models.labels import LABELS, UNKNOWN
from dialect_models.wording import witnesses

AUTO = "auto"


class DialectIdentifier:
    """Identifies dialects with what an installation has: words always, sound where it has a classifier.

    The classifier is read when first needed and kept.
    """

    def __init__(self, options: RecognitionOptions, models_dir: Path) -> None:
        self._options = options
        self._models_dir = models_dir

    @cached_property
    def _classifier(self) -> Classifier | None:
        return find_classifier(self._models_dir)

    @property
    def routes(self) -> bool:
        """Whether any dialect has a model other than the general one."""
        return any(self.speech_model_for(label) for label in LABELS)

    @property
    def forced(self) -> Dialect | None:
        """The dialect that the options say, None where it is to be identified."""
        return None if self._options.dialect == AUTO else Dialect(self._options.dialect, 1.0)

    def identify(self, recognised: Recognised, citizen: Collection[int]) -> Dialect:
        """The dialect of the turns with the indices ``citizen``.

        Raises :class:`dialect_models.identification.classifier.ClassifierError` where the classifier's file is broken.
        """
        if self.forced:
            return self.forced
        said = [turn.raw_text for turn in recognised.turns if turn.index in citizen]
        if not said:
            return Dialect(UNKNOWN, 0.0)
        sound = pool(own for turn, own in recognised.sounds.items() if turn in citizen)
        classifier = self._classifier
        if sound is None or classifier is None or not classifier.judges(recognised.model, sound):
            classifier = None
        # A full stop between turns: no word reaches from one to the next.
        words = witnesses(simplify("。".join(said)))
        shares = self._options.dialect_shares or (classifier.shares if classifier else None)
        found = identify(shares, classifier.log_probabilities(sound) if classifier and sound else None, words)
        return Dialect(found.label, round(found.probability, 4))

    def speech_model_for(self, label: str) -> str | None:
        """The model that hears a dialect instead of the general one; None where that hears it."""
        general = self._options.model
        chosen = speech_model_for(label, general, self._options.dialect_models, installed_cards(self._models_dir))
        return None if chosen == general else chosen
