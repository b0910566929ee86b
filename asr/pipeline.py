"""From a recording to its transcript in three repeatable steps with JSON results: decode, diarize, transcribe.

The command line and the durable workflow run the same steps. A step leaves nothing behind that a later run could take
for a result: the working file appears whole or not at all, the other results are values.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asr.audio.decode import decode as decode_audio
from asr.audio.recording import DecodedRecording
from asr.diarization.diarizer import Diarizer
from asr.diarization.turns import Diarization, SpeakerTurn
from asr.hearing import CallHearer
from asr.memory import give_back
from asr.options import ChannelRole, RawFormat, TranscriptionOptions
from asr.recognition.written_turn import WrittenTurn
from asr.transcript import Role, Segment, Transcript

Progress = Callable[[float], None]
Step = Literal["decode", "diarize", "transcribe"]
StepProgress = Callable[[Step, float], None]

NOTHING_SAID = "Nobody says anything that could be understood."


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the recording system knows of a recording: when the call began (ISO 8601), who called, its session."""

    started_at: str | None = None
    caller_number: str | None = None
    session_id: str | None = None


class Transcriber:
    """All models of one process, loaded when first needed and kept. One recording at a time."""

    def __init__(self, options: TranscriptionOptions) -> None:
        self.options = options
        self._diarizer = Diarizer(options.diarization, options.models_dir)
        self._hearer = CallHearer(options.recognition, options.models_dir)

    def decode(
        self,
        path: Path,
        working_file: Path,
        raw_format: RawFormat | None = None,
        progress: Progress = lambda _: None,
    ) -> DecodedRecording:
        """Bring the audio into its working form, which appears at ``working_file`` whole or not at all.

        Raises:
            RecordingError: The recording cannot be processed.
        """
        return decode_audio(path, working_file, raw_format or self.options.raw_format, progress)

    def diarize(self, recording: DecodedRecording, progress: Progress = lambda _: None) -> Diarization:
        """Find who speaks when."""
        found = self._diarizer.diarize(recording, progress)
        give_back()
        return found

    def transcribe(
        self,
        recording_id: str,
        recording: DecodedRecording,
        diarization: Diarization,
        *,
        channel_roles: Sequence[ChannelRole] | None = None,
        hotwords: Sequence[str] | None = None,
        facts: CallFacts = CallFacts(),
        progress: Progress = lambda _: None,
    ) -> Transcript:
        """Write down what is said, who of the speakers is the operator, and which dialect the citizen speaks.

        ``channel_roles`` (the recorder's channels, left first) and ``hotwords`` go before those of the options.
        A recording in which nobody speaks has a transcript without segments and with a warning.

        Raises:
            WeightsError: A speech model is missing or is none.
            ClassifierError: The classifier of dialects is broken.
        """
        known = _known_roles(recording, diarization, channel_roles or self.options.diarization.channel_roles)
        heard = self._hearer.hear(recording, diarization.turns, known, hotwords, progress)
        segments = tuple(_segment(diarization.turns[turn.index], turn, heard.roles[turn.index]) for turn in heard.turns)
        warnings = recording.warnings if segments or recording.silent else (*recording.warnings, NOTHING_SAID)
        progress(1.0)
        return Transcript(
            id=recording_id,
            duration=round(recording.duration, 3),
            channels=recording.source.channels,
            segments=segments,
            dialect=heard.dialect,
            started_at=facts.started_at,
            caller_number=facts.caller_number,
            session_id=facts.session_id,
            role_confidence=round(heard.role_confidence, 4),
            models={**heard.models, "diarization": diarization.model},
            warnings=warnings,
        )

    def transcribe_recording(
        self,
        path: Path,
        *,
        recording_id: str | None = None,
        raw_format: RawFormat | None = None,
        channel_roles: Sequence[ChannelRole] | None = None,
        hotwords: Sequence[str] | None = None,
        facts: CallFacts = CallFacts(),
        progress: StepProgress = lambda _step, _share: None,
    ) -> Transcript:
        """All steps at once; the working file is deleted at the end. ``recording_id`` is the file's stem when unset.

        Raises:
            RecordingError: The recording cannot be processed.
        """
        with tempfile.TemporaryDirectory(prefix="hotline-recording-") as folder:
            recording = self.decode(
                path, Path(folder) / "working.wav", raw_format, lambda share: progress("decode", share)
            )
            diarization = self.diarize(recording, lambda share: progress("diarize", share))
            return self.transcribe(
                recording_id or path.stem,
                recording,
                diarization,
                channel_roles=channel_roles,
                hotwords=hotwords,
                facts=facts,
                progress=lambda share: progress("transcribe", share),
            )


def _known_roles(
    recording: DecodedRecording, diarization: Diarization, channel_roles: Sequence[ChannelRole] | None
) -> dict[str, Role]:
    """Roles by speaker that the recorder states: those of channels that carry one party."""
    if not channel_roles or diarization.method != "channels":
        return {}
    known: dict[str, Role] = {}
    for turn in diarization.turns:
        channel = recording.source_channels[turn.channel]
        role = channel_roles[channel] if channel < len(channel_roles) else "both"
        if role != "both":
            known[turn.speaker] = role
    return known


def _segment(said: SpeakerTurn, turn: WrittenTurn, role: Role) -> Segment:
    return Segment(
        start=round(said.start, 3),
        end=round(said.end, 3),
        role=role,
        speaker=said.speaker,
        text=turn.text,
        confidence=round(turn.confidence, 4),
        raw_text=turn.raw_text,
        words=turn.words,
    )
