import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from api.page import ConsolePage

if TYPE_CHECKING:
    from conftest import Served

HTML = {"Accept": "text/html"}


@pytest.fixture
def built(served: "Served", tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with a page as Vite builds it."""
    folder = tmp_path / "web" / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-3f2a.js").write_text("export {}")
    (tmp_path / "web" / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "web" / "secret.txt")
    served.app.router.default = ConsolePage(folder)
    return served.stranger()


def test_the_page_and_its_files_are_cached_as_each_should(built: httpx.Client) -> None:
    page = built.get("/", headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-cache"
    again = built.get("/", headers={**HTML, "If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
    script = built.get("/assets/index-3f2a.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert built.get("/favicon.svg").headers["cache-control"] == "no-cache"
    assert built.head("/").status_code == 200


def test_routes_of_the_page_are_the_page(built: httpx.Client) -> None:
    assert "<title>page" in built.get("/calls/call_1", headers=HTML).text
    for missing, headers in (("/calls/call_1", {}), ("/assets/old-1.js", HTML), ("/v1/none", HTML)):
        assert built.get(missing, headers=headers).status_code == 404
    assert built.post("/calls/call_1", headers=HTML).status_code == 404


def test_the_page_runs_nothing_from_elsewhere(built: httpx.Client) -> None:
    headers = built.get("/", headers=HTML).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not re.search(r"https?:|\*", headers["content-security-policy"])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt",
     "/assets/%2e%2e/%2e%2e/secret.txt", "//etc/passwd", "/\\..\\secret.txt", "/link.txt", "/%00", "/" + "a" * 5000],
)  # fmt: skip
def test_nothing_beside_the_page_is_served(built: httpx.Client, path: str) -> None:
    # Clients tidy paths up; this one is sent as it stands.
    with socket.create_connection((built.base_url.host, built.base_url.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer[:200]
    assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1].replace(path.encode(), b"")


def test_an_unbuilt_page_says_how_to_build_it(served: "Served", tmp_path: Path) -> None:
    served.app.router.default = ConsolePage(tmp_path / "none")
    response = served.stranger().get("/", headers=HTML)
    assert response.status_code == 200
    assert "npm run build" in response.text


def test_documentation_comes_from_this_server_alone(served: "Served") -> None:
    stranger = served.stranger()
    page = stranger.get("/docs")
    assert page.status_code == 200
    assert not re.search(r'(?:src|href)="https?:', page.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert stranger.get(address).status_code == 200
    assert "'sha256-" in page.headers["content-security-policy"]
    assert stranger.get("/openapi.json").status_code == 200
