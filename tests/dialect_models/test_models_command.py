"""``hotline models``: the catalogue as a user sees it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import get_settings
from dialect_models.card import CARD_FILE, Figure, ModelCard, ModelFile, load_card, write_card
from dialect_models.weights import sha256_of


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder with one model that was made here."""
    folder = tmp_path / "models" / "our-wu"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"weights")
    files = (ModelFile("model.bin", sha256_of(folder / "model.bin"), ()),)
    figures = (Figure("wu", 61.5, "our calls", "telephone", "2026-11-24", "hotline models gate our-wu"),)
    card = ModelCard("our-wu", "speech", 'tuned on "our" calls', "ours", "whisper-base", files, dialects=("wu",))
    from dataclasses import replace

    write_card(replace(card, figures=figures), folder / CARD_FILE)
    monkeypatch.setenv("HOTLINE_MODELS_DIR", str(tmp_path / "models"))
    get_settings.cache_clear()
    yield tmp_path / "models"
    monkeypatch.undo()
    get_settings.cache_clear()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["models", *words])
    return done.exit_code, done.output


def test_a_written_card_is_read_back_the_same(models: Path) -> None:
    path = models / "our-wu" / CARD_FILE
    card = load_card(path, "our-wu")
    write_card(card, path)
    assert load_card(path, "our-wu") == card
    assert (card.source, card.description) == ("folder", 'tuned on "our" calls')


def test_the_list_has_what_is_here_and_what_could_be_had(models: Path) -> None:
    code, output = run("list", "--json")
    cards = {card["name"]: card for card in json.loads(output)}
    assert code == 0
    assert cards["our-wu"]["here"] is True
    assert cards["whisper-large-v3"] | {"here": False, "source": "hub"} == cards["whisper-large-v3"]
    assert "our-wu" in run("list", "--dialect", "wu")[1]
    assert "our-wu" not in run("list", "--dialect", "minnan")[1]


def test_show_tells_measured_figures_from_the_publishers(models: Path) -> None:
    assert "wu 61.5 % (measured, our calls, telephone)" in " ".join(run("show", "our-wu")[1].split())
    assert "publisher's" in run("show", "whisper-small-cantonese")[1]


def test_verify_finds_a_changed_byte_and_remove_asks(models: Path) -> None:
    assert run("verify", "our-wu")[0] == 0
    (models / "our-wu" / "model.bin").write_bytes(b"weightz")
    code, output = run("verify", "our-wu")
    assert code == 1
    assert "sha256" in output
    code, output = run("remove", "our-wu")
    assert code == 1
    assert "--yes" in output
    assert run("remove", "our-wu", "--yes")[0] == 0
    assert not (models / "our-wu").exists()


def test_nothing_comes_from_a_hub_before_the_licence_was_agreed_to(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = run("fetch", "whisper-small-cantonese")
    assert code == 1
    assert "Apache-2.0" in output
    assert "--yes" in output
    assert not (models / "whisper-small-cantonese").exists()


def test_a_card_with_a_figure_of_unknown_origin_is_refused(models: Path) -> None:
    code, output = run("show", "our-wu")
    assert code == 0, output
    path = models / "our-wu" / CARD_FILE
    path.write_text(path.read_text().replace("hotline models gate our-wu", ""))
    code, output = run("list")
    assert code == 1
    assert "needs either the command" in " ".join(output.split())
