"""The JSON form of diarization is durable: what a step wrote, a later one reads."""

import json

from hypothesis import given
from hypothesis import strategies as st

from asr.diarization.turns import Diarization, SpeakerTurn

times = st.floats(0, 15_000, allow_nan=False)
turns = st.builds(
    SpeakerTurn,
    start=times,
    end=times,
    speaker=st.sampled_from(["left", "right", "S1", "S2"]),
    channel=st.integers(0, 1),
    speech=st.lists(st.tuples(times, times), max_size=3).map(tuple),
)


@given(st.lists(turns, max_size=5).map(tuple), st.sampled_from(["channels", "voices"]))
def test_json_and_back(found, method):
    diarization = Diarization(found, ("left", "S1"), method, "model")
    assert Diarization.from_json(json.loads(json.dumps(diarization.to_json()))) == diarization


def test_unknown_and_missing_keys():
    data = {
        "turns": [{"start": 1, "end": 2, "speaker": "S1", "channel": 0, "mood": "calm"}],
        "speakers": ["S1"],
        "method": "voices",
        "model": "m",
        "version": 3,
    }
    assert Diarization.from_json(data).turns == (SpeakerTurn(1.0, 2.0, "S1", 0),)
    assert Diarization.from_json(data).turns[0].duration == 1.0
