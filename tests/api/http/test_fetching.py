import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from api import fetching
from api.fetching import fetch_recording, is_public
from api.problems import ContentTooLarge, FetchFailed, FetchRefused

AUDIO = bytes(range(256)) * 4000


class Recorder(BaseHTTPRequestHandler):
    """A recording system's file server."""

    protocol_version = "HTTP/1.1"
    seen: list[str]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.seen.append(f"{self.headers['Host']} {self.path}")
        match self.path.partition("?")[0].split("/"):
            case [_, "redirect", *rest]:
                self._answer(302, b"", Location="/".join(rest))
            case [_, "status", code]:
                self._answer(int(code), b"gone")
            case [_, "page"]:
                self._answer(200, b"<html>", **{"Content-Type": "text/html"})
            case [_, "gzip"]:
                self._answer(200, b"....", **{"Content-Encoding": "gzip"})
            case [_, "slow"]:
                self._start(200, len(AUDIO))
                for start in range(0, len(AUDIO), 1000):
                    time.sleep(0.05)
                    self.wfile.write(AUDIO[start : start + 1000])
            case [_, "cut"]:
                self._start(200, len(AUDIO) + 1)
                self.wfile.write(AUDIO)
                self.close_connection = True
            case [_, "endless"]:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while True:
                    self.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            case _:
                self._answer(200, AUDIO, **{"Content-Type": "audio/wav"})

    def _start(self, code: int, length: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _answer(self, code: int, body: bytes, **headers: str) -> None:
        self._start(code, len(body), **headers)
        self.wfile.write(body)


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that go away are what is tested."""


@contextmanager
def recorder(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    seen: list[str] = []
    server = QuietServer(("127.0.0.1", 0), type("Handler", (Recorder,), {"seen": seen}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def port() -> Iterator[int]:
    with recorder() as (port, _):
        yield port


def fetch(
    url: str, *, max_bytes: int = 10_000_000, seconds: float = 10.0, allow_private: bool = True
) -> tuple[bytes, str | None, str | None]:
    async def run() -> tuple[bytes, str | None, str | None]:
        timeout = dt.timedelta(seconds=seconds)
        async with fetch_recording(url, max_bytes=max_bytes, timeout=timeout, allow_private=allow_private) as fetched:
            return b"".join([chunk async for chunk in fetched.chunks]), fetched.filename, fetched.content_type

    return asyncio.run(run())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "169.254.0.23", "100.64.0.1", "100.100.100.200", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250",  # noqa: S104
        "240.0.0.1", "255.255.255.255", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "192.88.99.1", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "2001::1", "2001:db8::1",
        "100::1",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "114.114.114.114", "1.2.3.4", "2001:4860:4860::8888", "240e::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_hidden_in_ipv6_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    assert is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == is_public(address)
    assert not is_public(ipaddress.IPv6Address(b"\x20\x02" + address.packed + bytes(10)))


@given(st.ip_addresses())
def test_what_python_calls_private_never_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global and getattr(address, "ipv4_mapped", None) is None:
        assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "0", "127.0.0.1.", "①②⑦.⓪.⓪.①", "user:word@127.0.0.1",
    ],
)  # fmt: skip
def test_no_way_of_writing_an_inner_address_gets_through(host: str) -> None:
    with recorder() as (port, seen):
        with pytest.raises((FetchRefused, FetchFailed)):
            fetch(f"http://{host}:{port}/a.wav", allow_private=False)
        assert seen == []


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/a", "file:///etc/passwd", "gopher://x", "//example.com/a", "a.wav", "", "http://", "http:///a",
     "http://[::1", "http://a b/", "javascript:alert(1)", "http://\udcff/"],
)  # fmt: skip
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch(url, allow_private=False)


def test_a_recording_arrives_whole_with_its_name(port: int) -> None:
    assert fetch(f"http://127.0.0.1:{port}/calls/%E9%80%9A%E8%AF%9D.wav?sig=x") == (AUDIO, "通话.wav", "audio/wav")


def test_redirects_are_followed_and_each_is_checked(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch(f"http://127.0.0.1:{port}/redirect//calls/b.wav")[:2] == (AUDIO, "b.wav")
    # The first host is outside (it is mapped to the test's server); where it points is inside.
    monkeypatch.setattr(fetching, "is_public", lambda address: str(address) != "127.0.0.2")
    with pytest.raises(FetchRefused):
        fetch(f"http://127.0.0.1:{port}/redirect/http://127.0.0.2:{port}/a.wav", allow_private=False)
    assert fetch(f"http://127.0.0.1:{port}/redirect/http://127.0.0.1:{port}/a.wav", allow_private=False)[0] == AUDIO


@pytest.mark.parametrize(
    ("path", "problem", "says"),
    [
        ("/redirect/file:///etc/passwd", FetchRefused, "http and https"),
        ("/redirect/" * 8, FetchFailed, "redirects"),
        ("/status/403", FetchFailed, "403"),
        ("/status/204", FetchFailed, "204"),
        ("/gzip", FetchFailed, "compressed"),
        ("/cut", FetchFailed, "RemoteProtocolError"),
    ],
)
def test_what_the_other_side_does_wrong_is_said(port: int, path: str, problem: type[Exception], says: str) -> None:
    with pytest.raises(problem) as raised:
        fetch(f"http://127.0.0.1:{port}{path}")
    assert says in raised.value.detail  # type: ignore[attr-defined]
    assert str(port) not in raised.value.detail  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/a.wav", "/endless"])
def test_too_large_a_recording_is_refused(port: int, path: str) -> None:
    with pytest.raises(ContentTooLarge):
        fetch(f"http://127.0.0.1:{port}{path}", max_bytes=1_000_000)


def test_the_whole_time_is_limited_not_each_read(port: int) -> None:
    started = time.monotonic()
    with pytest.raises(FetchFailed) as raised:
        fetch(f"http://127.0.0.1:{port}/slow", seconds=0.5)
    assert "within" in str(raised.value.detail)
    assert time.monotonic() - started < 5


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed):
            fetch(f"http://127.0.0.1:{free.getsockname()[1]}/a.wav")


class NameServer:
    """Answers one name with other addresses each time, as a rebinding name server does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        if host not in {"audio.test", b"audio.test"}:
            return self._real(host, port, *arguments, **named)
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [entry for address in answer for entry in self._real(address, port, *arguments, **named)]


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    names = NameServer(["127.0.0.1"], ["192.0.2.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    with recorder() as (port, seen):
        assert fetch(f"http://audio.test:{port}/a.wav")[0] == AUDIO
        assert seen == [f"audio.test:{port} /a.wav"]
    assert names.asked == 1


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, answer: list[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(answer))
    with recorder() as (port, seen):
        with pytest.raises(FetchRefused):
            fetch(f"http://audio.test:{port}/a.wav", allow_private=False)
        assert seen == []


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(["127.0.0.3", "127.0.0.1"]))
    with recorder() as (port, _):
        assert fetch(f"http://audio.test:{port}/a.wav")[0] == AUDIO


def certificate_for(name: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(encoding))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    return pem, secret


@pytest.mark.parametrize(("name", "trusted"), [("audio.test", True), ("audio.test", False), ("other.test", True)])
def test_the_certificate_is_checked_against_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, trusted: bool
) -> None:
    pem, secret = certificate_for(name, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(["127.0.0.1"]))
    fetching._trusted.cache_clear()
    try:
        with recorder(context) as (port, _):
            if name == "audio.test" and trusted:
                assert fetch(f"https://audio.test:{port}/a.wav")[0] == AUDIO
            else:
                with pytest.raises(FetchFailed):
                    fetch(f"https://audio.test:{port}/a.wav")
    finally:
        fetching._trusted.cache_clear()
