"""Models as the commands that measure them use them: the product's own recogniser on single utterances."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.settings import get_settings
from asr.diarization.source import SAMPLE_RATE, Samples
from asr.diarization.turns import SpeakerTurn

if TYPE_CHECKING:
    from dialect_models.evaluation.hearing import Transcribed


@dataclass(frozen=True, slots=True)
class Utterance:
    """Samples in memory (mono, 16 kHz) as a source of audio."""

    audio: Samples
    channels: int = 1
    dual_mono: bool = False

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.audio) / SAMPLE_RATE

    def samples(self, channel: int, start: float, end: float) -> Samples:
        """Samples from ``start`` to ``end`` in seconds."""
        return self.audio[max(0, round(start * SAMPLE_RATE)) : round(end * SAMPLE_RATE)]


def transcriber(*, identify: bool = False) -> "Callable[[str, Samples], Transcribed]":
    """What the product's recogniser writes of samples (mono, 16 kHz) with a model that is named each time.

    ``identify``: also name the dialect, as calls have it named. Raises :class:`dialect_models.weights.WeightsError`
    where a model is missing.
    """
    from asr.recognition.dialects import DialectIdentifier
    from asr.recognition.recogniser import Recogniser
    from dialect_models.evaluation.hearing import Transcribed
    from dialect_models.identification.pooling import pool

    settings = get_settings()
    recogniser = Recogniser(settings.recognition(), settings.models_path)
    identifier = DialectIdentifier(settings.recognition(), settings.models_path) if identify else None

    def transcribe(model: str, samples: Samples) -> "Transcribed":
        source = Utterance(samples)
        turn = SpeakerTurn(0.0, source.duration, "left", 0, ((0.0, source.duration),))
        heard = recogniser.recognise(source, [turn], (), model=model)
        words = tuple((word.start, word.end) for written in heard.turns for word in written.words)
        text = "".join(written.text for written in heard.turns)
        label = identifier.identify(heard, {0}).label if identifier else "unknown"
        raw = "。".join(written.raw_text for written in heard.turns)
        return Transcribed(text, words, label, raw, heard.model, pool(heard.sounds.values()))

    return transcribe
