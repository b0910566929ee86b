"""Clips for tuning: everything once, in recognition's form, and what augmentation leaves of a signal."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialect_models.tuning.augmentation import LONGEST, RATE, augmented, masked, telephone_line
from dialect_models.tuning.examples import CLIP_LENGTHS, count, examples, usable
from dialect_models.tuning.manifest import Utterance


@pytest.fixture
def utterances(tmp_path: Path) -> list[Utterance]:
    """Twelve utterances of four seconds, two speakers in turn on a channel each, in a tone of their own."""
    audio = tmp_path / "call.wav"
    time = np.arange(60 * RATE) / RATE
    soundfile.write(audio, np.stack([np.sin(time * 1000), np.sin(time * 3000)], axis=1) * 0.3, RATE)
    return [
        Utterance(audio, "call", number % 2, "ab"[number % 2], 5.0 * number, 5.0 * number + 4, f"<{number}>", "wu")
        for number in range(12)
    ]


def test_every_utterance_is_in_one_clip_of_its_speaker_in_order(utterances: list[Utterance]) -> None:
    for seed in range(5):
        clips = list(examples(utterances, np.random.default_rng(seed)))
        said = [text for clip in clips for text in clip.texts]
        assert sorted(said) == sorted(u.text for u in utterances)
        for clip in clips:
            numbers = [int(text[1:-1]) for text in clip.texts]
            assert numbers == sorted(numbers)
            assert len({number % 2 for number in numbers}) == 1
            assert clip.text == "".join(clip.texts)
            assert len(clip.samples) <= max(CLIP_LENGTHS) * RATE
            assert clip.marks[-1][1] == pytest.approx(len(clip.samples) / RATE)
            assert [a[1] for a in clip.marks[:-1]] == [b[0] for b in clip.marks[1:]]


def test_the_same_seed_gives_the_same_clips(utterances: list[Utterance]) -> None:
    one, two = (list(examples(utterances, np.random.default_rng(3))) for _ in range(2))
    assert [clip.text for clip in one] == [clip.text for clip in two]
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.samples, b.samples)


def test_a_line_passes_its_band_alone() -> None:
    time = np.arange(RATE) / RATE

    def level(frequency: float) -> float:
        heard = telephone_line((0.3 * np.sin(2 * np.pi * frequency * time)).astype(np.float32))
        return float(np.sqrt(np.mean(np.square(heard[RATE // 4 :]))))

    assert level(1000) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)
    assert level(100) < 0.02
    assert level(5000) < 0.02


def test_augmentation_keeps_speech_within_range_and_changes_its_length_by_the_speed() -> None:
    random = np.random.default_rng(0)
    samples = (random.normal(size=2 * RATE) * 0.2).astype(np.float32)
    lengths = {len(augmented(samples, random, telephone=0.5)) for _ in range(20)}
    assert len(lengths) > 5
    assert min(lengths) > 2 * RATE / 1.13
    assert max(lengths) < 2 * RATE / 0.87
    assert np.abs(augmented(samples * 10, random)).max() <= 1.0


def test_a_long_clip_is_never_slowed_out_of_the_window() -> None:
    samples = np.zeros(round(28.5 * RATE), np.float32)
    random = np.random.default_rng(0)
    assert max(len(augmented(samples, random)) for _ in range(30)) <= LONGEST * RATE + 1


def test_an_utterance_longer_than_the_window_is_left_out(utterances: list[Utterance]) -> None:
    long = replace(utterances[0], end=utterances[0].start + 31)
    assert usable([long, utterances[1]]) == (utterances[1],)
    assert count([long], np.random.default_rng(0)) == 0


def test_masking_blanks_bands_and_frames_and_leaves_the_rest() -> None:
    features = np.arange(80 * 200, dtype=np.float32).reshape(80, 200)
    changed = (masked(features, np.random.default_rng(1)) != features).mean()
    assert 0 < changed < 0.5
