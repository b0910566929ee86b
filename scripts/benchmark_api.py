"""Measures how fast the API answers while its workers transcribe on all cores.

Starts the real server with real workers on a folder of its own, keeps both workers busy with the sample calls, and
asks from this process over several connections. Prints a Markdown table; exits 1 where a p99 is over the limit.

    .venv/bin/python scripts/benchmark_api.py [--seconds 60] [--workers 2] [--connections 4] [--limit 50]
"""

import argparse
import http.client
import io
import json
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = sorted((ROOT / "asr" / "sample_calls").glob("*.flac"))
BUSY_SHARE = 0.5
"""Of the time that the workers could run, how much they must have run for the measurement to count."""


class Connection:
    """A kept-alive connection with the key."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of one request."""
        self._connection.request(method, path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        return response.status, response.read()

    def json(self, path: str) -> Any:
        """The JSON at ``path``."""
        status, body = self.ask("GET", path)
        assert status == 200, (path, status, body[:300])
        return json.loads(body)

    def send(self, name: str, audio: bytes) -> Any:
        """Post a recording; gives what was answered."""
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: audio/wav\r\n\r\n"
        )
        body = head.encode() + audio + f"\r\n--{boundary}--\r\n".encode()
        content_type = f"multipart/form-data; boundary={boundary}"
        status, answer = self.ask("POST", "/v1/recordings", body, **{"Content-Type": content_type})
        assert status == 202, (status, answer[:300])
        return json.loads(answer)


@contextmanager
def running_server(folder: Path, workers: int, key: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The server process and its port; it is stopped at the end."""
    environment = {
        **os.environ,
        "HOTLINE_DATA_DIR": str(folder),
        "HOTLINE_MODELS_DIR": os.environ.get("HOTLINE_MODELS_DIR", str(ROOT / "var" / "models")),
        "HOTLINE_API_KEY": key,
        "HOTLINE_LOG_FORMAT": "json",
    }
    command = [str(Path(sys.executable).with_name("hotline")), "serve", "--port", "0", "--workers", str(workers)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log, text=True)
        try:
            yield server, _port(server, folder / "log")
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()


def _port(server: subprocess.Popen[str], log: Path) -> int:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-3000:]}")


def short_wav() -> bytes:
    """Half a second of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8000))
    return buffer.getvalue()


def fill(connection: Connection, recordings: int) -> list[dict[str, Any]]:
    """Post the sample calls in turn."""
    files = [SAMPLES[number % len(SAMPLES)] for number in range(recordings)]
    return [connection.send(file.name, file.read_bytes()) for file in files]


def wait_until_busy(connection: Connection, workers: int) -> None:
    """Wait until every worker is at a recognition step."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        under_way = sum(
            len(connection.json(f"/v1/recordings?state={state}")["items"]) for state in ("diarizing", "transcribing")
        )
        if under_way >= workers:
            return
        time.sleep(0.5)
    raise SystemExit("the workers did not begin to transcribe")


def worker_processes(server: subprocess.Popen[str]) -> list[psutil.Process]:
    """The workers that the server has started."""
    children = psutil.Process(server.pid).children(recursive=True)
    return [child for child in children if "api.worker" in " ".join(child.cmdline())]


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """User and system time of ``processes`` so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def measure(
    questions: dict[str, Callable[[Connection], None]], port: int, key: str, connections: int, seconds: float
) -> dict[str, list[float]]:
    """Milliseconds of each request: every connection asks all ``questions`` in turn, with a short rest."""
    taken: dict[str, list[float]] = defaultdict(list)
    ends = time.monotonic() + seconds

    def ask_in_turn(offset: int) -> None:
        connection = Connection(port, key)
        names = list(questions)
        turn = offset
        while time.monotonic() < ends:
            name = names[turn % len(names)]
            started = time.perf_counter()
            questions[name](connection)
            taken[name].append((time.perf_counter() - started) * 1000)
            turn += 1
            time.sleep(0.02)

    threads = [threading.Thread(target=ask_in_turn, args=(3 * number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def questions_on(sent: list[dict[str, Any]]) -> dict[str, Callable[[Connection], None]]:
    """What is asked, by name."""
    recording, call = sent[0]["links"]["self"], sent[0]["links"]["call"]
    small = short_wav()

    def get(path: str, expected: int = 200, **headers: str) -> Callable[[Connection], None]:
        def ask(connection: Connection) -> None:
            status, body = connection.ask("GET", path, **headers)
            assert status == expected, (path, status, body[:300])

        return ask

    return {
        "GET /healthz": get("/healthz"),
        "GET /v1/recordings/{id}": get(recording),
        "GET /v1/recordings?limit=50": get("/v1/recordings?limit=50"),
        "GET /v1/calls/{id}": get(call),
        "GET /v1/calls?limit=20": get("/v1/calls?limit=20"),
        "GET /v1/calls/{id}/ticket": get(f"{call}/ticket"),
        "GET /v1/calls/{id}/transcript": get(f"{call}/transcript"),
        "GET /v1/alerts": get("/v1/alerts"),
        "GET …/audio, 64 KiB range": get(f"{recording}/audio", 206, Range="bytes=0-65535"),
        "POST /v1/recordings, 8 KB": lambda connection: connection.send("short.wav", small) and None,
    }


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--recordings", type=int, default=24)
    parser.add_argument("--limit", type=float, default=50, help="milliseconds that no p99 may be over")
    given = parser.parse_args()
    key = secrets.token_urlsafe(32)
    with (
        tempfile.TemporaryDirectory(prefix="hotline-benchmark-") as folder,
        running_server(Path(folder), given.workers, key) as (server, port),
    ):
        connection = Connection(port, key)
        # One call is done first, so that there are a transcript and a ticket to ask for.
        sent = fill(connection, 1)
        until = time.monotonic() + 600
        while connection.json(sent[0]["links"]["call"])["state"] not in {"ticketed", "failed"}:
            assert time.monotonic() < until, "the first call is not done"
            time.sleep(0.5)
        fill(connection, given.recordings)
        wait_until_busy(connection, given.workers)
        workers = worker_processes(server)
        before, started = cpu_seconds(workers), time.monotonic()
        taken = measure(questions_on(sent), port, key, given.connections, given.seconds)
        used = (cpu_seconds(workers) - before) / (time.monotonic() - started)
        waiting = len(Connection(port, key).json("/v1/recordings?state=received&limit=200")["items"])
    return report(taken, used, waiting, given)


def report(taken: dict[str, list[float]], used: float, waiting: int, given: argparse.Namespace) -> int:
    """Print the table; the exit status."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{given.workers} workers transcribing on {cores} cores used {used:.2f} cores; load average {load:.1f};")
    print(f"{given.connections} connections for {given.seconds:.0f} s; {waiting} recordings still waited at the end.\n")
    print("| request | n | p50 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|")
    worst = 0.0
    everything: list[float] = []
    for name, times in taken.items():
        everything += times
        worst = max(worst, _row(name, times))
    _row("all", everything)
    # On a machine that others use too, workers get less than their cores; they must have been at work all the same.
    if not waiting and used < BUSY_SHARE:
        print("\nThe workers ran out of work: send more with --recordings.")
        return 1
    return int(worst > given.limit)


def _row(name: str, times: list[float]) -> float:
    p99 = statistics.quantiles(times, n=100, method="inclusive")[98]
    print(f"| {name} | {len(times)} | {statistics.median(times):.1f} | {p99:.1f} | {max(times):.1f} |")
    return p99


if __name__ == "__main__":
    sys.exit(main())
