import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.audio.recording import DecodedRecording
from asr.diarization.turns import Diarization
from asr.errors import RecordingError
from asr.options import TranscriptionOptions
from asr.pipeline import CallFacts, Transcriber
from asr.transcript import Transcript

RATE = 8000


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    from api.settings import get_settings

    return Transcriber(TranscriptionOptions(get_settings().models_path))


def quiet(path: Path, channels: int = 1, seconds: float = 3.0) -> Path:
    soundfile.write(path, np.zeros((round(seconds * RATE), channels)), RATE)
    return path


def test_a_silent_recording_is_a_transcript_without_segments(transcriber: Transcriber, tmp_path: Path) -> None:
    transcript = transcriber.transcribe_recording(
        quiet(tmp_path / "call-7.wav", 2),
        channel_roles=("operator", "citizen"),
        facts=CallFacts("2026-03-12T09:41:00+08:00", "13800001234", "s-1"),
    )
    assert transcript.id == "call-7"
    assert transcript.duration == 3.0
    assert transcript.channels == 2
    assert transcript.segments == ()
    assert transcript.warnings
    assert (transcript.started_at, transcript.caller_number, transcript.session_id) == (
        "2026-03-12T09:41:00+08:00",
        "13800001234",
        "s-1",
    )
    assert Transcript.from_json(json.loads(json.dumps(transcript.to_json()))) == transcript


def test_what_is_no_recording_is_refused(transcriber: Transcriber, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_text("no audio")
    with pytest.raises(RecordingError):
        transcriber.transcribe_recording(path)
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.model
def test_each_step_goes_on_from_the_json_of_the_step_before(transcriber: Transcriber, tmp_path: Path) -> None:
    import asr

    sample = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
    audio, rate = soundfile.read(sample)
    short = tmp_path / "short.wav"
    soundfile.write(short, audio[: 20 * rate], rate)
    shares: list[float] = []

    decoded = json.dumps(transcriber.decode(short, tmp_path / "working.wav").to_json())
    found = json.dumps(transcriber.diarize(DecodedRecording.from_json(json.loads(decoded))).to_json())
    transcript = transcriber.transcribe(
        "short",
        DecodedRecording.from_json(json.loads(decoded)),
        Diarization.from_json(json.loads(found)),
        channel_roles=("operator", "citizen"),
        progress=shares.append,
    )

    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [segment.role for segment in transcript.segments][:2] == ["operator", "citizen"]
    assert transcript.models["speech"] == "whisper-base-12345"
    assert transcript.role_confidence == 1.0
    assert Transcript.from_json(json.loads(json.dumps(transcript.to_json()))) == transcript


@pytest.mark.model
def test_a_file_of_one_party_needs_no_voices_told_apart(transcriber: Transcriber, tmp_path: Path) -> None:
    from dataclasses import replace

    import asr

    sample = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
    audio, rate = soundfile.read(sample)
    party = tmp_path / "party.wav"
    soundfile.write(party, audio[: 15 * rate, 1], rate)
    options = replace(
        transcriber.options, diarization=replace(transcriber.options.diarization, channel_roles=("citizen",))
    )
    transcript = Transcriber(options).transcribe_recording(party)
    assert transcript.segments
    assert {segment.role for segment in transcript.segments} == {"citizen"}


@pytest.mark.model
@pytest.mark.parametrize(("start", "end", "channel"), [(112.0, 119.5, 1), (120.5, 124.4, 0)])
def test_a_number_is_heard_digit_for_digit(
    transcriber: Transcriber, tmp_path: Path, start: float, end: float, channel: int
) -> None:
    """The citizen says it in groups (幺五二, 六六零九, 七幺零三), the operator reads it back in one breath."""
    import asr

    audio, rate = soundfile.read(Path(asr.__file__).parent / "sample_calls" / "stereo-b-010.flac")
    said = tmp_path / "number.wav"
    soundfile.write(said, audio[round(start * rate) : round(end * rate), channel], rate)
    text = "".join(segment.text for segment in transcriber.transcribe_recording(said).segments)
    figures = text.translate(str.maketrans("零幺一二三四五六七八九", "01123456789"))
    assert "15266097103" in "".join(filter(str.isdigit, figures))
