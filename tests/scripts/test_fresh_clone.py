"""The README's commands, run in a fresh clone as a user runs them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from api.settings import get_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The committed state, and nothing else, in a folder of its own."""
    target = tmp_path / "hotline"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


@pytest.fixture
def surroundings(clone: Path) -> Mapping[str, str]:
    """The packages and weights of this run are reused; the code that runs is the clone's."""
    own = {
        "HOTLINE_VENV": sys.prefix,
        "HOTLINE_MODELS_DIR": str(get_settings().models_path.resolve()),
        "PYTHONPATH": str(clone),
        "HOTLINE_PORT": str(_free_port()),
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HOTLINE_", "PYTEST_"))}
    return inherited | own


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_once_ends_in_the_ticket_of_the_sample(clone: Path, surroundings: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["scripts/run", "--once"], cwd=clone, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "处置" in done.stdout
    assert "主办" in done.stdout
    result = json.loads((clone / "var/sample.jsonl").read_text(encoding="utf-8"))
    assert result["transcript"]["segments"]
    assert result["ticket"]["disposition"] == "dispatch"


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_run_serves_the_console_at_the_address_that_it_prints(clone: Path, surroundings: Mapping[str, str]) -> None:
    with subprocess.Popen(
        ["scripts/run"], cwd=clone, env=surroundings, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            address, key = _address(_lines(process))
            assert "<script" in httpx.get(f"{address}/").raise_for_status().text
            assert httpx.get(f"{address}/v1/calls").status_code == 401
            calls = httpx.get(f"{address}/v1/calls", headers={"Authorization": f"Bearer {key}"})
            assert calls.raise_for_status().json()["items"] == []
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_bare_clone_installs_everything_itself(clone: Path) -> None:
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("HOTLINE_", "PYTEST_", "PYTHONPATH"))}
    done = subprocess.run(["scripts/run", "--once"], cwd=clone, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "主办" in done.stdout


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    yield from process.stdout


def _address(lines: Iterator[str]) -> tuple[str, str]:
    seen: list[str] = []
    for line in lines:
        seen.append(line)
        if found := re.search(r"(http://\S+?)/#key=(\S+)", re.sub(r"\x1b\[[0-9;]*m", "", line)):
            return found[1], found[2]
    raise AssertionError("no address was printed:\n" + "".join(seen))
