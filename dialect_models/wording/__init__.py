"""Words of the dialects: which dialect they speak for, what they mean, and how they fold to Mandarin for scoring."""

from dialect_models.wording.folding import fold
from dialect_models.wording.glossing import Gloss, gloss
from dialect_models.wording.witnessing import CLEAR, clear_witness, witnesses
from dialect_models.wording.word_list import DIALECTS, DialectWord, WordListError, read_word_list, word_list

__all__ = [
    "CLEAR",
    "DIALECTS",
    "DialectWord",
    "Gloss",
    "WordListError",
    "clear_witness",
    "fold",
    "gloss",
    "read_word_list",
    "witnesses",
    "word_list",
]
