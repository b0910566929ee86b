from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.review.turns import TurnChange, changed, reapplied

MARK = {"by": "op", "at": "now"}


def turn(start: float, end: float, text: str, role: str = "citizen") -> dict[str, Any]:
    step = (end - start) / max(1, len(text))
    words = [
        {"start": start + i * step, "end": start + (i + 1) * step, "text": char, "confidence": 0.5}
        for i, char in enumerate(text)
    ]
    return {"start": start, "end": end, "text": text, "role": role, "speaker": "S1", "confidence": 0.5, "words": words}


def test_words_that_stay_keep_their_times_and_new_ones_take_the_place_of_the_old() -> None:
    before = turn(0.0, 6.0, "半夜还在失工")
    after = changed([before], TurnChange("text", 0, text="半夜还在施工"), MARK)[0]
    assert [(word["text"], word["start"]) for word in after["words"]] == [
        (char, float(number)) for number, char in enumerate("半夜还在施工")
    ]
    assert after["words"][4]["confidence"] == 1.0
    assert before["text"] == "半夜还在失工"


@given(st.text("半夜还在施工吵", min_size=1, max_size=12), st.text("半夜还在施工吵", min_size=1, max_size=12))
def test_the_words_of_a_new_text_are_the_text_in_order_of_time(old: str, new: str) -> None:
    after = changed([turn(1.0, 5.0, old)], TurnChange("text", 0, text=new), MARK)[0]
    assert "".join(word["text"] for word in after["words"]) == new
    times = [time for word in after["words"] for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert 1.0 <= times[0] <= times[-1] <= 5.0 + 1e-9


@given(st.text("半夜还在施工", min_size=2, max_size=10), st.integers(1, 9))
def test_splitting_and_merging_give_the_turn_back(text: str, at: int) -> None:
    before = turn(0.0, 4.0, text)
    if at >= len(text):
        with pytest.raises(ValueError, match="拆分"):
            changed([before], TurnChange("split", 0, at=at), MARK)
        return
    halves = changed([before], TurnChange("split", 0, at=at), MARK)
    assert [half["text"] for half in halves] == [text[:at], text[at:]]
    assert halves[0]["end"] == halves[1]["start"]
    assert all("".join(word["text"] for word in half["words"]) == half["text"] for half in halves)
    merged = changed(halves, TurnChange("merge", 0), MARK)[0]
    assert (merged["text"], merged["start"], merged["end"]) == (text, 0.0, 4.0)


def test_a_word_is_cut_in_two_where_the_border_runs_through_it() -> None:
    segment = turn(0.0, 4.0, "半夜施工") | {
        "words": [{"start": 0.0, "end": 4.0, "text": "半夜施工", "confidence": 1.0}]
    }
    halves = changed([segment], TurnChange("split", 0, at=1), MARK)
    assert [(half["words"][0]["text"], half["start"], half["end"]) for half in halves] == [
        ("半", 0.0, 1.0),
        ("夜施工", 1.0, 4.0),
    ]


def test_a_corrected_turn_takes_the_place_of_what_is_recognised_there() -> None:
    kept = turn(2.0, 4.0, "改过的") | {"corrected": MARK}
    fresh = [turn(0.0, 2.1, "头"), turn(1.9, 4.1, "错的"), turn(4.0, 8.0, "尾")]
    assert [each["text"] for each in reapplied(fresh, [kept])] == ["头", "改过的", "尾"]


def test_words_outside_the_corrected_turn_stay() -> None:
    kept = turn(2.0, 4.0, "改过的") | {"corrected": MARK}
    after = reapplied([turn(0.0, 6.0, "一二三四五六")], [kept])
    assert [each["text"] for each in after] == ["一二五六", "改过的"]
