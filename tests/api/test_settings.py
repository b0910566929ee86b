"""Settings as an environment holds them."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from api.settings import Settings

DURATIONS = [name for name, field in Settings.model_fields.items() if field.annotation is timedelta]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HOTLINE_{name.upper()}", raising=False)


@pytest.mark.parametrize("name", DURATIONS)
def test_every_duration_may_be_given_in_seconds(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HOTLINE_WORKER_DEAD_AFTER", "50000")
    monkeypatch.setenv(f"HOTLINE_{name.upper()}", "43200")
    assert getattr(Settings(_env_file=None), name) == timedelta(hours=12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"HEARTBEAT": "30", "WORKER_DEAD_AFTER": "30"},
        {"HEARTBEAT": "0"},
        {"SESSION_LIFETIME": "-1"},
        {"FETCH_TIMEOUT": "0"},
        {"SETTLE_TIME": "-1"},
        {"SETTLE_TIME": "soon"},
    ],
)
def test_durations_that_cannot_be_meant_are_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    with pytest.raises(ValidationError):
        Settings(_env_file=None)
