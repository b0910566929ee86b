"""Audio in memory, the two sample calls with the turns they were rendered from, and the packaged models."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr

from asr.diarization.turns import Diarization

RATE = 16_000
SAMPLES = Path(__file__).parents[3] / "asr" / "sample_calls"

Audio = npt.NDArray[np.float32]
Turn = tuple[float, float, str]

# Start and end in seconds of each rendered turn; operator and citizen take turns, the operator begins.
_TIMES = {
    "mono-a-031": [
        (0.5, 3.231), (3.923, 9.936), (10.632, 11.576), (12.186, 23.664), (24.147, 27.023), (27.365, 36.121),
        (35.589, 37.349), (37.686, 43.97), (44.333, 49.14), (48.827, 52.77), (52.371, 55.045), (55.579, 59.119),
        (58.671, 61.116), (61.409, 62.986), (63.486, 72.584), (73.006, 74.838), (75.402, 76.244), (77.023, 77.592),
        (77.954, 82.361), (83.079, 85.28), (85.803, 87.03),
    ],
    "stereo-b-021": [
        (0.5, 3.044), (3.405, 5.251), (5.756, 6.29), (6.671, 21.616), (21.908, 24.195), (24.478, 47.454),
        (48.249, 51.493), (52.065, 65.369), (65.947, 68.604), (68.886, 74.203), (74.706, 77.861), (77.39, 78.243),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class MemoryAudio:
    """Channels × samples at 16 kHz."""

    signal: Audio
    dual_mono: bool = False

    @property
    def channels(self) -> int:
        return len(self.signal)

    @property
    def duration(self) -> float:
        return self.signal.shape[1] / RATE

    def samples(self, channel: int, start: float, end: float) -> Audio:
        return self.signal[channel, max(0, round(start * RATE)) : round(end * RATE)]


@dataclass(frozen=True)
class SampleCall:
    audio: MemoryAudio
    turns: tuple[Turn, ...]


def read_sample(name: str) -> SampleCall:
    data, rate = soundfile.read(SAMPLES / f"{name}.flac", dtype="float32", always_2d=True)
    signal = np.stack([soxr.resample(channel, rate, RATE) for channel in data.T]).astype(np.float32)
    roles = ("operator", "citizen")
    turns = tuple((start, end, roles[i % 2]) for i, (start, end) in enumerate(_TIMES[name]))
    return SampleCall(MemoryAudio(signal), turns)


def error_rate(reference: tuple[Turn, ...], found: Diarization, roles: dict[str, str]) -> float:
    """Missed, false and confused speech over all speech, without a collar."""
    frames = int(max([t[1] for t in reference] + [t.end for t in found.turns]) * 100) + 1
    want, got = ({r: np.zeros(frames, bool) for r in ("operator", "citizen", "other")} for _ in range(2))
    for start, end, role in reference:
        want[role][int(start * 100) : int(end * 100)] = True
    for turn in found.turns:
        got[roles.get(turn.speaker, "other")][int(turn.start * 100) : int(turn.end * 100)] = True
    wanted, had = (sum(track.astype(int) for track in tracks.values()) for tracks in (want, got))
    right = sum((want[role] & got[role]).astype(int) for role in want)
    return float((np.maximum(wanted, had) - right).sum() / np.sum(wanted))


def start_errors(reference: tuple[Turn, ...], found: Diarization, roles: dict[str, str]) -> list[float]:
    starts = [(turn.start, roles.get(turn.speaker)) for turn in found.turns]
    return sorted(min([abs(start - s) for s, r in starts if r == role] + [5.0]) for start, _, role in reference)


def tone(seconds: float, *frequencies: float, on: float = 1.0, every: float = 1.0) -> Audio:
    time = np.arange(int(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * f * time) for f in frequencies)
    return np.asarray(0.2 * wave * ((time % every) < on), np.float32)


def hold_music(seconds: float) -> Audio:
    """A plucked melody over chords."""
    rng = np.random.default_rng(4)
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros_like(time)
    for beat in range(int(seconds * 2)):
        note = [262, 294, 330, 349, 392, 440, 523][rng.integers(7)]
        since = np.clip(time - beat / 2, 0, None)
        for harmonic in (1, 2, 3, 4):
            wave += (since > 0) * np.sin(2 * np.pi * note * harmonic * since) * np.exp(-3 * since) / harmonic
    return np.asarray(0.25 * wave / np.abs(wave).max(), np.float32)


def line_noise(seconds: float, level: float = 0.002) -> Audio:
    return np.asarray(level * np.random.default_rng(9).standard_normal(int(seconds * RATE)), np.float32)


@pytest.fixture(scope="session")
def stereo_call() -> SampleCall:
    return read_sample("stereo-b-021")


@pytest.fixture(scope="session")
def mono_call() -> SampleCall:
    return read_sample("mono-a-031")


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where ``hotline models fetch`` put the weights of this checkout."""
    root = Path(__file__).parents[3]
    return Path(
        os.environ.get("HOTLINE_MODELS_DIR") or Path(os.environ.get("HOTLINE_DATA_DIR", root / "var")) / "models"
    )


@pytest.fixture(scope="session")
def measures() -> tuple[Callable[..., float], Callable[..., list[float]]]:
    return error_rate, start_errors


@pytest.fixture(scope="session")
def sounds() -> dict[str, Audio]:
    """What is heard on lines where nobody speaks."""
    return {
        "ring tone": tone(15, 450, on=1, every=5) + line_noise(15),
        "keys": tone(5, 770, 1336, on=0.2, every=0.4) + line_noise(5),
        "hold music": hold_music(20) + line_noise(20),
        "hum": tone(10, 50) + line_noise(10),
        "noise": line_noise(15, 0.02),
        "silence": np.zeros(10 * RATE, np.float32),
    }
