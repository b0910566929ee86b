"""Real speech, and the other programs that write it in the forms of recorders."""

import ctypes
import ctypes.util
import shutil
import subprocess
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Run = Callable[..., bytes]
AmrWideband = Callable[[Floats, Path, bool], None]


def _program(name: str) -> Run:
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"These tests need the program {name} (Debian: apt-get install sox libsox-fmt-all ffmpeg).")

    def run(*arguments: str | Path, data: bytes = b"") -> bytes:
        done = subprocess.run([path, *map(str, arguments)], input=data, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, f"{name} failed: {done.stderr.decode(errors='replace')}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def sox() -> Run:
    return _program("sox")


@pytest.fixture(scope="session")
def ffmpeg() -> Run:
    program = _program("ffmpeg")
    return lambda *arguments, **options: program("-v", "error", "-nostdin", "-y", *arguments, **options)


@pytest.fixture(scope="session")
def amr_wideband() -> AmrWideband:
    """Writes 16 kHz mono samples as an AMR-WB file; Debian's sox and ffmpeg are built without that encoder."""
    name = ctypes.util.find_library("vo-amrwbenc")
    if name is None:
        pytest.fail("These tests need the AMR-WB encoder (Debian: apt-get install libvo-amrwbenc0).")
    library = ctypes.CDLL(name)
    library.E_IF_init.restype = ctypes.c_void_p

    def write(samples: Floats, path: Path, pauses: bool) -> None:
        state = ctypes.c_void_p(library.E_IF_init())
        coded = ctypes.create_string_buffer(64)
        speech = np.round(samples * 32767).astype("<i2")
        with path.open("wb") as file:
            file.write(b"#!AMR-WB\n")
            for frame in speech[: len(speech) // 320 * 320].reshape(-1, 320):
                count = library.E_IF_encode(
                    state, 8, np.ascontiguousarray(frame).ctypes.data_as(ctypes.c_void_p), coded, int(pauses)
                )
                file.write(coded.raw[:count])
        library.E_IF_exit(state)

    return write


def _sample_call(name: str, tmp_path_factory: pytest.TempPathFactory, seconds: float) -> Path:
    with as_file(files("asr") / "sample_calls" / name) as source:
        samples, rate = soundfile.read(source, dtype="int16")
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    soundfile.write(path, samples[: round(seconds * rate)], rate, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def mono_speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of a rendered call, 8 kHz, one channel, 16-bit WAV."""
    return _sample_call("mono-a-031.flac", tmp_path_factory, 12)


@pytest.fixture(scope="session")
def stereo_speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty seconds of a rendered call, 8 kHz, a party a channel, 16-bit WAV."""
    return _sample_call("stereo-b-021.flac", tmp_path_factory, 30)


@pytest.fixture(params=["mono_speech", "stereo_speech"])
def speech(request: pytest.FixtureRequest) -> Path:
    """The one, then the other."""
    path = request.getfixturevalue(request.param)
    assert isinstance(path, Path)
    return path
