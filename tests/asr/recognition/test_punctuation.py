from hypothesis import given
from hypothesis import strategies as st

from asr.recognition.punctuation import MARKS, punctuate
from asr.transcript import Word


def words(text: str, pace: float = 0.2) -> list[Word]:
    return [Word(i * pace, (i + 1) * pace, c, 0.9) for i, c in enumerate(text)]


def text(of: tuple[Word, ...]) -> str:
    return "".join(word.text for word in of)


def test_ascii_marks_become_chinese_and_decimals_stay() -> None:
    assert text(punctuate(words("一共3.5万,对吗?"), ())) == "一共3.5万，对吗？"


def test_pauses_part_clauses_and_sentences() -> None:
    said = words("路灯坏了没人管")
    assert text(punctuate(said, ((0.7, 1.0),))) == "路灯坏了，没人管。"
    assert text(punctuate(said, ((0.2, 1.4),))) == "路灯坏了。没人管。"


def test_a_mark_of_the_recogniser_is_not_doubled() -> None:
    assert text(punctuate(words("路灯坏了,没人管"), ((0.7, 1.0),))) == "路灯坏了，没人管。"


def test_questions_end_with_a_question_mark() -> None:
    assert text(punctuate(words("您在哪个小区"), ())) == "您在哪个小区？"
    assert text(punctuate(words("有人受伤吗。"), ())) == "有人受伤吗。"
    assert text(punctuate(words("我不知道怎么办的"), ())) == "我不知道怎么办的。"


@given(st.text(alphabet="路灯坏了吗3,.?! ，。", max_size=25), st.floats(0, 5), st.floats(0, 2))
def test_no_letter_is_lost_and_no_mark_leads(said: str, start: float, length: float) -> None:
    result = punctuate(words(said), ((start, start + length),))
    bare = [c for c in text(result) if c not in MARKS + "."]
    assert bare == [c for c in said if c not in MARKS + " .,?!"]
    assert not result or result[0].text[0] not in MARKS
    assert all(word.text for word in result)
