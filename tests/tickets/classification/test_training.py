from pathlib import Path

import numpy as np
import pytest

from tickets.city import load_city
from tickets.classification.corpus import Example, danger_examples, matter_examples, story_of
from tickets.classification.features import grams, weighted_grams
from tickets.classification.labels import HARMLESS
from tickets.classification.model import LinearModel
from tickets.classification.rehearsal import Talk
from tickets.classification.training import sharpness_of, train, train_classifiers

FRESH = {
    "UT09": "这条路晚上黑得很，一排灯全灭了，接孩子摸黑走，灯杆倒是都在。",
    "UT08": "人行道上的盖子翻了个，下面黑洞洞的，刚才一个老头差点踩空。",
    "CG01": "推三轮卖水果的把人行道占满了，一到傍晚就来，城管走了他又回来。",
    "NV01": "半夜一点塔吊还在转，打桩机咚咚响，工地大灯照得卧室跟白天一样。",
    "EN01": "楼下烧烤店的排烟口对着我家窗户，油味熏得衣服都不敢晾。",
    "LB02": "公司拖了三个月不发工资，老板说账上没钱，我们办公室的人都没领到。",
    "CS02": "健身房突然关门，卡里还有两千多，教练电话都打不通。",
    "TR01": "小区门口两边天天停满车，消防通道口也停，交警从来不贴条。",
}


def best(model: LinearModel, *texts: str) -> str:
    return model.labels[int(model.decide([(text, 1.0) for text in texts]).argmax())]


def right(folder: Path) -> int:
    model = train_classifiers(load_city(folder)).matter
    return sum(best(model, text) == code for code, text in FRESH.items())


def test_the_duty_list_alone_gives_a_classifier(small_city: Path) -> None:
    assert right(small_city) >= len(FRESH) // 3


def test_wording_improves_it(worded_city: Path) -> None:
    assert right(worded_city) >= len(FRESH) - 1


def test_training_is_deterministic(worded_city: Path) -> None:
    city = load_city(worded_city)
    first, second = train_classifiers(city).matter, train_classifiers(city).matter
    assert first.features == second.features
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.scale, second.scale)


def test_texts_decided_together_are_decided_as_each_alone(worded_city: Path) -> None:
    model = train_classifiers(load_city(worded_city)).matter
    texts = [*FRESH.values(), "", "，。", "qwerty", "灯灯灯灯"]
    together = model.decide_each(texts)
    for text, decided in zip(texts, together, strict=True):
        assert np.allclose(decided, model.decide([(text, 1.0)]), atol=1e-5)
    assert model.decide_each([]).shape == (0, len(model.labels))


def test_slips_of_the_recogniser_and_words_of_any_call_do_not_mislead(worded_city: Path) -> None:
    model = train_classifiers(load_city(worded_city)).matter
    chatter = ("我跟社区说过，社区让我找城管，城管又说不归他们管。", "谢谢你啊，就打我这个手机，别又没下文了。")
    assert best(model, *chatter, "健身房突燃关门，卡里还有两千多，教练电划都打不通。") == "CS02"
    assert best(model, *chatter, "公司拖了三个月不发公资，老板说帐上没钱。") == "LB02"


def test_emergencies_are_told_apart_by_a_model_of_their_own(worded_city: Path) -> None:
    city = load_city(worded_city)
    assert not {example.label for example in matter_examples(city, city.wording, Talk())} & {"EM01", "EM02", "EM03"}
    examples = danger_examples(city, city.wording, ("谢谢你啊。",))
    assert {example.label for example in examples} == {"EM01", "EM02", "EM03", HARMLESS}
    assert Example(HARMLESS, "谢谢你啊。", 1.0) in examples


def test_a_story_is_known_by_its_words() -> None:
    assert story_of("路灯不亮") == story_of("路灯不亮") != story_of("路灯不亮。")


def test_numbers_are_masked_and_clauses_kept_apart() -> None:
    assert "五零一" not in grams("三号楼五零一")
    assert not any("灯路" in gram for gram in grams("路灯，路灯"))
    assert weighted_grams([("路灯", 0.5), ("路灯", 1.0)])["路灯"] == 1.5


def test_one_label_is_no_classifier() -> None:
    with pytest.raises(ValueError, match="two duties"):
        train([Example("UT09", "路灯不亮", 1.0), Example("UT09", "灯杆歪了", 1.0)])


def test_two_labels_are_told_apart() -> None:
    texts = [("UT09", "路灯不亮了"), ("UT09", "路灯又不亮"), ("CG01", "摆摊占了路"), ("CG01", "摆摊的又来了")]
    model = train([Example(code, text, 1.0) for code, text in texts])
    assert best(model, "这里路灯不亮") == "UT09"
    assert best(model, "门口摆摊") == "CG01"


def test_sharpness_grows_with_how_often_the_best_is_right() -> None:
    decided = np.array([[1.0, 0.0]] * 10, dtype=np.float32)
    often = sharpness_of(decided, np.array([0] * 9 + [1]))
    seldom = sharpness_of(decided, np.array([0] * 6 + [1] * 4))
    assert often == pytest.approx(np.log(9), abs=0.01)
    assert seldom == pytest.approx(np.log(1.5), abs=0.01)
