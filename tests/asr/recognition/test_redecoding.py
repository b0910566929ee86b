from collections.abc import Sequence

from asr.recognition.packing import Clip, Piece
from asr.recognition.redecoding import redecode
from asr.recognition.speech_model import Decoded, Decoding, RawWord

CLIP = Clip(0, "left", tuple(Piece(i, i * 6.0, i * 6.0 + 4.0, i * 4.6) for i in range(4)))
SENTENCES = ("我要反映路灯坏了没有人来修理", "物业收了钱说配件没到货", "晚上孩子下楼梯差点摔跤", "麻烦你们催一下他们")


def heard(clip: Clip, text: str, score: float = -0.3) -> Decoded:
    step = clip.duration / max(1, len(text))
    return Decoded(tuple(RawWord(i * step, (i + 1) * step, c, -0.2, c) for i, c in enumerate(text)), score, 0.1)


def said(clip: Clip) -> str:
    return "".join(SENTENCES[piece.turn] for piece in clip.pieces)


class Ear:
    """Loops on clips of more than ``capacity`` pieces, hears a sentence a piece on others."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.asked: list[tuple[int, Decoding]] = []

    def __call__(self, clips: Sequence[Clip], how: Decoding) -> list[Decoded]:
        self.asked += [(len(clip.pieces), how) for clip in clips]
        return [heard(clip, said(clip) if len(clip.pieces) <= self.capacity else "负" * 50) for clip in clips]


def test_a_loop_is_decoded_in_halves_with_a_penalty() -> None:
    ear = Ear(2)
    result = redecode(CLIP, heard(CLIP, "负" * 60), ear, Decoding())
    assert [decoded.text for _, decoded in result] == [SENTENCES[0] + SENTENCES[1], SENTENCES[2] + SENTENCES[3]]
    assert [clip.pieces[0].turn for clip, _ in result] == [0, 2]
    assert all(how.repetition_penalty > 1 for _, how in ear.asked)


def test_halves_that_loop_are_decoded_piece_by_piece() -> None:
    result = redecode(CLIP, heard(CLIP, "负" * 60), Ear(1), Decoding())
    assert [decoded.text for _, decoded in result] == list(SENTENCES)


def test_what_never_gets_better_is_left_as_it_was() -> None:
    first = heard(CLIP, "负" * 60)
    assert redecode(CLIP, first, Ear(0), Decoding()) == ((CLIP, first),)


def test_a_dropped_phrase_is_listened_to_alone() -> None:
    words = tuple(RawWord(i * 0.3, i * 0.3 + 0.3, c, -0.2, c) for i, c in enumerate("".join(SENTENCES[:3])))
    first = Decoded(words, -0.3, 0.1)
    ear = Ear(1)
    result = redecode(CLIP, first, ear, Decoding())
    assert result[0] == (CLIP, first)
    assert [clip.pieces[0].turn for clip, _ in result[1:]] == [3]
    assert [pieces for pieces, _ in ear.asked] == [1]
