"""Copies and silent channels are found; two parties, however much of the one leaks into the other, are not."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr.audio.channels import ChannelLayout, choose_channels
from asr.audio.decode import channel_warnings, decode
from asr.audio.recording import SILENT

Floats = NDArray[np.float32]
SEED = 7


@pytest.fixture(scope="session")
def parties(stereo_speech: Path) -> Floats:
    """Both parties of a call at 16 kHz: samples × 2."""
    samples, _ = soundfile.read(stereo_speech, dtype="float32")
    return np.repeat(samples, 2, axis=0)


@pytest.fixture(scope="session")
def mix(parties: Floats) -> Floats:
    return np.asarray(parties.sum(axis=1) * 0.7, np.float32)


def layout(*channels: Floats) -> ChannelLayout:
    pcm = np.round(np.clip(np.stack(channels, axis=1), -1, 1) * 32767).astype(np.int16)
    return choose_channels(lambda first, last: pcm[first:last], len(pcm), len(channels))


def decibels(value: float) -> np.float32:
    return np.float32(10 ** (value / 20))


def noise(like: Floats, level: float) -> Floats:
    return np.asarray(np.random.default_rng(SEED).normal(size=len(like)) * decibels(level), np.float32)


def delayed(samples: Floats, seconds: float) -> Floats:
    count = round(seconds * 16000)
    return np.concatenate([np.zeros(count, np.float32), samples[: len(samples) - count]])


DUAL = {
    "identical": lambda x: x,
    "softer": lambda x: x * decibels(-3),
    "louder": lambda x: x * decibels(2),
    "late": lambda x: delayed(x, 0.005),
    "late and softer": lambda x: delayed(x, 0.012) * decibels(-2),
    "inverted": lambda x: -x,
    "noisy": lambda x: x + noise(x, -45),
    "clipped": lambda x: np.clip(x * 1.5, -0.3, 0.3),
}


@pytest.mark.parametrize("change", DUAL.values(), ids=DUAL)
def test_a_copy_is_found(change, mix):
    assert layout(mix, change(mix)) == ChannelLayout(kept=(0,), silent=(), unheard=(), dual_mono=True)


def test_a_copy_of_one_speaker_is_found(parties):
    assert layout(parties[:, 0], parties[:, 0] * decibels(-1)).dual_mono


@pytest.mark.parametrize("codec", [["-e", "gsm-full-rate"], ["-e", "a-law"], ["-e", "ima-adpcm"]], ids=lambda c: c[-1])
def test_a_copy_that_was_coded_apart_is_found(codec, sox, mono_speech, tmp_path):
    sox(mono_speech, *codec, tmp_path / "left.wav")
    sox("-v", "0.8", mono_speech, *codec, tmp_path / "right.wav")
    sox("-M", tmp_path / "left.wav", tmp_path / "right.wav", "-e", "signed", "-b", "16", tmp_path / "both.wav")
    decoded = decode(tmp_path / "both.wav", tmp_path / "out.wav")
    assert (decoded.dual_mono, decoded.channels, decoded.source_channels) == (True, 1, (0,))
    assert soundfile.info(tmp_path / "out.wav").channels == 1
    assert decoded.warnings == ()


@pytest.mark.parametrize("form", ["x.mp3", "x.opus", "x.ogg", "x.m4a", "x.flac"])
def test_a_copy_in_a_lossy_file_is_found(form, ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, "-ac", "2", tmp_path / form)
    assert decode(tmp_path / form, tmp_path / "out.wav").dual_mono


@pytest.mark.parametrize("level", [-30, -20, -12, -8])
def test_cross_talk_is_no_copy(level, parties):
    left, right = parties.T
    leak = decibels(level)
    assert layout(left + leak * right, right + leak * left).kept == (0, 1)


def test_echo_of_a_lone_speaker_is_no_copy(parties):
    assert layout(parties[:, 0], delayed(parties[:, 0], 0.015) * decibels(-12)).kept == (0, 1)


def test_one_party_beside_the_mix_is_no_copy(parties, mix):
    assert layout(mix, parties[:, 1] * decibels(-3)).kept == (0, 1)


@pytest.mark.parametrize("repeats", [4, 24])
def test_a_caller_who_says_a_word_is_no_copy(repeats, parties):
    # All the call is the operator, heard on both sides; for two seconds the caller is on one only.
    left = np.tile(parties[:, 0], repeats)
    right = left.copy()
    loud = parties[:, 1].reshape(-1, 16000).std(axis=1).argmax() * 16000
    word = parties[loud : loud + 32000, 1]
    assert layout(left, right).dual_mono
    left[: len(word)] = 0
    right[: len(word)] = word
    assert layout(left, right).kept == (0, 1)


def test_common_hum_is_no_copy(parties):
    hum = np.sin(np.arange(len(parties)) * 2 * np.pi * 50 / 16000).astype(np.float32) * decibels(-35)
    assert layout(parties[:, 0] + hum, parties[:, 1] + hum).kept == (0, 1)


def test_music_on_both_sides_at_the_head_is_no_copy(parties):
    seconds = np.arange(16000 * 20) / 16000
    music = (0.1 * np.sin(2 * np.pi * 440 * seconds) * (1 + np.sin(2 * np.pi * seconds))).astype(np.float32)
    left, right = (np.concatenate([music, party]) for party in parties.T)
    assert layout(left, right).kept == (0, 1)


def test_noise_is_no_copy(parties):
    generator = np.random.default_rng(SEED)
    first, second = generator.normal(size=(2, len(parties))).astype(np.float32) * decibels(-40)
    assert layout(first, second).kept == (0, 1)


def test_silence_is_no_copy(mix):
    silence = np.zeros_like(mix)
    assert layout(silence, silence) == ChannelLayout(kept=(0,), silent=(0, 1), unheard=(), dual_mono=False)
    assert layout(noise(mix, -70), noise(mix, -70)).silent == (0, 1)


def test_quiet_speech_is_not_silent(parties):
    assert layout(parties[:, 0] * decibels(-25), parties[:, 1] * decibels(-25)).kept == (0, 1)


def test_direct_current_is_silent(mix):
    assert layout(mix, np.full_like(mix, 0.2)).silent == (1,)


def test_the_silent_channel_is_left_out_and_named(mix, tmp_path):
    soundfile.write(tmp_path / "x.wav", np.stack([np.zeros_like(mix), mix], axis=1), 16000)
    decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
    assert (decoded.channels, decoded.source_channels, decoded.dual_mono, decoded.silent) == (1, (1,), False, False)
    assert decoded.warnings == ("Of 2 channels, these are silent and were left out: 1.",)
    assert np.abs(decoded.samples(0) - mix).max() < 1e-4


def test_more_than_two_channels(parties, mix, tmp_path):
    left, right = parties.T
    silence = np.zeros_like(left)
    soundfile.write(tmp_path / "x.wav", np.stack([silence, left, left, right], axis=1), 16000)
    decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
    assert (decoded.channels, decoded.source_channels, decoded.dual_mono) == (2, (1, 3), False)
    assert np.abs(decoded.samples(1) - right).max() < 1e-4
    third = layout(left, right, mix * 0.5 + noise(mix, -20))
    assert third == ChannelLayout(kept=(0, 1), silent=(), unheard=(2,), dual_mono=False)
    assert channel_warnings(third, 3) == ("Of 3 channels, two were kept; what is said on these was not heard: 3.",)


def test_a_silent_recording_is_decoded_and_said_to_be_silent(sox, tmp_path):
    for codec in (["-e", "a-law"], ["-e", "mu-law"], ["-e", "gsm-full-rate"], ["-b", "16"]):
        sox("-n", "-r", "8000", "-c", "1", *codec, tmp_path / "x.wav", "trim", "0", "5")
        decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
        assert decoded.silent
        assert decoded.warnings == (SILENT,)
        assert decoded.duration == pytest.approx(5, abs=0.05)


def test_a_recording_of_a_few_samples(tmp_path):
    for count in (1, 2, 10, 799, 1600, 8001):
        soundfile.write(tmp_path / "x.wav", np.tile([[0.5, -0.5]], (count, 1)), 8000)
        decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
        assert decoded.frames == 2 * count
