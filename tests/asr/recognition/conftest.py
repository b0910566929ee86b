import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

Samples = npt.NDArray[np.float32]
RATE = 16000


@dataclass(frozen=True)
class ArraySource:
    """Channels × samples at 16 kHz as a recording."""

    audio: Samples
    dual_mono: bool = False

    @property
    def channels(self) -> int:
        return self.audio.shape[0]

    @property
    def duration(self) -> float:
        return self.audio.shape[1] / RATE

    def samples(self, channel: int, start: float, end: float) -> Samples:
        return self.audio[channel, max(0, round(start * RATE)) : max(0, round(end * RATE))]


@pytest.fixture
def source() -> Callable[..., ArraySource]:
    """Makes a recording of channels."""
    return lambda *channels: ArraySource(np.stack([np.asarray(c, dtype=np.float32) for c in channels]))


@pytest.fixture(scope="session")
def models_dir() -> Path:
    from api.settings import get_settings

    return get_settings().models_path
