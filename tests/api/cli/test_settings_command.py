from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings, get_settings

ROOT = Path(__file__).parents[3]


def test_secrets_and_passwords_in_addresses_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "postgresql+psycopg://hotline:geheim@db/hotline")
    monkeypatch.setenv("HOTLINE_ALERT_WEBHOOK_URL", "https://alerts.example/hook?token=geheim")
    monkeypatch.setenv("HOTLINE_HUB_TOKEN", "geheim")
    monkeypatch.setenv("COLUMNS", "400")
    get_settings.cache_clear()
    try:
        shown = CliRunner().invoke(app, ["settings"]).output
    finally:
        get_settings.cache_clear()
    assert "geheim" not in shown
    assert "postgresql+psycopg://hotline:••••@db/hotline" in shown


def test_the_documented_table_is_what_the_command_prints() -> None:
    table = CliRunner().invoke(app, ["settings", "--markdown"]).output.strip()
    documented = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert table in documented, "put the output of `hotline settings --markdown` into docs/operations.md"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
