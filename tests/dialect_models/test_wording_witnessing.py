from importlib.resources import files

import pytest

from dialect_models.wording import CLEAR, DIALECTS, clear_witness, witnesses, word_list


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("cantonese", "喂，楼下间铺头嘈到我瞓唔着，你哋理唔理㗎"),
        ("wu", "侬好，阿拉小区搿个事体呒没人管"),
        ("sichuan", "你们是啥子部门嘛，咋个没得人接电话"),
        ("northeast", "哎呀妈呀，这楼道埋汰得没法看，咋整啊"),
        ("zhongyuan", "恁管不管呀，弄啥嘞，夜个就停水了"),
        ("xiang", "何解还冇修好咯，屋里的伢子都感冒哒"),
        ("minnan", "歹势，厝边的囡仔透早就吵，按怎办"),
        ("hakka", "𠊎屋下今晡日毋知做麽个停电"),
        ("jin", "婆姨在院里圪蹴着，兀个下水道堵了没人管，做甚嘞"),
    ],
)
def test_words_of_a_dialect_speak_for_it(dialect: str, said: str) -> None:
    assert clear_witness(said) == dialect
    assert witnesses(said)[dialect] >= CLEAR


@pytest.mark.parametrize(
    "said",
    [
        "您好，请问有什么可以帮您？",
        "我重点解决一下这个系统的联系人问题，请勿砍伐树木",
        "伊朗的阮女士申请劳动仲裁，彼此没有关系，而家长不同意",
        "彩票中不中是随机的，院子外头那个人起来塞了一张纸",
        "百年时光，如何解决，走那条断头路，其中浪费很多",
    ],
)
def test_mandarin_that_looks_like_dialect_is_no_witness(said: str) -> None:
    assert witnesses(said) == dict.fromkeys(DIALECTS, 0.0)


def test_colloquial_words_alone_make_nothing_clear() -> None:
    said = "俺寻思这啥玩意儿啊，咋整天瞅着闹心，赶趟不，麻溜地收拾收拾，拉倒吧"
    assert clear_witness(said) is None


def test_one_word_alone_makes_nothing_clear_however_often_it_is_said() -> None:
    assert 0 < witnesses("侬")["wu"] == witnesses("侬侬侬")["wu"] < CLEAR
    assert clear_witness("侬侬侬") is None


def test_words_that_two_dialects_share_leave_it_open() -> None:
    said = "佢唔系，冇"
    scores = witnesses(said)
    assert scores["cantonese"] > 0 and scores["hakka"] > 0
    assert clear_witness(said) is None


@pytest.mark.parametrize("table", ["duties.csv", "places.csv", "departments.csv"])
def test_duties_and_place_names_are_taken_for_no_dialect(table: str) -> None:
    lines = (files("tickets") / "sample_city" / table).read_text(encoding="utf-8").splitlines()
    assert len(lines) > 20
    assert [line for line in lines if max(witnesses(line).values()) > 1] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_word_without_ambiguity_counts_and_one_with_another_meaning_does_not(dialect: str) -> None:
    for word in word_list(dialect):
        counts = witnesses(word.word)[dialect] > 0
        assert counts == (word.ambiguity != "other"), word
