import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.call import CHINA_STANDARD_TIME, Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.language.numerals import in_normal_digits, numerals
from tickets.structuring import structure
from tickets.summary import write_title, written

CITY = load_city()
DUTIES = CITY.duty_by_code
GAZETTEER = Gazetteer(CITY)
PLACES = [place for place in CITY.places if place.kind in {"estate", "venue", "village", "road"}]
WORDING = [words for _, words in CITY.wording]
FRAME_WORD = 3
"""Shorter pieces are the frame's own words (投诉, 诉求)."""


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("不是我不交物业费，是他们不管事", "不是我不交物业费，是他们不管事"),
        ("对方把我撞了", "对方把我撞了"),
        ("这个月停水三次", "这个月停水三次"),
        ("那个小区的门坏了", "那个小区的门坏了"),
        ("师傅态度很差", "师傅态度很差"),
        ("楼下新开了一家酒吧，半夜还放歌", "楼下新开了一家酒吧，半夜还放歌"),
        ("他在网吧", "他在网吧"),
        ("他说，那个阀门坏了", "他说，那个阀门坏了"),
        ("喂狗的老太太天天来", "喂狗的老太太天天来"),
        ("嗯，那个，就是说，路灯坏了呀", "路灯坏了"),
        ("哎呀，你好，我要反映一个事吧，楼道堵了", "我要反映一个事，楼道堵了"),
        ("你好像没听懂", "你好像没听懂"),
    ],
)
def test_fillers_go_and_no_word_of_the_matter(said: str, kept: str) -> None:
    assert written(said) == kept


def test_a_title_keeps_to_what_was_said() -> None:
    assert write_title(DUTIES["TR02"], None, "投诉", said="路口红绿信号灯坏了") == "信号灯"
    assert write_title(DUTIES["TR02"], None, "投诉", said="坏了") == "信号灯与交通标志"
    assert write_title(DUTIES["EM03"], None, "求助", danger="摔得动不了") == "紧急警情：摔得动不了"
    assert write_title(DUTIES["UT09"], None, "求助", sure=False) == "路灯不亮（待核实）"
    assert write_title(DUTIES["UT09"], None, "求助", sure=False, guessed=True) == "诉求待核实"


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A call made up of a city's wording, a place, a door and a sum, as citizens and operators say them."""
    place = draw(st.sampled_from(PLACES))
    door = f"{draw(st.integers(1, 30))}号楼{draw(st.integers(1, 4))}单元"
    told = draw(st.lists(st.sampled_from(WORDING), min_size=1, max_size=5))
    turns = [Turn("operator", "您好，请讲。")]
    for words in told:
        turns += [Turn("citizen", words), Turn("operator", "嗯，您说。")]
    turns += [Turn("operator", "在什么位置？"), Turn("citizen", f"{place.name}，{door}。")]
    turns += [Turn("operator", "贵姓？"), Turn("citizen", "免贵姓郜。"), Turn("operator", "电话是来电这个吗？")]
    turns += [Turn("citizen", f"对。花了{draw(st.integers(10, 9999))}块，希望退给我。")]
    started_at = datetime(2026, 5, 20, 20, 0, tzinfo=CHINA_STANDARD_TIME)
    return Call("made", tuple(turns), started_at=started_at, caller_number="13800001234")


@settings(max_examples=60, deadline=None)
@given(calls())
def test_title_and_summary_invent_no_number_name_or_place(call: Call) -> None:
    ticket = structure(call, CITY)
    said = "\n".join(turn.text for turn in call.turns)
    heard = {option.place.name for match in GAZETTEER.find(said) for option in match.options}
    numbers = {numeral.value for numeral in numerals(said)} | {
        numeral.value for numeral in numerals(in_normal_digits(said))
    }
    duty = DUTIES[ticket.category].level1 + DUTIES[ticket.category].level2 if ticket.category else ""
    for text in (ticket.title, ticket.summary):
        for match in GAZETTEER.find(text):
            assert heard & {option.place.name for option in match.options} or text[match.start : match.end] in duty
        assert {numeral.value for numeral in numerals(text)} <= numbers | {n.value for n in numerals(duty)}
        assert "郜" not in text
    for clause in re.split(r"[，。：；！？…、,\s]", ticket.summary.replace("来电人", "")):
        assert len(clause) < FRAME_WORD or any(is_subsequence(clause, turn.text) for turn in call.turns), clause


def is_subsequence(part: str, whole: str) -> bool:
    """Whether the characters of a part stand in a text in their order: fillers may be left out, nothing added."""
    rest = iter(whole)
    return all(character in rest for character in part)
