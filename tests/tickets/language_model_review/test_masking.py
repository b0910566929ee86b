"""No form in which callers tell name and number reaches a language model; measured on confirmed calls."""

import json
import re
from pathlib import Path

import pytest

from tests.tickets.hostile_transcripts import hostile_call
from tickets.call import Call
from tickets.city import load_city
from tickets.conversation import Conversation
from tickets.evidence import distinct
from tickets.fields.callback import read_callback
from tickets.fields.contact import read_caller
from tickets.language_model_review.masking import Masked, mask

CONFIRMED = Path(__file__).parents[3] / "tickets" / "sample_city" / "confirmed"
FIGURES = str.maketrans("零〇一二两三四五六七八九幺洞拐勾", "0012234567891079")
TITLES = "先生|女士|小姐|师傅|阿姨|大爷|大叔|大哥|大姐|老师|同志|大妈|婆婆|奶奶"


def masked(call: Call) -> Masked:
    conversation = Conversation(call)
    caller, callback = read_caller(conversation), read_callback(conversation)
    said = [*caller.evidence["surname"], *caller.evidence["gender"], *callback.evidence]
    return mask(conversation, distinct(said), caller.surname)


def call(*exchange: str) -> Call:
    turns = [{"role": "operator" if index % 2 == 0 else "citizen", "text": text} for index, text in enumerate(exchange)]
    return Call.from_json({"id": "t", "caller_number": "13800001234", "turns": turns})


@pytest.mark.parametrize(
    ("exchange", "gone"),
    [
        (("您贵姓？", "姓郝。"), ["郝"]),
        (("请讲。", "我姓欧阳，路灯坏了好几天了，你们快点来修一下吧，电话打我手机。"), ["欧阳"]),
        (("请讲。", "我叫郝建国，要投诉。", "好的，郝建国先生。", "对。"), ["郝", "建国"]),
        (("请讲。", "路灯坏了。", "郝女士，请稍等。", "好。"), ["郝"]),
        (("请讲。", "路灯坏了。", "仉先生还是仉女士？", "女士。"), ["仉"]),
        (("请讲。", "弓长张的张，路灯坏了。"), ["弓长张"]),
        (("请讲。", "打我电话13800001234，路灯坏了。"), ["13800001234"]),
        (("请讲。", "打我电话138-0000-1234，路灯坏了。"), ["138", "0000", "1234"]),
        (("请讲。", "打我电话１３８００００１２３４，路灯坏了。"), ["１３８"]),
        (("请讲。", "我的号是幺三八，呃，零零零零，然后是，幺二三四。"), ["幺三八", "零零零零", "幺二三四"]),
        (("号码？", "幺三八", "嗯。", "零零零零", "还有呢？", "一二三四"), ["幺三八", "零零零零", "一二三四"]),
        (("请讲。", "路灯坏了。", "我念一下，一三八零零零零一二三四，对吗？", "对。"), ["一三八零", "一二三四"]),
        (("请讲。", "座机是零五七一，八八六六，七七八八。"), ["零五七一", "八八六六", "七七八八"]),
        (("请讲。", "身份证三三零一零二一九八零零一零一一二三四。"), ["三三零一", "一二三四"]),
    ],
)
def test_names_and_numbers_are_gone_however_they_are_said(exchange: tuple[str, ...], gone: list[str]) -> None:
    made = call(*exchange)
    result = masked(made)
    for words in gone:
        assert words not in "".join(result.texts), words
    assert [result.restored(text) for text in result.texts] == [turn.text for turn in made.turns]


@pytest.mark.parametrize(
    "said",
    [
        "欠我三千五百块。",
        "四十个人都没拿到工资。",
        "打12345打了三次。",
        "二零二五年的事。",
        "我们高空抛物没人管。",
        "十二号楼后面，黄色的。",
    ],
)
def test_the_matter_stays_readable(said: str) -> None:
    assert masked(call("请讲。", said)).texts[1] == said


def test_nothing_of_a_caller_gets_through_in_the_confirmed_calls() -> None:
    """Of over 500 reference calls: no four figures in a row of a number, no surname as a name."""
    number_leaks, name_leaks, calls = [], [], 0
    for file in sorted(CONFIRMED.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)
            made, contact = Call.from_json(data), data["gold"].get("contact") or {}
            text = re.sub("〔[^〕]*〕", "#", "\n".join(masked(made).texts))
            figures = re.sub(r"[\s，,、。.\-嗯啊呃]", "", text).translate(FIGURES)
            calls += 1
            for number in {made.caller_number, contact.get("callback_number")} - {None}:
                if any(number[start : start + 4] in figures for start in range(len(number) - 3)):
                    number_leaks.append(data["id"])
            surname = contact.get("surname")
            if surname and re.search(rf"姓{surname}|{surname}[\u4e00-\u9fff]{{0,2}}(?:{TITLES})", text):
                name_leaks.append(data["id"])
    assert calls > 500
    assert number_leaks == []
    assert name_leaks == []


def test_hostile_transcripts_are_masked_and_restored() -> None:
    places = [place.name for place in load_city().places]
    for number in range(78):
        made = Call.from_json(hostile_call(number, places))
        conversation = Conversation(made)
        result = mask(conversation, (), None)
        assert len(result.texts) == len(made.turns)
        for turn, text in enumerate(result.texts):
            assert result.restored(text) == conversation.text(turn)
