"""A real OpenID Connect provider in a process of its own, and a relay before it that can change its answers."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

FREE = "127.0.0.1", 0
KEPT = {"content-type", "location"}
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
BARE = httpx.Client(timeout=30, verify=PLAIN, trust_env=False)


class Relay(ThreadingHTTPServer):
    """Passes everything on to ``upstream`` under this address, which the provider therefore takes for its own."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(FREE, _Passing)
        self.upstream = upstream
        self.alter: dict[str, Callable[[httpx.Response], bytes]] = {}
        """What is answered instead, by path."""
        self.asked: list[tuple[str, bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def user(self, subject: str, **claims: Any) -> None:
        """Let the provider know a person."""
        assert BARE.put(f"{self.url}/users/{subject}", json=claims).status_code == 204

    def approve(self, address: str, subject: str) -> str:
        """Sign in at the provider; where it sends the browser then."""
        answer = BARE.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def token_requests(self) -> list[dict[str, list[str]]]:
        """What was sent to the token endpoint."""
        return [parse_qs(body.decode()) for path, body in self.asked if path == "/oauth2/token"]


class _Passing(BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((path, body))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        answer = BARE.request(self.command, f"{self.server.upstream}{self.path}", headers=headers, content=body)
        alter = self.server.alter.get(path)
        content = alter(answer) if alter else answer.content
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name in KEPT:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_GET  # noqa: N815 -- as the standard library calls them

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider(*arguments: str) -> Iterator[str]:
    """The address of a provider in a process of its own."""
    with socket.socket() as free:
        free.bind(FREE)
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), *arguments],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        ends = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
