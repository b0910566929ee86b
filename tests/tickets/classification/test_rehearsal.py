from pathlib import Path

from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.classification.rehearsal import Material, rehearse
from tickets.classification.validation import confusions, figures_of, validate
from tickets.language.sounds import syllable


def test_the_same_seed_gives_the_same_calls(worded_city: Path) -> None:
    city = load_city(worded_city)
    material = Material.of(city.wording)
    first = list(rehearse(city, material, 1, 3))
    assert first == list(rehearse(city, material, 1, 3))
    assert first != list(rehearse(city, material, 2, 3))
    assert {call.code for call in first} == {code for code, _ in city.wording}


def test_a_call_tells_its_matter_its_place_and_the_lawful_channel(worded_city: Path) -> None:
    city = load_city(worded_city)
    calls = list(rehearse(city, Material.of(city.wording), 0, 20))
    lines = {code: [text for other, text in city.wording if other == code] for code, _ in city.wording}
    for call in calls:
        said = "".join(turn.text for turn in call.call.turns if turn.role == "citizen")
        assert any(place.name in said for place in city.places)
    unslipped = [
        call for call in calls if any(line in turn.text for line in lines[call.code] for turn in call.call.turns)
    ]
    assert len(unslipped) > len(calls) / 2
    redirected = [call for call in calls if call.code == "XX01"]
    told = [any("法院/仲裁/复议机关" in turn.text for turn in call.call.turns) for call in redirected]
    assert sum(told) > len(told) / 2


def test_slips_keep_the_sound() -> None:
    material = Material.of([("UT09", "公积金提取"), ("UT08", "公鸡金")])
    assert set(material.alike[syllable("积")]) == {"积", "鸡"}


def test_cross_validation_tests_every_utterance_on_a_model_that_never_saw_it(worded_city: Path) -> None:
    city = load_city(worded_city)
    validation = validate(city, Gazetteer(city))
    apart = {"EM01", "EM02", "EM03"}
    assert len(validation.utterances) == len({text for code, text in city.wording if code not in apart})
    figures = figures_of(city, validation, 0.95)
    assert figures is not None
    assert 0.6 < figures.utterance_top1 < 0.99
    assert figures.call_top1 > 0.8
    assert figures.calibration_error < 0.1
    assert figures.automatic_precision >= 0.94  # thresholds are set on stories too, the figure is of calls
    wrong = [told for told in validation.utterances.values() if told.guessed != told.code]
    wrong_calls = [call for call in (*validation.calls, *validation.stories) if call.guessed != call.code]
    assert sum(count for _, _, count in confusions(validation)) == len(wrong) + len(wrong_calls)
    assert {call.code for call in validation.stories} >= apart
    assert all(call.kind == "story" for call in validation.stories)


def test_without_wording_nothing_is_tested(small_city: Path) -> None:
    city = load_city(small_city)
    validation = validate(city, Gazetteer(city))
    assert figures_of(city, validation, 0.98) is None
    assert validation.calibration.least_confidence(0.98) > 1
