"""What diarization needs of a decoded recording; :class:`asr.audio` recordings have it."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Samples a second of all audio inside ``asr``."""

Samples = npt.NDArray[np.float32]


class AudioSource(Protocol):
    """Channels of audio at 16 kHz that can be read piece by piece."""

    @property
    def channels(self) -> int:
        """Number of channels; 0 is left."""
        ...

    @property
    def duration(self) -> float:
        """Length in seconds."""
        ...

    @property
    def dual_mono(self) -> bool:
        """Whether all channels carry the same signal."""
        ...

    def samples(self, channel: int, start: float, end: float) -> Samples:
        """Mono samples, float32 in −1…1, of one channel from ``start`` to ``end`` seconds."""
        ...
