"""Who speaks when on a recording with one party a channel."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import fftconvolve

from asr.diarization.channels import channel_turns, diarize_channels

ROLES = {"left": "operator", "right": "citizen"}
SOUNDS = ("ring tone", "keys", "hold music", "hum", "noise", "silence")


def heard(call, signal):
    return type(call.audio)(np.asarray(signal, np.float32))


def leak(signal, decibels, delay, room=None):
    late = np.concatenate([np.zeros(int(delay * 16_000)), signal])[: len(signal)]
    if room is not None:
        late = fftconvolve(late, room)[: len(signal)]
    return 10 ** (decibels / 20) * late


def room():
    time = np.arange(int(0.2 * 16_000)) / 16_000
    response = np.exp(-time / 0.035) * np.random.default_rng(2).standard_normal(len(time))
    return response / np.sqrt(np.square(response).sum())


def test_sample_call(stereo_call, measures):
    error, starts = measures
    found = diarize_channels(stereo_call.audio)
    assert found.speakers == ("left", "right")
    assert error(stereo_call.turns, found, ROLES) < 0.035
    late = starts(stereo_call.turns, found, ROLES)
    assert late[len(late) // 2] < 0.1
    assert late[int(0.9 * len(late))] < 0.2


@pytest.mark.parametrize(("decibels", "delay", "echo"), [(-12, 0.0, False), (-18, 0.12, False), (-14, 0.03, True)])
def test_cross_talk_is_dropped(stereo_call, measures, decibels, delay, echo):
    left, right = stereo_call.audio.signal
    response = room() if echo else None
    mixed = heard(
        stereo_call, [left + leak(right, decibels, delay, response), right + leak(left, decibels, delay, response)]
    )
    assert measures[0](stereo_call.turns, diarize_channels(mixed), ROLES) < 0.07


def test_two_who_speak_at_once_are_both_kept(stereo_call):
    # The citizen's long story with the operator's words laid over it, 8 dB weaker: weaker, but no copy.
    left, right = (channel[25 * 16_000 : 46 * 16_000].copy() for channel in stereo_call.audio.signal)
    words = stereo_call.audio.signal[0, int(48.2 * 16_000) : int(51.5 * 16_000)] * 10 ** (-8 / 20)
    left[8 * 16_000 : 8 * 16_000 + len(words)] += words
    found = diarize_channels(heard(stereo_call, [left, right]))
    said = sum(min(t.end, 11.3) - max(t.start, 8.0) for t in found.turns if t.speaker == "left")
    assert said > 2.6


@pytest.mark.parametrize("name", SOUNDS)
def test_nobody_speaks(sounds, stereo_call, name):
    found = diarize_channels(heard(stereo_call, [sounds[name], 0.5 * sounds[name][::-1]]))
    assert found.turns == ()
    assert found.speakers == ()


def test_blocks_leave_no_seam(stereo_call):
    # The call again from 50 s on: the same turns, wherever the borders of the blocks fall.
    whole = diarize_channels(stereo_call.audio)
    later = diarize_channels(heard(stereo_call, stereo_call.audio.signal[:, 50 * 16_000 :]))
    want = [t for t in whole.turns if t.start > 52]
    assert [t.speaker for t in later.turns][-len(want) :] == [t.speaker for t in want]
    for a, b in zip(later.turns[-len(want) :], want, strict=True):
        assert a.start + 50 == pytest.approx(b.start, abs=0.1)


def spans():
    steps = st.lists(st.tuples(st.integers(1, 400), st.integers(10, 600)), max_size=12)

    def laid_out(pairs):
        result, now = [], 0
        for pause, length in pairs:
            result.append(((now + pause) / 100, (now + pause + length) / 100))
            now += pause + length
        return result

    return steps.map(laid_out)


@given(spans(), spans())
def test_turns_keep_all_speech_and_never_swallow_the_other_party(left, right):
    turns = channel_turns(left, right)
    assert list(turns) == sorted(turns, key=lambda t: (t.start, t.channel))
    for channel, own, other in ((0, left, right), (1, right, left)):
        mine = [t for t in turns if t.channel == channel]
        assert [span for t in mine for span in t.speech] == own
        for turn in mine:
            assert (turn.start, turn.end) == (turn.speech[0][0], turn.speech[-1][1])
            for before, after in pairwise(turn.speech):
                assert after[0] - before[1] <= 2.0
                assert not any(a < after[0] and b > before[1] for a, b in other)
