import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.recognition.repetition import has_loop, loop_spans


def without_loops(text: str) -> str:
    struck = {i for start, end in loop_spans(text) for i in range(start, end)}
    return "".join(c for i, c in enumerate(text) if i not in struck)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我要反映负负负负负负负负", "我要反映负"),
        ("谢谢，谢谢，谢谢，谢谢，谢谢，谢谢", "谢谢"),
        ("物业不管物业不管物业不管物业不管物业不管", "物业不管"),
    ],
)
def test_a_loop_is_found_and_said_once(text: str, left: str) -> None:
    assert has_loop(text)
    assert without_loops(text) == left


@pytest.mark.parametrize(
    "text", ["对对对对", "喂喂喂", "好好好，谢谢", "66666666", "幺幺幺幺幺", "请问要反映什么？", ""]
)
def test_what_people_say_is_no_loop(text: str) -> None:
    assert not has_loop(text)
    assert without_loops(text) == text


@given(st.text(alphabet="我你他物业漏水，。", max_size=30))
def test_striking_leaves_a_subsequence(text: str) -> None:
    left = iter(text)
    assert all(character in left for character in without_loops(text))
