import pytest

from dialect_models.wording import DIALECTS, fold, word_list


@pytest.mark.parametrize(
    ("dialect", "said", "folded"),
    [
        ("cantonese", "佢哋唔系喺呢度", "他们不是在这里"),
        ("cantonese", "点解冇人理嘅", "为什么没有人理的"),
        ("cantonese", "我唔知佢喺边度", "我不知他在哪里"),
        ("wu", "侬晓得伐，伊拉勿来", "你晓得吗，他们不来"),
        ("sichuan", "咋个没得水喃，啥子原因", "怎么没有水喃，什么原因"),
        ("xiang", "何解冇得人管，路垮哒", "为什么没有人管，路垮了"),
        ("minnan", "我毋是欲问彼个", "我不是要问那个"),
        ("hakka", "麽个事情都毋系佢做个", "什么事情都不是他做个"),
        ("jin", "这搭没水，你做甚嘞", "这里没水，你做什么嘞"),
    ],
)
def test_grammar_words_are_folded_the_longest_first(dialect: str, said: str, folded: str) -> None:
    assert fold(said, dialect) == folded


def test_verbs_and_nouns_stay() -> None:
    assert fold("睇医生要落雨前返屋企", "cantonese") == "睇医生要落雨前返屋企"


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("cantonese", "关系、系统、联系人、仲裁委员会、重点解决边个人问题，唔该"),
        ("wu", "伊朗、阿拉伯、请勿砍伐树木"),
        ("minnan", "彼此、食欲、靠拢、连袂、毋庸置疑"),
        ("xiang", "任何解决办法，什么个情况"),
        ("sichuan", "莫名其妙，没得到答复"),
        ("jin", "甚至不甚了解"),
    ],
)
def test_mandarin_words_that_hold_a_dialect_word_stay(dialect: str, said: str) -> None:
    assert fold(said, dialect) == said


@pytest.mark.parametrize("label", ["mandarin", "unknown", "gan"])
def test_a_label_without_a_list_leaves_the_text(label: str) -> None:
    assert fold("佢唔系侬", label) == "佢唔系侬"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_writing_of_a_folding_word_folds_to_the_first_sense_and_no_further(dialect: str) -> None:
    folding = [word for word in word_list(dialect) if word.folds]
    assert folding
    for word in folding:
        assert {fold(form, dialect) for form in word.forms} == {word.mandarin}
        assert fold(word.mandarin, dialect) == word.mandarin
