"""Codecs leave what a line leaves; music and noise stay under the voice."""

import numpy as np
import pytest

from dialect_models.evaluation.non_speech import RING_TONE, non_speech
from dialect_models.tuning.augmentation import CODECS, MUSIC, MUSIC_SHARE, SNR, Codec, augmented, telephone_line
from dialect_models.tuning.line_sounds import RATE, hold_music

SECOND = np.arange(RATE) / RATE


def tone(frequency: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * frequency * SECOND)).astype(np.float32)


def level(samples: np.ndarray, frequency: float) -> float:
    """Amplitude at a frequency in the middle of the samples."""
    middle = samples[RATE // 4 : 3 * RATE // 4]
    return float(2 * np.abs(np.exp(-2j * np.pi * frequency * np.arange(len(middle)) / RATE) @ middle) / len(middle))


@pytest.mark.parametrize("codec", CODECS)
def test_a_codec_keeps_the_voice_and_its_length(codec: Codec) -> None:
    heard = telephone_line(tone(1000), codec)
    assert len(heard) == RATE
    assert level(heard, 1000) == pytest.approx(0.3, rel=0.2)
    assert level(telephone_line(tone(100), codec), 100) < 0.03
    assert level(telephone_line(tone(6000), codec), 6000) < 0.03


def test_codecs_differ_and_the_coarsest_is_gsm() -> None:
    voice = tone(500) + tone(1100) * 0.5 + tone(2300) * 0.3
    clean = telephone_line(voice, "ulaw")
    error = {codec: float(np.square(telephone_line(voice, codec) - clean).mean()) for codec in CODECS}
    assert 0 < error["alaw"] < error["gsm"]


def test_what_is_added_stays_under_the_voice() -> None:
    voice = np.tile(tone(700), 3)
    for seed in range(12):
        heard = augmented(voice, np.random.default_rng(seed), telephone=0.5)
        assert heard.dtype == np.float32
        assert np.abs(heard).max() <= 1.0
        assert np.isfinite(heard).all()
    assert min(SNR[0], MUSIC[0]) > 5
    assert 0 < MUSIC_SHARE < 0.5


def test_hold_music_is_music_and_differs_by_seed() -> None:
    first, second = (hold_music(3 * RATE, np.random.default_rng(seed)) for seed in (0, 1))
    assert np.abs(first).max() == pytest.approx(0.3, rel=1e-3)
    assert not np.allclose(first, second)


def test_sounds_without_speech_are_what_they_are_called() -> None:
    sounds = non_speech()
    assert set(sounds) == {"silence", "line noise", "ring tone", "hold music"}
    assert not sounds["silence"].any()
    assert level(sounds["ring tone"][:RATE], RING_TONE[0]) == pytest.approx(0.2, rel=0.05)
    assert not sounds["ring tone"][2 * RATE : 4 * RATE].any()
