"""An explanation is the decision taken apart, not a story about it: the parts add up to what the models computed."""

import json
import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.call import Call
from tickets.city import load_city
from tickets.classification.features import grams, masked
from tickets.classification.matter import weighted_texts
from tickets.conversation import Conversation
from tickets.explanation.contributions import contributions, grams_with_places, masked_with_places
from tickets.explanation.explain import Explanation, explain
from tickets.structuring import prepare, structure

CITY = load_city()
MODEL = prepare(CITY).models.matter
SAID = st.text(alphabet="一二三零幺号楼昨天嗯呃那个，。？路灯不亮姓王ab#^$ \n就是说😀", max_size=80)


def call(*exchange: str) -> Call:
    turns = [{"role": "operator" if index % 2 == 0 else "citizen", "text": text} for index, text in enumerate(exchange)]
    return Call.from_json({"id": "t", "caller_number": "13800001234", "turns": turns})


LAMPS = call(
    "您好，请讲。",
    "望江区光明路的路灯从前天晚上就不亮了，嗯，整条街黑乎乎的，一百二十米都没灯。",
    "您贵姓？电话是现在这个吗？",
    "姓郝，对，就打这个号码。",
)
BURNING = call("您好，请讲。", "厨房着火了，烟特别大，老人还在里面没出来，你们快来！")
NOISE_OR_WORKS = call("您好。", "楼下半夜一直在响，吵得睡不着，也不知道是工地还是烧烤店。")


def explained(made: Call) -> Explanation:
    return explain(made, CITY, structure(made, CITY))


@given(SAID)
def test_places_follow_the_very_features_of_the_model(text: str) -> None:
    kept, places = masked_with_places(text)
    assert kept == masked(text)
    assert len(kept) == len(places)
    assert Counter(gram for gram, _, _ in grams_with_places(text)) == grams(text)
    assert all(0 <= start < end <= len(text) for _, start, end in grams_with_places(text))


@settings(max_examples=40, deadline=None)
@given(st.lists(SAID, max_size=6), st.sampled_from(["UT09", "NV01", "CG01"]))
def test_the_parts_add_up_to_the_score(texts: list[str], label: str) -> None:
    weighted = [(text, 1.0 if number % 2 else 0.25) for number, text in enumerate(texts)]
    parts = contributions(MODEL, weighted, [label])
    decided = MODEL.decide(weighted)[MODEL.labels.index(label)]
    assert parts.scores[0] == pytest.approx(float(decided), abs=1e-4)


def test_words_get_what_they_add_and_stand_in_their_turn() -> None:
    made = explained(LAMPS)
    conversation = Conversation(LAMPS)
    modelled = [duty.code for duty in made.duties if duty.score is not None]
    parts = contributions(MODEL, weighted_texts(conversation), modelled)
    for duty in made.duties:
        for words in (*duty.spoke_for, *duty.spoke_against):
            text = LAMPS.turns[words.turn].text
            assert words.words in text
            if duty.code in parts.labels:
                column = parts.by_turn[words.turn][:, parts.labels.index(duty.code)]
                places = [match.start() for match in re.finditer(f"(?={re.escape(words.words)})", text)]
                added = [float(column[start : start + len(words.words)].sum()) for start in places]
                assert any(words.contribution == pytest.approx(value, abs=1e-3) for value in added)
        assert all(words.contribution >= 0 for words in duty.spoke_for)
        assert all(words.contribution < 0 for words in duty.spoke_against)


def test_the_best_duty_is_explained_by_the_words_that_name_it() -> None:
    best, second, third = explained(LAMPS).duties
    assert best.code == "UT09"
    assert any("灯" in words.words for words in best.spoke_for)
    assert best.share >= second.share >= third.share
    assert best.basis
    assert best.compared_with == second.code
    assert second.compared_with == third.compared_with == "UT09"
    with_model = next(duty for duty in (second, third) if duty.score is not None)
    parts = contributions(MODEL, weighted_texts(Conversation(LAMPS)), ["UT09", with_model.code])
    for words in with_model.spoke_for_other:
        start = LAMPS.turns[words.turn].text.index(words.words)
        more, less = parts.by_turn[words.turn][start : start + len(words.words)].sum(axis=0)
        assert words.contribution == pytest.approx(float(more - less), abs=1e-3)
    assert with_model.spoke_for_other


def test_confidence_and_threshold_are_those_of_the_ticket() -> None:
    for made in (LAMPS, NOISE_OR_WORKS, BURNING):
        ticket, explanation = structure(made, CITY), explained(made)
        assert explanation.confidence == ticket.confidence
        assert (explanation.mode, explanation.category) == (ticket.mode, ticket.category)
        odds = sum(signal.contribution for signal in explanation.confidence_signals)
        chance = min(0.995, max(0.01, 1 / (1 + math.exp(-odds))))
        assert explanation.confidence == pytest.approx(chance, abs=2e-3)
        unsure = ticket.confidence < explanation.threshold
        assert unsure == any(reason.startswith("把握不足") for reason in explanation.why_review)
        assert bool(explanation.why_review) == (ticket.mode == "review")


def test_a_danger_is_explained_by_its_words_and_signals() -> None:
    made = explained(BURNING)
    assert made.duties[0].code.startswith("EM")
    assert made.duties[0].score is None
    assert any("火" in words.words for words in made.duties[0].spoke_for)
    assert made.danger_chance is not None
    assert made.danger_chance >= made.danger_bar
    odds = sum(signal.contribution for signal in made.danger_signals)
    assert made.danger_chance == pytest.approx(1 / (1 + math.exp(-odds)), abs=2e-3)


def test_no_matter_says_why() -> None:
    made = explained(call("喂，您好？", "打错了，不好意思。"))
    assert made.why_no_matter
    assert made.category is None


def test_evidence_turns_hold_the_words() -> None:
    made = explained(LAMPS)
    assert {field for turn in made.turns for field in turn.words} >= {"category", "place", "contact"}
    for turn in made.turns:
        for said in turn.words.values():
            assert all(words in turn.text for words in said)
    json.dumps(made.to_json(), ensure_ascii=False)


def test_an_empty_call_is_explained_too() -> None:
    assert np.isfinite(explained(call()).confidence)
