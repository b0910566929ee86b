"""The recognition steps as a worker runs them, with the product's settings."""

from collections.abc import Callable

from api.settings import Settings
from asr.audio.recording import DecodedRecording
from asr.diarization.diarizer import Diarizer
from asr.diarization.turns import Diarization
from asr.transcript import Transcript

Progress = Callable[[float], None]


class Recogniser:
    """Speaker and speech models, loaded when first needed and kept. ``hotwords`` are the city's names."""

    def __init__(self, settings: Settings, hotwords: tuple[str, ...]) -> None:
        self._settings = settings
        self._hotwords = hotwords
        self._diarizer = Diarizer(settings.diarization(), settings.models_path)

    def diarize(self, decoded: DecodedRecording, progress: Progress) -> Diarization:
        """Who speaks when."""
        return self._diarizer.diarize(decoded, progress)

    def transcribe(
        self,
        recording_id: str,
        decoded: DecodedRecording,
        diarization: Diarization,
        *,
        progress: Progress,
        channel_roles: tuple[str, ...] | None = None,
        dialect: str = "auto",
        hotwords: tuple[str, ...] = (),
    ) -> Transcript:
        raise NotImplementedError
