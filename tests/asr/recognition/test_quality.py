from asr.recognition.packing import Clip, Piece
from asr.recognition.quality import better, judge
from asr.recognition.speech_model import Decoded, RawWord

CLIP = Clip(0, "left", (Piece(0, 0.0, 4.0, 0.0), Piece(1, 8.0, 12.0, 4.6)))


def decoded(text: str, spread: float = 8.6, score: float = -0.3, no_speech: float = 0.1) -> Decoded:
    step = spread / max(1, len(text))
    heard = tuple(RawWord(i * step, (i + 1) * step, c, -0.2, c) for i, c in enumerate(text))
    return Decoded(heard, score, no_speech)


FINE = decoded("我要反映一个问题小区里面的路灯坏了三天没有人修理")


def test_fluent_text_is_kept() -> None:
    assert not judge(CLIP, FINE).doubtful


def test_loops_lost_phrases_and_improbable_text_are_doubtful() -> None:
    assert judge(CLIP, decoded("负" * 40)).loop
    assert judge(CLIP, decoded("喂")).rate
    assert judge(CLIP, decoded("我要反映一个问题小区里面路灯", spread=4.0)).unheard == (1,)
    assert judge(CLIP, decoded(FINE.text, score=-1.4)).improbable


def test_silence_is_told_by_both_signs() -> None:
    assert judge(CLIP, decoded("谢谢", score=-1.4, no_speech=0.9)).no_speech
    assert not judge(CLIP, decoded("谢谢", score=-0.2, no_speech=0.9)).no_speech


def test_the_second_decode_is_taken_only_where_better() -> None:
    assert better((CLIP, decoded("负" * 40, score=-0.1)), (CLIP, decoded(FINE.text, score=-0.6)))
    assert not better((CLIP, FINE), (CLIP, decoded(FINE.text, score=-0.6)))
