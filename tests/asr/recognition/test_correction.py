"""Correction with the real lexicon and the real language model."""

from pathlib import Path

import pytest

from asr.recognition.correction import Character, Corrector
from asr.recognition.language_model import CityWording, LanguageModel, find_general_model
from asr.recognition.lexicon import Lexicon

pytestmark = pytest.mark.model

UNRELATED = ("阿勒泰冰川公园", "渤海钻井平台", "博格达峰管理处", "库车大峡谷", "伊犁河谷草原", "塔里木胡杨林保护区")


@pytest.fixture(scope="module")
def general(models_dir: Path) -> Path:
    path = find_general_model(models_dir)
    assert path is not None, "install libime-data-language-model, or put zh_CN.lm into models/libime-zh-cn"
    return path


def corrector_of(general: Path, sentences: tuple[str, ...], names: tuple[str, ...]) -> Corrector:
    city = CityWording(sentences, names)
    return Corrector(Lexicon(city.words), LanguageModel(general, city))


@pytest.fixture(scope="module")
def sentences() -> tuple[str, ...]:
    from tickets.city.loading import read_city

    return tuple(sentence for _, sentence in read_city().wording)


@pytest.fixture(scope="module")
def corrector(general: Path, sentences: tuple[str, ...]) -> Corrector:
    return corrector_of(general, sentences, ())


def meant(corrector: Corrector, text: str, confidence: float) -> str:
    result = list(text)
    for edit in corrector.propose([Character(c, confidence) for c in text]):
        result[edit.start : edit.end] = edit.text
    return "".join(result)


@pytest.mark.parametrize(
    ("heard", "said"),
    [("拉鸡桶放在窗户底下", "垃圾桶放在窗户底下"), ("公告贴在物业办公事里面", "公告贴在物业办公室里面")],
)
def test_words_that_make_no_sense_become_words_that_sound_alike(corrector: Corrector, heard: str, said: str) -> None:
    assert meant(corrector, heard, 0.4) == said


@pytest.mark.parametrize(
    "text", ["小区里面的路灯坏了三天没有人来修理", "一三九零零一二三四五六", "我不知道应该找哪个部门反映这个问题"]
)
def test_sensible_text_that_was_heard_surely_stays(corrector: Corrector, text: str) -> None:
    assert meant(corrector, text, 0.95) == text


def test_said_digits_are_never_changed(corrector: Corrector) -> None:
    said = "电话是六六二零七三八八找爱会计"
    digits = [c for c in meant(corrector, said, 0.1) if c in "零一二三四五六七八九"]
    assert "".join(digits) == "六六二零七三八八"


def test_a_name_of_the_city_is_found_by_its_sound(
    general: Path, sentences: tuple[str, ...], corrector: Corrector
) -> None:
    informed = corrector_of(general, sentences, ("翠泰花园", "学府社区"))
    assert meant(informed, "我住在催太花园三号楼", 0.5) == "我住在翠泰花园三号楼"
    assert "翠泰" not in meant(corrector, "我住在催太花园三号楼", 0.5)


def test_unrelated_names_do_no_harm(general: Path, sentences: tuple[str, ...], corrector: Corrector) -> None:
    other = corrector_of(general, sentences, UNRELATED)
    for text, confidence in (
        ("小区里面的路灯坏了三天没有人来修理", 0.6),
        ("楼上漏水把我家天花板泡了物业不管", 0.6),
        ("公园门口每天晚上跳广场舞声音太大", 0.6),
        ("拉鸡桶放在窗户底下", 0.4),
        ("公事贴在物业办公事里面的玻璃上", 0.4),
        ("我在单位多你打我坐鸡吧", 0.4),
    ):
        assert meant(other, text, confidence) == meant(corrector, text, confidence)
