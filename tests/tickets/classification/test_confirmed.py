import json
from pathlib import Path
from typing import Any

import pytest

from tickets.city import load_city
from tickets.classification.confirmed import add_confirmed, confirmed_calls, confirmed_version
from tickets.classification.store import wording_version
from tickets.classification.training import train_classifiers
from tickets.errors import CityError


def line(number: int, text: str, code: str | None, **confirmed: Any) -> dict[str, Any]:
    turns = [
        {"role": "operator", "text": "您好，请讲。"},
        {"role": "citizen", "text": text},
        {"role": "operator", "text": "您贵姓？电话是这个吗？"},
        {"role": "citizen", "text": "我姓欧阳，电话幺三八零零零零一一一一。"},
        {"role": "operator", "text": "好的，欧阳女士，登记了。"},
    ]
    gold = {"category": code, "contact": {"surname": "欧阳", "callback_number": "13800001111"}, **confirmed}
    return {"id": f"call-{number}", "caller_number": "13800001111", "turns": turns, "gold": gold}


TOLD = (
    ("UT09", "我们巷子口那盏灯坏了小半年，黑灯瞎火的。"),
    ("UT09", "灯杆上的灯泡一闪一闪，后来干脆不亮。"),
    ("CG01", "推车卖菜的把盲道堵死了，轮椅都过不去。"),
    ("CG01", "夜里烤串的桌子摆到马路中间，车没法走。"),
)
ASKED = {"UT09": "巷子里头的灯泡坏了，走夜路黑灯瞎火。", "CG01": "烤串的推车堵在路中间，轮椅过不去。"}


def test_name_and_number_are_not_kept(small_city: Path) -> None:
    city = load_city(small_city)
    assert add_confirmed(city, [line(1, "三号楼五零一门口的灯坏了。", "UT09", place={"detail": "3号楼"})]) == ("UT09",)
    [kept] = confirmed_calls(city)
    assert kept.ticket == {"category": "UT09", "place": {"detail": "3号楼"}}
    stored = (small_city / "confirmed" / "calls.jsonl").read_text(encoding="utf-8")
    for secret in ("欧阳", "幺三八", "一一一一", "13800001111"):
        assert secret not in stored
    assert "三号楼五零一门口的灯坏了" in stored
    assert "灯坏了" in kept.wording
    assert "电话" not in kept.wording


def test_each_confirmed_call_is_learnt_once(small_city: Path) -> None:
    city = load_city(small_city)

    def margin() -> float:
        model = train_classifiers(city).matter
        shares = [model.probabilities(model.decide([(text, 1.0)])) for text in ASKED.values()]
        return sum(float(share[model.labels.index(code)]) for share, code in zip(shares, ASKED, strict=True))

    before, version = margin(), wording_version(city)
    calls = [line(number, text, code) for number, (code, text) in enumerate(TOLD)]
    assert add_confirmed(city, calls) == ("UT09", "UT09", "CG01", "CG01")
    assert add_confirmed(city, calls) == ()
    assert len(confirmed_calls(city)) == 4
    assert margin() > before + 0.1
    assert wording_version(city) != version


def test_a_call_without_a_matter_is_learnt_and_one_without_an_answer_is_not(small_city: Path) -> None:
    city = load_city(small_city)
    added = add_confirmed(city, [line(1, "打错了打错了。", None, disposition="none"), line(2, "灯坏了。", None)])
    assert added == ("NONE",)


def test_an_unknown_code_is_refused(small_city: Path) -> None:
    city = load_city(small_city)
    with pytest.raises(ValueError, match="ZZ99"):
        add_confirmed(city, [line(1, TOLD[0][1], "ZZ99")])
    assert confirmed_version(city) == b""


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ('{"id": "a"}', "turns"),
        ("{", "Expecting"),
        (json.dumps({"turns": [], "gold": {"category": "ZZ99"}}), "ZZ99"),
    ],
)
def test_a_wrong_line_is_said_with_its_file_and_number(small_city: Path, wrong: str, problem: str) -> None:
    (small_city / "confirmed").mkdir()
    (small_city / "confirmed" / "old.jsonl").write_text(f"\n{wrong}\n", encoding="utf-8")
    with pytest.raises(CityError, match=f"old.jsonl:2: .*{problem}"):
        confirmed_calls(load_city(small_city))
