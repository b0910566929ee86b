from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import get_settings
from api.storage.unit_of_work import Database


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", f"sqlite:///{tmp_path / 'hotline.sqlite'}")
    get_settings.cache_clear()
    yield CliRunner()  # type: ignore[misc]
    get_settings.cache_clear()


def test_accounts_are_made_listed_reset_and_disabled(run: CliRunner) -> None:
    made = run.invoke(app, ["accounts", "add", "boss", "--name", "张三", "--role", "admin"])
    assert made.exit_code == 0, made.output
    password = made.stdout.strip()
    assert len(password) == 19
    typed = run.invoke(
        app,
        ["accounts", "add", "li", "--name", "李四", "--role", "operator", "--password-stdin"],
        input="my own first one\n",
    )
    assert typed.exit_code == 0
    assert "my own" not in typed.output
    again = run.invoke(app, ["accounts", "reset", "boss"])
    assert again.stdout.strip() not in {"", password}
    assert run.invoke(app, ["accounts", "disable", "li"]).exit_code == 0
    listed = run.invoke(app, ["accounts", "list"]).stdout
    assert "李四" in listed
    assert "disabled" in listed
    database = Database(get_settings().database)
    with database.reading() as uow:
        assert [account.must_change_password for account in uow.accounts.all()] == [True, True]
    database.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "b c", "--name", "x", "--role", "admin"], "login"),
        (["add", "bc", "--name", "x", "--role", "king"], "role"),
        (["disable", "nobody"], "no account"),
        (["reset", "nobody"], "no account"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(run: CliRunner, arguments: list[str], told: str) -> None:
    result = run.invoke(app, ["accounts", *arguments])
    assert result.exit_code != 0
    assert told in result.output


def test_the_last_administrator_stays(run: CliRunner) -> None:
    run.invoke(app, ["accounts", "add", "boss", "--name", "张三", "--role", "admin"])
    assert run.invoke(app, ["accounts", "disable", "boss"]).exit_code != 0
    assert run.invoke(app, ["accounts", "add", "boss", "--name", "张三", "--role", "admin"]).exit_code != 0
