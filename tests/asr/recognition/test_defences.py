"""Audio that provokes a recogniser's inventions: what may not be written, and what may not be lost."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from asr.diarization.turns import SpeakerTurn
from asr.options import RecognitionOptions, TranscriptionOptions
from asr.pipeline import Transcriber
from asr.recognition.boilerplate import boilerplate_spans
from asr.recognition.recogniser import Recogniser
from asr.recognition.repetition import has_loop

pytestmark = pytest.mark.model

RATE = 16000


@pytest.fixture(scope="module")
def recogniser(models_dir: Path) -> Recogniser:
    return Recogniser(RecognitionOptions(), models_dir)


@pytest.fixture(scope="module")
def transcriber(models_dir: Path) -> Transcriber:
    return Transcriber(TranscriptionOptions(models_dir))


def spoken(text: str, folder: Path, speed: int = 150) -> np.ndarray:
    """Mandarin by a formant synthesiser, 16 kHz."""
    program = shutil.which("espeak-ng")
    assert program, "install espeak-ng"
    target = folder / "spoken.wav"
    subprocess.run([program, "-v", "cmn", "-s", str(speed), "-w", str(target), text], check=True)
    audio, rate = soundfile.read(target, dtype="float32")
    return np.asarray(soxr.resample(audio, rate, RATE), dtype=np.float32)


def ring_tone(seconds: float) -> np.ndarray:
    """The Chinese ring-back tone: 450 Hz, 1 s on, 4 s off (GB/T 3380)."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * 450 * time) * (time % 5 < 1)).astype(np.float32)


def hold_music(seconds: float) -> np.ndarray:
    """A plucked melody with chords, as exchanges play it."""
    rng = np.random.default_rng(3)
    time = np.arange(round(0.5 * RATE)) / RATE
    scale = 261.6 * 2 ** (np.array([0, 2, 4, 7, 9, 12]) / 12)
    notes = []
    for _ in range(round(seconds / 0.5)):
        root = rng.choice(scale)
        chord = sum(np.sin(2 * np.pi * root * ratio * time) for ratio in (1, 1.25, 1.5, 2))
        notes.append(0.08 * chord * np.exp(-3 * time))
    return np.concatenate(notes).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    """The noise floor of a telephone line."""
    return (1e-3 * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)


@pytest.mark.parametrize("sound", [silence, ring_tone, hold_music])
def test_a_call_without_speech_has_a_transcript_without_words(
    sound: Callable[[float], np.ndarray], transcriber: Transcriber, tmp_path: Path
) -> None:
    file = tmp_path / "call.wav"
    soundfile.write(file, np.stack([sound(20.0), silence(20.0)], axis=1), RATE)
    transcript = transcriber.transcribe_recording(file, channel_roles=("operator", "citizen"))
    assert transcript.segments == ()
    assert transcript.warnings


@pytest.mark.parametrize("sound", [silence, ring_tone, hold_music])
def test_even_where_voice_activity_errs_nothing_is_made_up(
    sound: Callable[[float], np.ndarray], recogniser: Recogniser, source: Callable[..., object]
) -> None:
    recording = source(sound(12.0))
    recognised = recogniser.recognise(recording, [SpeakerTurn(0.0, 12.0, "left", 0, ((0.0, 12.0),))])  # type: ignore[arg-type]
    text = "".join(turn.text for turn in recognised.turns)
    assert not boilerplate_spans(text)
    assert not has_loop(text)
    assert sum(c.isalnum() for c in text) <= 12


def test_repeated_syllables_end(recogniser: Recogniser, source: Callable[..., object], tmp_path: Path) -> None:
    audio = spoken("负" * 40, tmp_path)
    recording = source(audio)
    turn = SpeakerTurn(0.0, len(audio) / RATE, "left", 0, ((0.0, len(audio) / RATE),))
    (written,) = recogniser.recognise(recording, [turn]).turns or (None,)  # type: ignore[arg-type]
    text = written.text if written else ""
    assert not has_loop(text)
    assert len(text) <= 60


def test_words_of_a_sample_call_have_times_confidences_and_one_turn(transcriber: Transcriber) -> None:
    import asr

    sample = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
    transcript = transcriber.transcribe_recording(sample)
    assert {segment.role for segment in transcript.segments} == {"operator", "citizen"}
    text = "".join(segment.text for segment in transcript.segments)
    assert "手指头" in text
    assert not has_loop(text)
    for segment in transcript.segments:
        assert segment.text == "".join(word.text for word in segment.words)
        assert segment.raw_text
        assert 0 < segment.confidence <= 1
        assert [w.start for w in segment.words] == sorted(w.start for w in segment.words)
        assert all(segment.start - 0.5 <= w.start <= w.end <= segment.end + 0.5 for w in segment.words)
        assert segment.text[-1] in "。？！"
