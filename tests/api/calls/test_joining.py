"""Joining: parties at the same time are merged, a transfer follows, nothing is lost or turned round."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.calls.joining import Part, join

NINE = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)


def _transcript(duration: float, *segments: tuple[float, float, str, str]) -> dict[str, Any]:
    return {
        "id": "x",
        "duration": duration,
        "channels": 1,
        "dialect": {"label": "mandarin", "probability": 0.9},
        "models": {"speech": "whisper-base"},
        "warnings": [],
        "segments": [
            {
                "start": start,
                "end": end,
                "role": role,
                "speaker": "S1",
                "text": text,
                "confidence": 0.9,
                "words": [{"start": start, "end": end, "text": text, "confidence": 0.9}],
            }
            for start, end, role, text in segments
        ],
    }


def _join(parts: Sequence[Part]) -> dict[str, Any]:
    return join("call_1", NINE, "13800001234", "S", parts)


def _texts(joined: dict[str, Any]) -> list[str]:
    return [segment["text"] for segment in joined["segments"]]


OPERATOR = _transcript(10, (0, 2, "operator", "您好"), (5, 6, "operator", "在哪里"))
CITIZEN = _transcript(10, (2.5, 4, "citizen", "路灯坏了"), (7, 9, "citizen", "人民路"))


def test_one_file_a_party_is_merged_by_time() -> None:
    parts = [
        Part("rec_2", CITIZEN, channel_roles=["citizen"]),
        Part("rec_1", OPERATOR, channel_roles=["operator"]),
    ]
    joined = _join(parts)
    assert _texts(joined) == ["您好", "路灯坏了", "在哪里", "人民路"]
    assert [segment["recording_id"] for segment in joined["segments"]] == ["rec_1", "rec_2", "rec_1", "rec_2"]
    assert joined["duration"] == 10


def test_the_same_start_time_also_means_at_the_same_time() -> None:
    joined = _join([Part("rec_1", OPERATOR, NINE), Part("rec_2", CITIZEN, NINE)])
    assert _texts(joined) == ["您好", "路灯坏了", "在哪里", "人民路"]


def test_a_transfer_with_a_start_time_begins_there() -> None:
    joined = _join([Part("rec_2", OPERATOR, NINE + timedelta(seconds=60)), Part("rec_1", CITIZEN, NINE)])
    assert _texts(joined) == ["路灯坏了", "人民路", "您好", "在哪里"]
    assert joined["segments"][2]["start"] == 60
    assert joined["segments"][2]["words"][0]["start"] == 60
    assert joined["duration"] == 70
    assert [part["offset"] for part in joined["parts"]] == [0, 60]


def test_a_transfer_without_a_start_time_follows_the_end() -> None:
    joined = _join([Part("rec_1", CITIZEN, order="2"), Part("rec_2", OPERATOR, order="1")])
    assert _texts(joined) == ["您好", "在哪里", "路灯坏了", "人民路"]
    assert joined["segments"][2]["start"] == 12.5


def test_the_order_of_parts_is_counted_not_spelt() -> None:
    parts = [Part(f"rec_{n}", _transcript(1, (0, 1, "citizen", str(n))), order=str(n)) for n in (10, 9, 2)]
    assert _texts(_join(parts)) == ["2", "9", "10"]


def test_a_call_without_words_is_empty_not_broken() -> None:
    joined = _join([Part("rec_1", _transcript(3.0))])
    assert (joined["segments"], joined["duration"]) == ([], 3.0)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 10_000)),
            st.floats(0.1, 5000),
            st.sampled_from([None, ["operator"], ["citizen"], ["operator", "citizen"]]),
            st.sampled_from([None, "1", "2", "x"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_nothing_is_lost_and_time_never_runs_back(given_parts: list[Any]) -> None:
    parts = [
        Part(
            f"rec_{index}",
            _transcript(duration, (0, duration / 2, "citizen", f"{index}a"), (duration / 2, duration, "operator", "b")),
            None if second is None else NINE + timedelta(seconds=second),
            order,
            roles,
        )
        for index, (second, duration, roles, order) in enumerate(given_parts)
    ]
    joined = _join(parts)
    assert len(joined["segments"]) == 2 * len(parts)
    starts = [segment["start"] for segment in joined["segments"]]
    assert starts == sorted(starts)
    assert min(starts) >= 0
    assert max(segment["end"] for segment in joined["segments"]) <= joined["duration"] + 1e-6
    assert joined == _join(list(reversed(parts)))
