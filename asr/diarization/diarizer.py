"""The one entrance to diarization: chooses the way by the recording's channels and keeps the loaded models."""

from pathlib import Path
from typing import Protocol

from asr.diarization.channels import MODEL as CHANNEL_MODEL
from asr.diarization.channels import channel_turns, diarize_channels
from asr.diarization.source import AudioSource
from asr.diarization.turns import Diarization
from asr.diarization.voice_activity import Progress, analyse, seconds, spans_of, speech_mask
from asr.options import DiarizationOptions

PACKAGED = "packaged"


class _ByVoice(Protocol):
    def diarize(
        self, source: AudioSource, channel: int, speakers: int, progress: Progress = lambda _: None
    ) -> Diarization: ...


class Diarizer:
    """Tells speakers apart. Models are loaded when first needed and kept: one instance a worker, one call at a time."""

    def __init__(self, options: DiarizationOptions, models_dir: Path) -> None:
        self.options = options
        self._models_dir = models_dir
        self._by_voice: _ByVoice | None = None

    def diarize(self, source: AudioSource, progress: Progress = lambda _: None) -> Diarization:
        """Find the turns of a recording; ``progress`` gets the share done, 0…1.

        Two channels are told apart by channel, one channel by voice, unless ``channel_roles`` says that it carries
        one party alone. Raises :class:`dialect_models.weights.WeightsError` where a model is missing.
        """
        if source.channels >= 2 and not source.dual_mono:
            return diarize_channels(source, progress)
        roles = self.options.channel_roles
        if roles is not None and len(roles) == 1 and roles[0] != "both":
            return _one_party(source, progress)
        return self._voices().diarize(source, 0, self.options.speakers, progress)

    def _voices(self) -> _ByVoice:
        if self._by_voice is None:
            # pyannote.audio takes seconds to import; recordings with a channel for each party do without.
            if self.options.model == PACKAGED:
                from asr.diarization.voices import VoiceDiarizer  # noqa: PLC0415

                self._by_voice = VoiceDiarizer(self._models_dir)
            else:
                from asr.diarization.pyannote_pipeline import PipelineDiarizer  # noqa: PLC0415

                self._by_voice = PipelineDiarizer(self.options.model, self.options.token, self._models_dir)
        return self._by_voice


def _one_party(source: AudioSource, progress: Progress) -> Diarization:
    """A file of one party alone (recorders that write one file per party): voice activity is all there is to find."""
    turns = channel_turns(seconds(spans_of(speech_mask(analyse(source, 0, progress)))), [])
    return Diarization(turns, tuple(dict.fromkeys(t.speaker for t in turns)), "channels", CHANNEL_MODEL)
