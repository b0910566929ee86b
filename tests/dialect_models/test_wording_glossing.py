from dialect_models.wording import Gloss, gloss


def test_the_words_of_a_known_dialect_are_glossed_where_they_stand() -> None:
    said = "落雨天间铺头唔见咗嘢"
    assert [(said[g.start : g.end], g.gloss) for g in gloss(said, "cantonese")] == [
        ("落雨", "下雨"),
        ("铺头", "店铺"),
        ("唔见", "不见了；丢了"),
        ("咗", "了"),
        ("嘢", "东西"),
    ]


def test_a_word_with_another_mandarin_meaning_is_a_guess() -> None:
    assert gloss("后生", "minnan") == (Gloss(0, 2, "后生", "儿子", "minnan", certain=False),)
    assert gloss("囡仔", "minnan") == (Gloss(0, 2, "囡仔", "小孩", "minnan", certain=True),)


def test_without_a_label_the_dialect_is_the_one_that_the_words_make_clear() -> None:
    assert {g.dialect for g in gloss("侬晓得伐，呒没人管搿个事体")} == {"wu"}
    assert gloss("侬") == ()
    assert gloss("小区停水三天了") == ()


def test_a_label_without_a_list_has_no_glosses() -> None:
    assert gloss("唔该晒", "mandarin") == ()
