import pytest

from dialect_models.evaluation.character_error import Errors, folded_errors, normalised, raw_errors


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("三千六百元。", "3600元"),
        ("我電話係一三九", "我电话系139"),
        ("三千六", "3600"),
        ("Ａ 栋 十二楼", "a栋12楼"),
        ("二零零三年", "2003年"),
        ("一万二千", "12000"),
        ("千万别", "千万别"),
    ],
)
def test_both_texts_come_to_one_form(text: str, form: str) -> None:
    assert normalised(text) == form


def test_errors_are_edits_over_the_reference() -> None:
    assert raw_errors("你好吗", "你好") == Errors(1, 3)
    assert raw_errors("你好", "您好啊") == Errors(2, 2)
    assert raw_errors("", "谢谢").rate == 2.0


def test_grammar_words_count_raw_and_not_folded() -> None:
    assert raw_errors("佢哋唔係", "他们不是").edits == 4
    assert folded_errors("佢哋唔係", "他们不是", "cantonese").edits == 0
    assert folded_errors("佢哋唔係", "他们不是", "mandarin").edits == 4
