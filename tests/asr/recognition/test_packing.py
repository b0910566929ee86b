from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.diarization.turns import SpeakerTurn
from asr.recognition.packing import MAX_CLIP, MAX_GAP, PADDING, Clip, pack, rebase, samples_of, split

RATE = 16000


class Silence:
    channels = 2
    dual_mono = False

    def __init__(self, duration: float) -> None:
        self.duration = duration

    def samples(self, channel: int, start: float, end: float) -> np.ndarray:
        assert 0 <= start <= end <= self.duration + 1e-6
        return np.full(round(end * RATE) - round(start * RATE), channel + 1, dtype=np.float32)


@st.composite
def calls(draw: st.DrawFn) -> list[SpeakerTurn]:
    """One voice at a time on one channel, as diarization by voice gives it."""
    now, turns = 0.0, []
    for _ in range(draw(st.integers(1, 12))):
        start = now + draw(st.floats(0, 5))
        end = start + draw(st.floats(0.1, 70))
        speaker = draw(st.sampled_from(["S1", "S2", "S3"]))
        middle = (start + end) / 2
        pause = min(0.2, (end - start) / 4)
        turns.append(SpeakerTurn(start, end, speaker, 0, ((start, middle - pause), (middle + pause, end))))
        now = end
    return turns


@given(calls())
def test_every_moment_of_every_turn_is_in_one_clip_of_its_speaker(turns: list[SpeakerTurn]) -> None:
    clips = pack(Silence(turns[-1].end + 1), turns)
    for index, turn in enumerate(turns):
        pieces = [(clip, piece) for clip in clips for piece in clip.pieces if piece.turn == index]
        assert {clip.speaker for clip, _ in pieces} == {turn.speaker}
        assert pieces[0][1].start <= turn.start
        assert pieces[-1][1].end >= turn.end
        for (_, a), (_, b) in pairwise(pieces):
            assert a.end == pytest.approx(b.start)


@given(calls())
def test_clips_fit_the_window_and_never_hold_another_speakers_turn(turns: list[SpeakerTurn]) -> None:
    for clip in pack(Silence(turns[-1].end + 1), turns):
        assert clip.duration <= MAX_CLIP + 1e-6
        for piece in clip.pieces:
            assert piece.start >= turns[piece.turn].start - PADDING - 1e-9
            for other in turns:
                if other.speaker != clip.speaker:
                    assert piece.end <= other.start + 1e-6 or piece.start >= other.end - 1e-6
        for a, b in pairwise(clip.pieces):
            assert -1e-9 <= b.offset - a.offset - a.duration <= MAX_GAP + 1e-9


def test_a_clip_sounds_like_its_pieces_with_silence_between() -> None:
    turns = [SpeakerTurn(1.0, 2.0, "left", 0), SpeakerTurn(12.0, 13.0, "left", 0)]
    source = Silence(20.0)
    (clip,) = pack(source, turns)
    audio = samples_of(source, clip)
    assert len(audio) == round(clip.duration * RATE)
    first = round(clip.pieces[0].duration * RATE)
    assert audio[: first - 1].all()
    assert not audio[first + 1 : round(clip.pieces[1].offset * RATE) - 1].any()
    assert audio[round(clip.pieces[1].offset * RATE) + 1 :].all()


def test_halves_hold_the_pieces_in_order() -> None:
    turns = [SpeakerTurn(i * 4.0, i * 4.0 + 2.0, "left", 0) for i in range(5)]
    (clip,) = pack(Silence(30.0), turns)
    first, second = split(clip)
    assert [p.turn for half in (first, second) for p in half.pieces] == [0, 1, 2, 3, 4]
    assert first.pieces[0].offset == second.pieces[0].offset == 0.0
    assert split(rebase(0, "left", clip.pieces[:1])) == (Clip(0, "left", (clip.pieces[0],)),)
