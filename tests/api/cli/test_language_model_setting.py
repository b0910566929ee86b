"""One setting brings a language model in; without it nobody is asked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings, get_settings

CALL = {"id": "a", "caller_number": "13800001234", "turns": [{"role": "citizen", "text": "我姓郝，光明路的路灯不亮。"}]}


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[tuple[str, str | None, bytes]]]]:
    """An endpoint whose answer the machine can't use, and what reached it."""
    received: list[tuple[str, str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, self.headers["Authorization"], body))
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", received
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_the_setting_decides_whether_it_is_asked(
    endpoint: tuple[str, list[tuple[str, str | None, bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, received = endpoint
    calls = tmp_path / "calls.jsonl"
    calls.write_text(json.dumps(CALL), encoding="utf-8")
    monkeypatch.setenv("HOTLINE_AUTOMATIC_PRECISION", "1")
    alone = CliRunner().invoke(app, ["structure", str(calls)])
    assert received == []
    get_settings.cache_clear()
    monkeypatch.setenv("HOTLINE_LLM_URL", url)
    monkeypatch.setenv("HOTLINE_LLM_MODEL", "qwen")
    monkeypatch.setenv("HOTLINE_LLM_API_KEY", "geheim")
    asked = CliRunner().invoke(app, ["structure", str(calls)])
    [(path, key, body)] = received
    assert (path, key) == ("/v1/chat/completions", "Bearer geheim")
    assert json.loads(body)["model"] == "qwen"
    assert "郝" not in body.decode()
    before, after = (json.loads(result.stdout)["ticket"] for result in (alone, asked))
    assert after.pop("reasons") == [*before.pop("reasons"), "语言模型复核未完成（服务返回503），以本机判断为准。"]
    assert after == before


def test_the_key_is_a_secret() -> None:
    settings = Settings(_env_file=None, llm_url="http://127.0.0.1:1/v1", llm_api_key="geheim")  # type: ignore[call-arg, arg-type]
    assert "geheim" not in repr(settings)
    assert "geheim" not in repr(settings.language_model())
    assert Settings(_env_file=None).language_model() is None  # type: ignore[call-arg]
