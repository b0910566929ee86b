"""What the dialect words of a turn mean: a hint to an operator from elsewhere."""

from dataclasses import dataclass

from dialect_models.wording.matching import matcher
from dialect_models.wording.witnessing import clear_witness
from dialect_models.wording.word_list import DIALECTS


@dataclass(frozen=True, slots=True)
class Gloss:
    """``text[start:end]`` means ``gloss`` in the dialect. Not ``certain``: in Mandarin it means something else."""

    start: int
    end: int
    word: str
    gloss: str
    dialect: str
    certain: bool


def gloss(text: str, dialect: str | None = None) -> tuple[Gloss, ...]:
    """The dialect words of a text with their Mandarin glosses, from left to right.

    Without ``dialect`` it is the one that the words make clear; where none is clear, or the label has no list, nothing.
    """
    chosen = dialect or clear_witness(text)
    if chosen not in DIALECTS:
        return ()
    return tuple(
        Gloss(m.start, m.end, text[m.start : m.end], m.word.gloss, chosen, m.word.ambiguity != "other")
        for m in matcher(chosen).matches(text)
    )
