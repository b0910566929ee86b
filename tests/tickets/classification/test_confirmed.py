from pathlib import Path

import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.classification.confirmed import add_confirmed, wording_of
from tickets.classification.training import train_classifiers


def call(number: int, text: str) -> Call:
    turns = (
        Turn("operator", "您好，请讲。"),
        Turn("citizen", text),
        Turn("operator", "您贵姓？电话是这个吗？"),
        Turn("citizen", "我姓欧阳，电话幺三八零零零零一一一一。"),
    )
    return Call(f"call-{number}", turns)


TOLD = (
    ("UT09", "我们巷子口那盏灯坏了小半年，黑灯瞎火的。"),
    ("UT09", "灯杆上的灯泡一闪一闪，后来干脆不亮。"),
    ("CG01", "推车卖菜的把盲道堵死了，轮椅都过不去。"),
    ("CG01", "夜里烤串的桌子摆到马路中间，车没法走。"),
)
ASKED = {"UT09": "巷子里头的灯泡坏了，走夜路黑灯瞎火。", "CG01": "烤串的推车堵在路中间，轮椅过不去。"}


def test_name_and_number_stay_out(small_city: Path) -> None:
    line = wording_of(call(1, "三号楼五零一门口的灯坏了。"))
    assert "欧阳" not in line
    assert "幺三八" not in line
    assert "五零一" not in line
    assert "灯坏了" in line


def test_each_confirmed_call_is_learnt_once(small_city: Path) -> None:
    def margin() -> float:
        model = train_classifiers(load_city(small_city)).matter
        shares = [model.probabilities(model.decide([(text, 1.0)])) for text in ASKED.values()]
        return sum(float(share[model.labels.index(code)]) for share, code in zip(shares, ASKED, strict=True))

    before = margin()
    calls = [(call(number, text), code) for number, (code, text) in enumerate(TOLD)]
    assert add_confirmed(load_city(small_city), small_city, calls) == ("UT09", "UT09", "CG01", "CG01")
    assert add_confirmed(load_city(small_city), small_city, calls) == ()
    assert len(load_city(small_city).wording) == 4
    assert margin() > before + 0.1


def test_an_unknown_code_is_refused(small_city: Path) -> None:
    with pytest.raises(ValueError, match="ZZ99"):
        add_confirmed(load_city(small_city), small_city, [(call(1, TOLD[0][1]), "ZZ99")])
