"""Starts the worker processes of a server and keeps them running."""

import os
import subprocess
import sys
import threading
import time
from typing import Final

import structlog

from api.settings import Settings

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
STEADY_AFTER: Final = 60.0
"""Seconds after which a worker counts as well again."""
STOP_WITHIN: Final = 10.0

log = structlog.get_logger(__name__)


class WorkerSupervisor:
    """Runs ``settings.workers`` workers; one that ends is started again after a pause that doubles each time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(number,), name=f"worker-{number}")
            for number in range(settings.workers)
        ]

    def start(self) -> None:
        """Start all workers."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop all workers: SIGTERM, and SIGKILL for one that doesn't heed it."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _environment(self, number: int) -> dict[str, str]:
        threads, name = str(self._settings.threads), self._settings.worker_id
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        if name and self._settings.workers > 1:
            environment["HOTLINE_WORKER_ID"] = f"{name}-{number + 1}"
        return environment

    def _keep(self, number: int) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            process = self._begin(number)
            while process.poll() is None and not self._stop.wait(0.2):
                pass
            if self._stop.is_set():
                _end(process)
                return
            if time.monotonic() - began > STEADY_AFTER:
                pause = FIRST_PAUSE
            log.error("a worker ended; it is started again", number=number, code=process.returncode, seconds=pause)
            self._stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _begin(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "api.worker", "--parent", str(os.getpid())],
            env=self._environment(number),
            # Ctrl-C in a terminal reaches the server alone, which then stops its workers in order.
            start_new_session=False,
            process_group=0,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
