"""Two models hear a call: each side once where all is known beforehand, the citizen again where it isn't."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

import asr
from asr.options import RecognitionOptions, TranscriptionOptions
from asr.pipeline import Transcriber
from asr.recognition.speech_model import Encoded, Samples, SpeechModel
from asr.transcript import Dialect, Transcript

pytestmark = pytest.mark.model

GENERAL, OWN = "whisper-base-12345", "whisper-base"
SAMPLE = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
ROLES = ("operator", "citizen")


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    audio, rate = soundfile.read(SAMPLE)
    path = tmp_path_factory.mktemp("call") / "call.wav"
    soundfile.write(path, audio[: 20 * rate], rate)
    return path


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    """Seconds of audio that each model encodes."""
    seconds: dict[str, float] = defaultdict(float)
    encode = SpeechModel.encode

    def counted(self: SpeechModel, clips: Sequence[Samples]) -> Encoded:
        seconds[self.name] += sum(len(clip) for clip in clips) / 16000
        return encode(self, clips)

    monkeypatch.setattr(SpeechModel, "encode", counted)
    yield seconds


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Models in the order in which they are loaded."""
    names: list[str] = []
    load = SpeechModel.__init__

    def counted(self: SpeechModel, options: RecognitionOptions, models_dir: Path) -> None:
        names.append(options.model)
        load(self, options, models_dir)

    monkeypatch.setattr(SpeechModel, "__init__", counted)
    return names


def transcriber(**choices: object) -> Transcriber:
    from api.settings import get_settings

    return Transcriber(
        TranscriptionOptions(get_settings().models_path, recognition=replace(RecognitionOptions(), **choices))  # type: ignore[arg-type]
    )


def texts(transcript: Transcript, role: str) -> list[str]:
    return [segment.text for segment in transcript.segments if segment.role == role]


def test_each_side_is_heard_once_by_its_model_where_dialect_and_roles_are_known(
    call: Path, heard: dict[str, float]
) -> None:
    general = transcriber().transcribe_recording(call, channel_roles=ROLES)
    alone = dict(heard)
    heard.clear()
    own = transcriber(model=OWN).transcribe_recording(call, channel_roles=ROLES)
    heard.clear()
    both = transcriber(dialect="cantonese", dialect_models={"cantonese": OWN})
    transcript = both.transcribe_recording(call, channel_roles=ROLES)

    assert texts(transcript, "operator") == texts(general, "operator")
    assert texts(transcript, "citizen") == texts(own, "citizen")
    assert texts(transcript, "citizen") != texts(general, "citizen")
    assert transcript.dialect == Dialect("cantonese", 1.0)
    assert (transcript.models["speech"], transcript.models["speech_citizen"]) == (GENERAL, OWN)
    assert [s.start for s in transcript.segments] == sorted(s.start for s in transcript.segments)
    assert 0 < heard[GENERAL] < alone[GENERAL]
    assert 0 < heard[OWN] < alone[GENERAL]
    assert sum(heard.values()) == pytest.approx(alone[GENERAL], rel=0.25)  # a doubtful clip is heard again


def test_only_the_citizen_is_heard_again_where_roles_come_from_the_words(call: Path, heard: dict[str, float]) -> None:
    general = transcriber().transcribe_recording(call)
    alone = dict(heard)
    heard.clear()
    shares: list[float] = []
    routed = transcriber(dialect="wu", dialect_models={"wu": OWN})
    transcript = routed.transcribe_recording(call, progress=lambda _, share: shares.append(share))

    assert texts(transcript, "operator") == texts(general, "operator")
    assert heard[GENERAL] == pytest.approx(alone[GENERAL])
    assert 0 < heard[OWN] < alone[GENERAL]
    assert transcript.role_confidence == general.role_confidence
    transcribing = shares[shares.index(1.0, shares.index(1.0) + 1) + 1 :]
    assert transcribing == sorted(transcribing)


def test_without_a_model_for_the_dialect_the_general_one_hears_all_once(call: Path, heard: dict[str, float]) -> None:
    transcript = transcriber(dialect="wu", dialect_models={"cantonese": OWN}).transcribe_recording(
        call, channel_roles=ROLES
    )
    assert transcript.dialect == Dialect("wu", 1.0)
    assert "speech_citizen" not in transcript.models
    assert set(heard) == {GENERAL}


def test_a_mandarin_call_is_given_no_other_dialect(call: Path) -> None:
    dialect = transcriber().transcribe_recording(call).dialect
    assert dialect == Dialect("unknown", 0.0)


@pytest.mark.parametrize(("limit", "loads"), [(2, [GENERAL, OWN]), (1, [GENERAL, OWN, GENERAL, OWN])])
def test_the_memory_budget_decides_what_is_loaded_again(
    call: Path, loaded: list[str], limit: int, loads: list[str]
) -> None:
    both = transcriber(dialect="cantonese", dialect_models={"cantonese": OWN}, models_loaded=limit)
    first = both.transcribe_recording(call, channel_roles=ROLES)
    second = both.transcribe_recording(call, channel_roles=ROLES)
    assert loaded == loads
    assert first == second
