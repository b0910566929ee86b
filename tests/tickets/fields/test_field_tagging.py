"""The learned reading of the place's detail and the party: its parts by themselves."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields.place import locate, mentions
from tickets.fields.tagging import crf
from tickets.fields.tagging.candidates import detail_candidates, pieces
from tickets.fields.tagging.features import Encoded, encode
from tickets.fields.tagging.labels import align, as_said, detail_labels, party_labels
from tickets.fields.tagging.normalised import normalise
from tickets.fields.tagging.store import load, save
from tickets.fields.tagging.training import example, train

GAZETTEER = Gazetteer(load_city())


def encoded(*exchange: str) -> Encoded:
    turns = tuple(Turn("operator" if index % 2 == 0 else "citizen", text) for index, text in enumerate(exchange))
    conversation = Conversation(Call("test", turns))
    return encode(conversation, locate(conversation, mentions(conversation, GAZETTEER)), None)


def marked(call: Encoded, labels: np.ndarray) -> list[str]:
    return [
        "".join(letter for letter, label in zip(turn.text, labels[start:], strict=False) if label)
        for turn, start in zip(call.turns, call.starts, strict=True)
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("三号楼二单元五零一", "3号楼2单元501"),
        ("马路对过那个店", "对面那个店"),
        ("第十二栋楼底下", "第12栋楼下"),
        ("没有数字", "没有数字"),
        ("", ""),
    ],
)
def test_words_as_a_ticket_writes_them(said: str, written: str) -> None:
    found = normalise(said)
    assert found.text == written
    assert len(found.spans) == len(written)
    assert all(said[first:end] for first, end in found.spans)


def test_a_value_is_found_with_what_is_said_in_between() -> None:
    said = "就在老供销社那个大门的东侧"
    assert "".join(said[index] for index in align("老供销社大门东侧", said)) == "老供销社大门东侧"
    assert align("望江", "没有") == []


def test_labels_stand_where_the_value_is_said() -> None:
    call = encoded("哪里？", "紫馨湾三号楼，不对，五号楼二单元。", "紫馨湾五号楼二单元，对吗？", "对。")
    assert marked(call, detail_labels(call, "5号楼2单元")) == ["", "5号楼2单元", "5号楼2单元", ""]
    assert not detail_labels(call, None).any()
    firm = encoded("哪家公司？", "恒馨物业，他们不管。")
    assert marked(firm, party_labels(firm, "恒馨物业")) == ["", "恒馨物业"]


def test_each_turn_is_labelled_with_the_part_that_it_says() -> None:
    call = encoded("哪里？", "紫馨湾北门对面，吵死了。", "是什么？", "一个工地。")
    assert marked(call, detail_labels(call, "北门对面工地")) == ["", "北门对面", "", "工地"]
    twice = encoded("哪里？", "紫馨湾北门旁的老铁烧烤。", "老铁烧烤，叫什么？", "老铁烧烤。")
    assert marked(twice, detail_labels(twice, "北门旁老铁烧烤"))[1:] == ["北门旁老铁烧烤", "老铁烧烤", "老铁烧烤"]


def test_names_of_places_are_masked() -> None:
    one, other = encoded("哪里？", "紫馨湾五号楼。"), encoded("哪里？", "水星里五号楼。")
    assert one.names[1][0].own and (one.names[1][0].start, one.names[1][0].end) == (0, 3)
    first, second = (call.codes[call.starts[1] + 4] for call in (one, other))
    different = (first != second).sum()
    assert different < len(first) / 4


def test_a_detail_in_pieces() -> None:
    assert pieces("2期3号楼2单元501门前") == [
        ("area", "2期"),
        ("building", "3号楼"),
        ("unit", "2单元"),
        ("room", "501"),
        ("words", "门前"),
    ]


def test_the_corrected_number_is_a_candidate_and_parts_of_two_turns_join() -> None:
    call = encoded("哪里？", "紫馨湾三号楼，不对，五号楼。", "几单元？", "二单元。")
    texts = {
        candidate.text
        for candidate in detail_candidates(
            call, np.full(len(call.codes), 0.5), np.zeros(len(call.codes)), on_road=False
        ).found
    }
    assert {"5号楼", "2单元", "5号楼2单元"} <= texts


def test_parts_of_three_turns_and_the_partys_name_are_put_together_as_a_ticket_writes_them() -> None:
    call = encoded("哪家？", "叫老铁烧烤，油烟大。", "在哪里？", "紫馨湾，楼下。", "几号楼？", "四号楼。")
    text = "".join(turn.text for turn in call.turns)
    telling, naming = np.zeros(len(text)), np.zeros(len(text))
    for chances, words in ((telling, ("楼下", "4号楼")), (naming, ("老铁烧烤",))):
        for word in words:
            chances[text.index(word) : text.index(word) + len(word)] = 0.9
    found = {candidate.text: candidate for candidate in detail_candidates(call, telling, naming, on_road=False).found}
    assert "老铁烧烤" in found
    assert [call.turns[part.turn].text[part.start : part.end] for part in found["4号楼楼下"].parts] == ["4号楼", "楼下"]
    assert "4号楼老铁烧烤楼下" in found


def test_a_call_without_words_has_no_candidates() -> None:
    call = encoded("", "")
    assert detail_candidates(call, np.zeros(len(call.codes)), np.zeros(len(call.codes)), on_road=False).found == ()
    assert encoded().codes.shape[0] == 0


def test_the_tagger_learns_a_pattern_and_is_the_same_each_time() -> None:
    calls = [encoded("哪里？", f"紫馨湾{number}号楼，漏水。") for number in "一二三四五六七八"]
    codes = np.concatenate([call.codes for call in calls])
    clauses = np.concatenate([call.clauses + 100 * index for index, call in enumerate(calls)])
    labels = np.concatenate([detail_labels(call, as_said(call.turns[1].text[3:6])) for call in calls])
    tagger = crf.train(codes, clauses, labels)
    unseen = encoded("哪里？", "水星里九号楼，停电。")
    chances = tagger.inside(unseen.codes, unseen.clauses)[:, 0]
    text = "".join(turn.text for turn in unseen.turns)
    assert {text[index] for index in np.flatnonzero(chances > 0.5)} == set("9号楼")
    assert ((chances >= 0) & (chances <= 1)).all()
    again = crf.train(codes, clauses, labels)
    assert np.array_equal(tagger.weights, again.weights)


def test_the_chances_of_a_sequence_are_those_of_all_its_labellings() -> None:
    generator = np.random.default_rng(1)
    emission = generator.normal(size=(3, crf.LABELS)).astype(np.float32)
    following, first = generator.normal(size=(3, 3)), generator.normal(size=3)
    scores = np.zeros((3, 3, 3))
    for a, b, c in np.ndindex(3, 3, 3):
        scores[a, b, c] = (
            first[a] + emission[0, a] + following[a, b] + emission[1, b] + following[b, c] + emission[2, c]
        )
    likely = np.exp(scores) / np.exp(scores).sum()
    tagger = crf.Tagger(np.arange(3, dtype=np.int32), emission, following[None], first[None])
    inside = tagger.inside(np.arange(3, dtype=np.int32)[:, None], np.ones(3, np.int32))[:, 0]
    wanted = [1 - likely[0].sum(), 1 - likely[:, 0].sum(), 1 - likely[:, :, 0].sum()]
    assert inside == pytest.approx(wanted, abs=1e-5)


def test_fields_tagged_together_are_tagged_as_each_alone() -> None:
    generator = np.random.default_rng(2)
    codes = generator.integers(0, 12, size=(40, 5), dtype=np.int32)
    clauses = np.repeat(np.arange(8, dtype=np.int32), [1, 2, 3, 4, 5, 6, 7, 12])
    taggers = [
        crf.Tagger(
            np.array(features, np.int32),
            generator.normal(size=(len(features), crf.LABELS)).astype(np.float32),
            generator.normal(size=(1, crf.LABELS, crf.LABELS)),
            generator.normal(size=(1, crf.LABELS)),
        )
        for features in (range(9), range(4, 12))
    ]
    together = crf.beside(taggers).inside(codes, clauses)
    for field, tagger in enumerate(taggers):
        assert together[:, field] == pytest.approx(tagger.inside(codes, clauses)[:, 0], abs=1e-6)


def reference(number: str, digit: str) -> dict[str, Any]:
    return {
        "id": number,
        "turns": [
            {"role": "operator", "text": "哪个小区？"},
            {"role": "citizen", "text": f"紫馨湾{number}号楼，恒馨物业不管。"},
        ],
        "gold": {"place": {"detail": f"{digit}号楼"}, "party": "恒馨物业", "disposition": "dispatch"},
    }


def test_models_are_trained_saved_and_checked(tmp_path: Path) -> None:
    lines = [reference(*pair) for pair in zip("一二三四五六七八", "12345678", strict=True)]
    calls = [example(Conversation(Call.from_json(line)), line["gold"], GAZETTEER) for line in lines]
    models = train(calls)
    file = tmp_path / "models.npz"
    save(models, file, len(calls))
    same = load(file)
    assert np.array_equal(same.common, models.common)
    assert np.array_equal(same.rankers["party"].weights, models.rankers["party"].weights)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match="damaged"):
        load(file)
