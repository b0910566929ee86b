"""The real server with a worker and real models, and a real browser in front of it."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import asr
from api.page import BUILT_PAGE
from api.settings import Settings, get_settings
from tests.web.operators import Operators
from tests.web.recognised import RecognisedCalls

RECORDING = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
"""A report of danger at work that the machine is unsure of: it waits for a person, and hides who called."""
PROCESSING_SECONDS = 400
PATIENCE_MS = 30_000

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip


class ConsoleServer:
    """``hotline serve`` in a folder of its own; it can be stopped and started again on the same port."""

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        self.key = secrets.token_urlsafe(24)
        self._data_dir = data_dir
        self._options = dict(options or {})
        self._port = "0"
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        """Start and wait until requests are answered."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "PYTEST_"))}
        own = {
            "HOTLINE_DATA_DIR": str(self._data_dir),
            "HOTLINE_MODELS_DIR": str(get_settings().models_path.resolve()),
            "HOTLINE_API_KEY": self.key,
            "HOTLINE_SETTLE_TIME": "0",
            # The tests wait for the worker: it stands back no further than they do.
            "HOTLINE_WORKER_NICE": "0",
        }
        with (self._data_dir / "serve.log").open("w") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).with_name("hotline")), "serve", "--port", self._port],
                env=inherited | own | self._options,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        self.address = self._await_address()
        self._port = self.address.rsplit(":", 1)[1]

    def stop(self) -> None:
        """Stop server and workers as a service manager does."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(60)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Stopped within, started again after."""
        self.stop()
        yield
        self.start()

    @property
    def settings(self) -> Settings:
        """Where the server keeps what it knows."""
        return Settings(_env_file=None, data_dir=self._data_dir)

    def ask(self, path: str) -> Any:
        """The JSON that the API answers to the server's own key."""
        answer = httpx.get(self.address + path, headers={"Authorization": f"Bearer {self.key}"})
        return answer.raise_for_status().json()

    def ticket(self, call_id: str) -> Any:
        """The ticket of a call, once it is dispatched or waits for a person."""
        until = time.monotonic() + PROCESSING_SECONDS
        while time.monotonic() < until:
            call = self.ask(f"/v1/calls/{call_id}")
            assert call["error"] is None
            if call["state"] == "ticketed":
                return call["ticket"]
            time.sleep(0.1)
        raise AssertionError(call)

    def _await_address(self) -> str:
        assert self._process
        log = self._data_dir / "serve.log"
        for _ in range(600):
            assert self._process.poll() is None, log.read_text()[-2000:]
            if found := re.findall(r"listens on (http://\S+)", log.read_text()):
                return str(found[-1])
            time.sleep(0.2)
        raise AssertionError(log.read_text()[-2000:])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleServer]:
    """The product, running."""
    assert (BUILT_PAGE / "index.html").is_file(), "Build the page first: cd web && npm ci && npm run build"
    running = ConsoleServer(tmp_path_factory.mktemp("console"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def address(server: ConsoleServer) -> str:
    """Where the page is."""
    return server.address


@pytest.fixture
def key(server: ConsoleServer) -> str:
    """A key with all scopes."""
    return server.key


@pytest.fixture
def ask(server: ConsoleServer) -> Callable[[str], Any]:
    """What the API itself says, to compare the page with."""
    return server.ask


@pytest.fixture
def outage(server: ConsoleServer) -> Callable[[], AbstractContextManager[None]]:
    """Takes the server away for a while."""
    return server.outage


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. What is expected of its pages may take its time on a machine that does other work too."""
    expect.set_options(timeout=PATIENCE_MS)
    assert CHROMIUM.exists(), "The page's tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a session, on the smallest screen that the page is made for."""
    # axe is put into the page by the test alone; the page's own policy would rightly refuse it. Without motion, what it
    # sees is not half faded in.
    fresh = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", bypass_csp=True, reduced_motion="reduce"
    )
    fresh.set_default_timeout(PATIENCE_MS)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab in which nothing may go wrong unseen: an uncaught error of the page fails the test."""
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    assert errors == []


@pytest.fixture
def console(page: Page, server: ConsoleServer) -> Page:
    """The page, signed in by the address that the start script prints."""
    page.goto(f"{server.address}/#key={server.key}")
    page.wait_for_url(f"{server.address}/calls")
    return page


@pytest.fixture(scope="session")
def operators(server: ConsoleServer) -> Operators:
    """Accounts of persons with a password of their own: two operators, a supervisor, an administrator."""
    return Operators(server.address, server.key)


@pytest.fixture(scope="session")
def waiting(server: ConsoleServer) -> Iterator[Callable[[str], Any]]:
    """A ticket that waits for a person, made of a real recording by the real models; one for each name."""
    calls = RecognisedCalls(server.settings, server.address, server.key, RECORDING)
    made: dict[str, Any] = {}

    def ticket(source: str) -> Any:
        if source not in made:
            made[source] = server.ticket(calls.call(source))
            assert made[source]["state"] == "待审核"
        return made[source]

    yield ticket
    calls.close()


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Keeps what is to be seen in the folder of HOTLINE_SCREENSHOTS, where that is set (`npm run screenshots`)."""
    folder = os.environ.get("HOTLINE_SCREENSHOTS")

    def take(name: str) -> None:
        if folder:
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / name)

    return take
