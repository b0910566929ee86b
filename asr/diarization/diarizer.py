"""The one entrance to diarization: chooses the way by the recording's channels and keeps the loaded models."""

from pathlib import Path

from asr.diarization.channels import diarize_channels
from asr.diarization.source import AudioSource
from asr.diarization.turns import Diarization
from asr.diarization.voice_activity import Progress
from asr.options import DiarizationOptions


class Diarizer:
    """Tells speakers apart. Models are loaded when first needed and kept: one instance a worker, one call at a time."""

    def __init__(self, options: DiarizationOptions, models_dir: Path) -> None:
        self.options = options
        self._models_dir = models_dir

    def diarize(self, source: AudioSource, progress: Progress = lambda _: None) -> Diarization:
        """Find the turns of a recording; ``progress`` gets the share done, 0…1."""
        if source.channels == 2 and not source.dual_mono:
            return diarize_channels(source, progress)
        raise NotImplementedError
