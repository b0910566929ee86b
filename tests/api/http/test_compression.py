"""What goes out compressed: pages, files and JSON; never audio or events."""

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from api.page import ConsolePage
from api.security.keys import Scope

if TYPE_CHECKING:
    from conftest import Served

SCRIPT = "export const names = " + str([f"街道{number}" for number in range(500)])
AUDIO = bytes(100_000)


def raw(client: httpx.Client, url: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """Headers and the body as it came over the wire, of a client that accepts gzip."""
    with client.stream("GET", url, headers={"Accept-Encoding": "gzip", **headers}) as response:
        assert response.status_code in {200, 206}
        return response.headers, b"".join(response.iter_raw())


def test_json_is_compressed_where_the_client_accepts_it(everything: httpx.Client) -> None:
    headers, body = raw(everything, "/v1/city")
    plain = everything.get("/v1/city", headers={"Accept-Encoding": "identity"})
    assert headers["content-encoding"] == "gzip"
    assert "accept-encoding" in headers["vary"].lower()
    assert gzip.decompress(body) == plain.content
    assert len(body) < len(plain.content) / 2
    assert "content-encoding" not in plain.headers


def test_files_of_the_page_are_compressed_and_asked_for_once(served: "Served", tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-3f2a.js").write_text(SCRIPT)
    served.app.router.default = ConsolePage(tmp_path)
    headers, body = raw(served.stranger(), "/assets/index-3f2a.js")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body).decode() == SCRIPT
    # A strong tag would say that both forms are the same bytes.
    assert headers["etag"].startswith('W/"')
    again = served.stranger().get("/assets/index-3f2a.js", headers={"If-None-Match": headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("media_type", ["audio/wav", "text/plain"])
def test_audio_never_is(everything: httpx.Client, media_type: str) -> None:
    sent = everything.post("/v1/recordings", files={"file": ("a.wav", AUDIO, media_type)}).json()
    headers, body = raw(everything, sent["links"]["audio"])
    assert "content-encoding" not in headers
    assert body == AUDIO
    headers, body = raw(everything, sent["links"]["audio"], Range="bytes=10-5009")
    assert "content-encoding" not in headers
    assert (headers["content-range"], body) == ("bytes 10-5009/100000", AUDIO[10:5010])


def test_events_come_at_once_and_plain(served: "Served") -> None:
    client = served.client(Scope.INTAKE, Scope.REVIEW)
    sent = client.post("/v1/recordings", files={"file": ("a.wav", AUDIO)}).json()
    with client.stream("GET", sent["links"]["events"], headers={"Accept-Encoding": "gzip"}) as response:
        assert "content-encoding" not in response.headers
        assert next(response.iter_raw()).startswith(b"event: progress")
