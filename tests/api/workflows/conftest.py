"""Real worker processes on a database and a store of the test's own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.audio_store import AudioStore, open_audio_store
from api.calls.intake import NewRecording, accept, audio_key
from api.settings import Settings
from api.storage.models import Call, Recording, StepProgress, new_id
from api.storage.models.processing import StepName
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue

ROOT = Path(__file__).parents[3]
MODELS = Path(os.environ.get("HOTLINE_MODELS_DIR", ROOT / "var" / "models"))
STEREO = ROOT / "asr" / "sample_calls" / "stereo-b-021.flac"
MONO = ROOT / "asr" / "sample_calls" / "mono-a-031.flac"


@dataclass
class Plant:
    """A database, an audio store and worker processes, as in a running installation."""

    database: Database
    queue: WorkQueue
    audio: AudioStore
    environment: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        with (self.folder / f"worker-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "api.worker", "--parent", str(os.getpid())],
                env={**self.environment, **environment},
                stderr=log,
                stdout=log,
                process_group=0,
                cwd=self.folder,
            )
        self.processes.append(process)
        return process

    def kill(self) -> None:
        """SIGKILL all workers, then wait until they are gone."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def logs(self) -> str:
        """What all workers have written."""
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("worker-*.log")))

    def receive(self, source: Path, **given: Any) -> Recording:
        """Take a recording in as the API does."""
        identifier = new_id("rec")
        self.audio.put(audio_key(identifier), source)
        new = NewRecording(identifier, audio_key(identifier), source.name, source.stat().st_size, "0" * 64, **given)
        with self.database.transaction() as uow:
            return accept(uow, self.queue, new).recording

    def recording(self, recording_id: str) -> Recording:
        """The recording as stored now."""
        with self.database.reading() as uow:
            recording = uow.recordings.get(recording_id)
            assert recording is not None
            return recording

    def call(self, call_id: str) -> Call:
        """The call with all that belongs to it, as stored now."""
        with self.database.reading() as uow:
            call = uow.calls.get_full(call_id)
            assert call is not None
            return call

    def step(self, subject_id: str, name: StepName) -> StepProgress | None:
        """How far a step is."""
        with self.database.reading() as uow:
            return uow.processing.step(subject_id, name)

    def wait(
        self, condition: Callable[[], Any], seconds: float = 120, pause: float = 0.05, *, alive: bool = True
    ) -> Any:
        """Wait until ``condition`` gives something; fails with the workers' logs, at once where all have ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            value = condition()
            if value:
                return value
            if alive and self.processes and all(process.poll() is not None for process in self.processes):
                pytest.fail(f"all workers have ended; they wrote:\n{self.logs()[-6000:]}")
            time.sleep(pause)
        pytest.fail(f"still waiting after {seconds} s; the workers wrote:\n{self.logs()[-6000:]}")

    def wait_for_end(self, call_id: str, seconds: float = 240) -> Call:
        """Wait until a call has its dispatched ticket, or has failed."""

        def ended() -> Call | None:
            call = self.call(call_id)
            return call if call.state in {"ticketed", "failed"} else None

        call: Call = self.wait(ended, seconds)
        return call


@pytest.fixture
def plant(database: Database, tmp_path: Path) -> Iterator[Plant]:
    """An installation without workers yet. Nothing settles, hearts beat fast, the dead are adopted soon."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")},
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "HOTLINE_DATA_DIR": str(tmp_path / "data"),
        "HOTLINE_MODELS_DIR": str(MODELS),
        "HOTLINE_DATABASE_URL": database.url,
        "HOTLINE_SETTLE_TIME": "0",
        "HOTLINE_HEARTBEAT": "0.5",
        "HOTLINE_WORKER_DEAD_AFTER": "3",
        "HOTLINE_WORKER_NICE": "0",
    }
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url=database.url,
        _env_file=None,  # type: ignore[call-arg]
    )
    queue = WorkQueue(database.url, settings.settle_time * 0)
    plant = Plant(database, queue, open_audio_store(settings), environment, tmp_path)
    yield plant
    plant.kill()
    queue.close()
