"""Training on sounds that differ by dialect and by recording: what is learnt, and that a recording judges no other."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialect_models.identification.pooling import Pooled
from dialect_models.identification.training import FEWEST, Heard, TrainingError, hear, train
from dialect_models.tuning.manifest import Utterance

WIDTH = 12
LABELS = ("cantonese", "mandarin", "wu")


def _heard(apart: float, recordings: int = 12, own: float = 1.0, seed: int = 0) -> list[Heard]:
    """Recordings whose two sounds are nearly the same; dialects lie ``apart``, recordings differ by ``own``."""
    random = np.random.default_rng(seed)
    centres = apart * random.normal(size=(len(LABELS), WIDTH))
    found = []
    for number in range(recordings * len(LABELS)):
        voice = centres[number % len(LABELS)] + own * random.normal(size=WIDTH)
        sounds = tuple(Pooled(10, 10 * (voice + 0.01 * random.normal(size=WIDTH))) for _ in range(2))
        found.append(Heard(f"r{number}", LABELS[number % len(LABELS)], sounds))
    return found


def test_dialects_that_sound_apart_are_told_apart() -> None:
    trained = train(_heard(apart=2.0), "model-a")
    assert trained.accuracy > 0.95
    assert trained.log_loss < trained.chance / 3
    assert trained.recordings == dict.fromkeys(LABELS, 12)
    for heard in _heard(apart=2.0):
        odds = trained.classifier.log_probabilities(heard.sounds[0])
        assert max(odds, key=odds.__getitem__) == heard.label


def test_sounds_of_one_recording_do_not_judge_each_other() -> None:
    # Nothing but the recordings differs. With one of its two sounds seen, the other would be named rightly.
    trained = train(_heard(apart=0.0, recordings=20), "model-a")
    assert trained.accuracy < 0.55
    assert trained.log_loss > 0.85 * trained.chance


def test_two_dialects_are_enough() -> None:
    heard = [h for h in _heard(apart=2.0) if h.label != "wu"]
    classifier = train(heard, "model-a").classifier
    assert classifier.labels == ("cantonese", "mandarin")
    for h in heard:
        odds = classifier.log_probabilities(h.sounds[1])
        assert max(odds, key=odds.__getitem__) == h.label


def test_a_dialect_with_few_recordings_is_left_out() -> None:
    heard = [h for h in _heard(apart=2.0) if h.label != "wu" or int(h.recording[1:]) < 3 * (FEWEST - 1)]
    assert "wu" not in train(heard, "model-a").classifier.labels
    with pytest.raises(TrainingError, match=r"mandarin 12.*wu 8|wu 8.*mandarin 12"):
        train([h for h in heard if h.label != "cantonese"], "model-a")


def test_only_the_citizen_is_heard_as_he_is_and_by_telephone(tmp_path: Path) -> None:
    audio = tmp_path / "call.wav"
    noise = 0.1 * np.random.default_rng(0).normal(size=(6 * 8000, 2))
    soundfile.write(audio, noise, 8000)
    utterances = [
        Utterance(audio, "call", 0, "operator", 0.5, 1.5, "您好", "wu"),
        Utterance(audio, "call", 1, "citizen", 2.0, 4.0, "侬好", "wu"),
    ]
    clips = []

    def encode(clip: np.ndarray) -> np.ndarray:
        clips.append(clip)
        return np.ones((len(clip) // 320, WIDTH))

    (heard,) = hear(utterances, encode)
    assert (heard.recording, heard.label) == ("call", "wu")
    assert len(heard.sounds) == len(clips) == 2
    assert 2.0 < len(clips[0]) / 16000 < 3.0
    assert np.abs(clips[0] - clips[1]).max() > 0.01
