from pathlib import Path

import pytest

from api.settings import get_settings
from dialect_models.tuning.label_writing import WRITINGS, Writing, choose, likelihoods, written
from dialect_models.tuning.manifest import Utterance

CALL = Path(__file__).parents[3] / "asr" / "sample_calls" / "stereo-b-021.flac"
SAID = Utterance(CALL, "b-021", 0, "operator", 0.4, 3.4, "您好，云江市政务服务热线。", "mandarin")


def test_a_text_is_written_in_each_script_and_folded() -> None:
    said = "佢哋唔系电话"
    assert {writing.name: writing.write(said, "cantonese") for writing in WRITINGS} == {
        "simplified": said,
        "simplified-folded": "他们不是电话",
        "traditional": "佢哋唔系電話",
        "traditional-folded": "他們不是電話",
    }
    (utterance,) = written([SAID], Writing("traditional"))
    assert utterance.text == "您好，雲江市政務服務熱線。"


def test_the_words_heard_are_kept_however_likely_the_folded_text() -> None:
    found = dict.fromkeys(WRITINGS, -30.0) | {Writing("traditional"): -20.0, Writing("traditional", folded=True): -5.0}
    assert choose(found) == Writing("traditional")


def test_simplified_characters_stay_unless_others_are_clearly_likelier() -> None:
    found = dict.fromkeys(WRITINGS, -30.0) | {Writing("traditional"): -28.0}
    assert choose(found) == Writing("simplified")


@pytest.mark.model
def test_the_base_model_finds_what_was_said_likelier_than_other_words() -> None:
    base = get_settings().models_path / "whisper-base"
    found, other = (
        likelihoods(base, [Utterance(CALL, "b-021", 0, "operator", 0.4, 3.4, text, "mandarin")])
        for text in (SAID.text, "今晚食咗饭未呀，一齐去睇戏")
    )
    assert found[Writing("simplified")] == found[Writing("simplified", folded=True)]
    assert max(found.values()) > max(other.values())
