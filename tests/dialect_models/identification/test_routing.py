"""Which speech model hears a dialect."""

from dialect_models.card import ModelCard
from dialect_models.identification.routing import speech_model_for


def _card(name: str, *dialects: str, task: str = "speech") -> ModelCard:
    return ModelCard(name, task, "", "MIT", "", dialects=dialects)  # type: ignore[arg-type]


CARDS = (
    _card("base"),
    _card("south", "cantonese", "hakka"),
    _card("yue", "cantonese"),
    _card("voices", "wu", task="embedding"),
)


def test_the_model_for_the_fewest_dialects_hears_it() -> None:
    assert speech_model_for("cantonese", "base", {}, CARDS) == "yue"
    assert speech_model_for("hakka", "base", {}, CARDS) == "south"


def test_the_general_model_hears_what_has_no_model_of_its_own() -> None:
    for label in ("mandarin", "wu", "unknown"):
        assert speech_model_for(label, "base", {}, CARDS) == "base"
    assert speech_model_for("cantonese", "base", {}, ()) == "base"


def test_a_general_model_meant_for_the_dialect_stays() -> None:
    assert speech_model_for("cantonese", "zz-yue", {}, (*CARDS, _card("zz-yue", "cantonese"))) == "zz-yue"


def test_a_citys_own_choice_goes_first() -> None:
    assert speech_model_for("cantonese", "base", {"cantonese": "/models/ours"}, CARDS) == "/models/ours"
    assert speech_model_for("unknown", "base", {"unknown": "/models/ours"}, CARDS) == "base"
