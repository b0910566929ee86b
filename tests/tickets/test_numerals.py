import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.language.numerals import in_normal_digits, numerals, read_count, read_digits, read_number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("两千八", 2800),
        ("一万二", 12_000),
        ("五六千", 5000),
        ("一百零五", 105),
        ("三万八千六百", 38_600),
        ("一亿两千万", 120_000_000),
        ("三点五万", 35_000),
        ("3万8", 38_000),
        ("1.2万", 12_000),
        ("38万", 380_000),
        ("一零一", 101),
        ("十二", 12),
        ("廿六", 26),
        ("两万零三百", 20_300),
        ("三千零五十", 3050),
        ("一百二", 120),
    ],
)
def test_spoken_numbers(said: str, value: float) -> None:
    assert read_number(said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [("五六", 5), ("七八", 7), ("两三", 2), ("三五", 3), ("五三", 53), ("三十五六", 35), ("56", 56), ("一百二", 120)],
)
def test_an_approximate_count_is_its_lower_value(said: str, value: float) -> None:
    assert read_count(said) == value


@pytest.mark.parametrize("said", ["", "什么", "十来", "一" * 40])
def test_what_is_no_number(said: str) -> None:
    assert read_number(said) is None


@given(st.integers(min_value=1, max_value=99_999_999))
def test_reads_what_cn2an_writes(value: int) -> None:
    assert read_number(cn2an.an2cn(value)) == value


@given(st.integers(min_value=2, max_value=9), st.integers(min_value=1, max_value=9))
def test_last_unit_left_out(high: int, low: int) -> None:
    digits = "零一二三四五六七八九"
    assert read_number(f"{digits[high]}千{digits[low]}") == high * 1000 + low * 100
    assert read_number(f"{digits[high]}万{digits[low]}") == high * 10_000 + low * 1000


@given(st.text(alphabet="0123456789", min_size=3, max_size=12))
def test_digits_read_out_one_by_one(digits: str) -> None:
    said = digits.translate(str.maketrans("0123456789", "洞幺二三四五六拐八勾"))
    assert read_digits(said) == digits


def test_addresses_in_normal_digits() -> None:
    assert in_normal_digits("三号楼二单元五零一") == "3号楼2单元501"
    assert in_normal_digits("十二楼") == "12楼"


@given(st.text(alphabet="零一二两三四五六七八九十百千万亿点幺0123456789.半多，", max_size=60))
def test_any_string_of_number_characters_is_survived(text: str) -> None:
    for numeral in numerals(text):
        assert text[numeral.start : numeral.end]
        assert numeral.value >= 0
    in_normal_digits(text)
