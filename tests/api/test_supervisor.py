"""The workers that a server starts."""

import pytest

from api.settings import Settings
from api.supervisor import WorkerSupervisor


@pytest.mark.parametrize(
    ("name", "workers", "expected"),
    [("desk", 1, ["desk"]), ("desk", 2, ["desk-1", "desk-2"]), (None, 2, [None, None])],
)
def test_each_worker_has_a_name_of_its_own(
    monkeypatch: pytest.MonkeyPatch, name: str | None, workers: int, expected: list[str | None]
) -> None:
    if name:
        monkeypatch.setenv("HOTLINE_WORKER_ID", name)
    else:
        monkeypatch.delenv("HOTLINE_WORKER_ID", raising=False)
    supervisor = WorkerSupervisor(Settings(_env_file=None, workers=workers))
    assert [supervisor._environment(number).get("HOTLINE_WORKER_ID") for number in range(workers)] == expected
