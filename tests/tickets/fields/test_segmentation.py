"""Words of a text with their classes."""

from hypothesis import given
from hypothesis import strategies as st

from tickets.language.segmentation import segmented


def words_of(text: str) -> list[str]:
    found, at = [], 0
    for length, _ in segmented(text):
        found.append(text[at : at + length])
        at += length
    return found


def test_the_likeliest_row_of_words() -> None:
    assert words_of("公交站对面停满汽车")[-1] == "汽车"
    assert words_of("3号楼电梯，坏了")[0] == "3"


def test_nouns_and_verbs_are_of_different_classes() -> None:
    (_, noun), (_, other_noun), (_, verb) = (segmented(word)[0] for word in ("工地", "电梯", "反映"))
    assert noun == other_noun != verb
    assert segmented("😀")[0] == (1, 0)


@given(st.text())
def test_every_character_belongs_to_a_word(text: str) -> None:
    assert "".join(words_of(text)) == text
    assert all(length > 0 for length, _ in segmented(text))
