"""Digits written as words of the same sound are put right where nothing but a digit can stand."""

import pytest

from asr.recognition.spoken_digits import with_digits
from asr.transcript import Word


def words(text: str) -> list[Word]:
    """A word a character, but Arabic figures in groups, as a recogniser writes them."""
    result: list[Word] = []
    for character in text:
        if result and result[-1].text[-1].isdecimal() and character.isdecimal() and character.isascii():
            joined = result[-1].text + character
            result[-1] = Word(0.0, 0.1, joined, 0.9)
        else:
            result.append(Word(0.0, 0.1, character, 0.9))
    return result


def said(text: str) -> str:
    return "".join(word.text for word in with_digits(words(text)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("约5266097103", "15266097103"),
        ("电话要三八，二六六零，九七幺零。", "电话幺三八，二六六零，九七幺零。"),
        ("腰五二六六零九七腰零三", "幺五二六六零九七幺零三"),
        ("139约234林567，对", "13912340567，对"),
        ("幺三九零零林五五六六二", "幺三九零零零五五六六二"),
    ],
)
def test_a_digit_is_put_right_by_its_sound(written: str, meant: str) -> None:
    assert said(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "我要526块钱",
        "我要三十五个",
        "要五二六六零九七幺零三七",
        "约2266097103",
        "第十二林五六",
        "12要34",
        "我打12315要1500块钱赔偿",
        "我打12345要300多天才处理",
        "房租1800要2500押金",
        "工资5000要3000",
        "原来800约1200一个月",
        "登记5800摇300号",
        "约5266097103元",
        "要38266097103个人",
        "",
    ],
)
def test_what_may_be_a_word_stays(text: str) -> None:
    assert said(text) == text
