from pathlib import Path

import pytest

from dialect_models.wording import DIALECTS, WordListError, read_word_list, word_list
from dialect_models.wording.word_list import COLUMNS

GOOD = {
    "word": "唔系",
    "gloss": "不是",
    "kind": "function",
    "fold": "yes",
    "ambiguity": "none",
    "variants": "",
    "unless": "",
    "source": "general knowledge",
}


def written(folder: Path, *changes: dict[str, str]) -> Path:
    rows = ["\t".join({**GOOD, **change}[column] for column in COLUMNS) for change in changes]
    path = folder / "trial.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_there_are_enough_words_of_every_dialect() -> None:
    sizes = {dialect: len(word_list(dialect)) for dialect in DIALECTS}
    assert len(sizes) == 9
    assert min(sizes.values()) >= 50
    assert sum(sizes.values()) >= 650


def test_a_dialect_without_a_list_is_named() -> None:
    with pytest.raises(WordListError, match=r"'klingon'.*cantonese"):
        word_list("klingon")


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    (word,) = read_word_list(
        written(
            tmp_path, {"word": "系", "gloss": "是；对", "ambiguity": "other", "variants": "係", "unless": "关系、联系"}
        )
    )
    assert word.forms == ("系", "係")
    assert word.mandarin == "是"
    assert word.unless == ("关系", "联系")
    assert word.folds


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "pronom"}, r"trial\.tsv:3: kind is 'pronom'; write one of function, "),
        ({"fold": "ja"}, r"trial\.tsv:3: fold is 'ja'; write one of yes, no"),
        ({"ambiguity": ""}, r"trial\.tsv:3: ambiguity is ''; write one of none, "),
        ({"gloss": " "}, r"trial\.tsv:3: no gloss in "),
        ({"source": ""}, r"trial\.tsv:3: no source in "),
        ({"variants": "唔係、"}, r"trial\.tsv:3: variants is '唔係、'; write each form once"),
        ({"unless": "系统"}, r"trial\.tsv:3: '系统' under unless doesn't contain '睇'"),
        ({"kind": "verb"}, r"trial\.tsv:3: '睇' is a verb; only adverb, function, particle, pronoun fold"),
        ({"word": "唔系"}, r"trial\.tsv:3: '唔系' stands on line 2 already"),
        ({"variants": "唔系"}, r"trial\.tsv:3: '唔系' stands on line 2 already"),
        ({"source": "a\tb"}, r"trial\.tsv:3: 9 columns in .*; there must be 8"),
    ],
)
def test_a_malformed_row_is_named_by_file_line_and_value(tmp_path: Path, change: dict[str, str], message: str) -> None:
    with pytest.raises(WordListError, match=message):
        read_word_list(written(tmp_path, {}, {"word": "睇", **change}))


@pytest.mark.parametrize("content", [b"word\tgloss\n", b"", b"\xff\xfe"])
def test_a_file_that_is_no_word_list_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trial.tsv"
    path.write_bytes(content)
    with pytest.raises(WordListError, match=r"trial\.tsv"):
        read_word_list(path)
    with pytest.raises(WordListError, match=r"absent\.tsv"):
        read_word_list(tmp_path / "absent.tsv")
