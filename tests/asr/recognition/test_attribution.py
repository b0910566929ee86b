from asr.recognition.attribution import attribute, positions
from asr.recognition.packing import Clip, Piece
from asr.recognition.speech_model import RawWord

CLIP = Clip(0, "left", (Piece(3, 10.0, 12.0, 0.0), Piece(7, 40.0, 41.0, 2.5)))


def word(start: float, end: float, text: str) -> RawWord:
    return RawWord(start, end, text, -0.1, text)


def test_words_go_to_the_turn_of_their_middle_with_times_of_the_recording() -> None:
    found = attribute(CLIP, [word(0.2, 0.4, "您"), word(0.4, 0.8, "好"), word(2.6, 3.0, "喂")])
    assert [a.word.text for a in found[3]] == ["您", "好"]
    assert [(a.word.start, a.word.end) for a in found[3]] == [(10.2, 10.4), (10.4, 10.8)]
    assert [(a.word.start, a.word.end) for a in found[7]] == [(40.1, 40.5)]


def test_a_word_across_the_gap_stays_inside_its_turn() -> None:
    found = attribute(CLIP, [word(1.9, 2.2, "好"), word(2.2, 2.9, "喂")])
    assert found[3][0].word.end == 12.0
    assert found[7][0].word.start == 40.0


def test_words_never_step_back_to_an_earlier_turn() -> None:
    assert positions(CLIP, [word(0.1, 0.2, "一"), word(2.6, 2.8, "二"), word(0.5, 0.6, "三")]) == [0, 1, 1]
