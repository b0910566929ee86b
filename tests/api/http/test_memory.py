import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

KEY = "a-key-that-a-script-made-for-itself"
SERVE = """
import sys
from pathlib import Path
import uvicorn
from api.app import create_app
from api.settings import Settings
settings = Settings(_env_file=None, data_dir=Path(sys.argv[1]), database_url=sys.argv[2], api_key=sys.argv[3])
uvicorn.run(create_app(settings), port=0, log_level="info")
"""
MEGABYTE = 1024 * 1024


@pytest.fixture
def server(tmp_path: Path, sqlite_url: str) -> Iterator[tuple[psutil.Process, int]]:
    """A server in a process of its own, and its port."""
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), sqlite_url, KEY], stderr=output)
    try:
        until = time.monotonic() + 60
        while not (found := re.search(r"running on http://127.0.0.1:(\d+)", log.read_text())):
            assert time.monotonic() < until
            time.sleep(0.05)
        yield psutil.Process(process.pid), int(found[1])
    finally:
        process.terminate()
        process.wait(20)


def upload(port: int, megabytes: int) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    tail = b"\r\n--b--\r\n"
    length = len(head) + megabytes * MEGABYTE + len(tail)
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(
            f"POST /v1/recordings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        connection.sendall(head)
        block = os.urandom(MEGABYTE)
        for _ in range(megabytes):
            connection.sendall(block)
        connection.sendall(tail)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


@pytest.mark.parametrize("megabytes", [200, pytest.param(1024, marks=pytest.mark.long)])
def test_memory_stays_flat_however_large_the_recording(server: tuple[psutil.Process, int], megabytes: int) -> None:
    process, port = server
    assert upload(port, 1).startswith(b"HTTP/1.1 202")
    peak_before = peak(process)
    assert upload(port, megabytes).startswith(b"HTTP/1.1 202")
    grown = peak(process) - peak_before
    assert grown < 50 * MEGABYTE


def peak(process: psutil.Process) -> int:
    """The most memory that the process has ever held, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024
