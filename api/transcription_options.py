"""How recordings of this installation are transcribed: its settings and its city's words in the form ``asr`` takes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from api.settings import Settings
from asr.options import TranscriptionOptions

if TYPE_CHECKING:
    from tickets.city.model import City


def transcription_options(settings: Settings, city: "City") -> TranscriptionOptions:
    """The settings' choices, with the city's names as hot words and its citizens' wording."""
    recognition = replace(
        settings.recognition(city.hotwords()), wording=tuple(sentence for _, sentence in city.wording)
    )
    return TranscriptionOptions(settings.models_path, settings.diarization(), recognition)
