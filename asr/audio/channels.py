"""Which channels of a recording carry something of their own: silent ones and copies are left out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from asr.audio.recording import SAMPLE_RATE

# A-law codes digital silence as ±8 of 32768 (−72 dBFS); telephone line noise lies near −60 dBFS; speech far above.
SILENCE_DB = -58.0
_LEVEL_SAMPLES = SAMPLE_RATE // 10
_LEVELS_A_WINDOW = 10
_WINDOW = SAMPLE_RATE
_CHUNK = 64 * _WINDOW
_MAX_LAG = SAMPLE_RATE // 50
_SAMPLED_WINDOWS = 400
_FLOOR = 1e-12

Reader = Callable[[int, int], NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class ChannelLayout:
    """``kept`` channels (from 0) in order; ``silent`` ones; ``unheard``: with something of their own, beyond two.

    ``dual_mono``: all channels that are not silent carry the one that was kept.
    """

    kept: tuple[int, ...]
    silent: tuple[int, ...]
    unheard: tuple[int, ...]
    dual_mono: bool


@dataclass(frozen=True, slots=True)
class PairLikeness:
    """Two channels compared over one-second windows in which at least one of them is active.

    ``gains_db`` are levels of the second relative to the first, for every active window; ``correlations`` the highest
    absolute normalised cross-correlation over lags up to 20 ms, for a sample of them.
    """

    gains_db: NDArray[np.float64]
    correlations: NDArray[np.float64]


def levels_db(read: Reader, frames: int) -> NDArray[np.float64]:
    """Level of each 0.1 s of each channel in dBFS, direct current removed: (levels × channels)."""
    parts: list[NDArray[np.float64]] = []
    for first in range(0, frames, _CHUNK):
        block = read(first, first + _CHUNK).astype(np.float32) / np.float32(32768.0)
        whole = len(block) // _LEVEL_SAMPLES * _LEVEL_SAMPLES
        pieces = [block[:whole].reshape(-1, _LEVEL_SAMPLES, block.shape[1])]
        if whole < len(block):
            pieces.append(block[whole:][None])
        parts.extend(piece.var(axis=1, dtype=np.float64) for piece in pieces if piece.size)
    power: NDArray[np.float64] = np.concatenate(parts)
    return np.asarray(10 * np.log10(power + _FLOOR), dtype=np.float64)


def is_silent(levels: NDArray[np.float64]) -> bool:
    """Nothing above the silence level but for a click or two (levels of one channel, in dBFS)."""
    allowed = min(2, len(levels) // 10)
    return int(np.count_nonzero(levels > SILENCE_DB)) <= allowed


def correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Highest absolute normalised cross-correlation of two windows over lags up to 20 ms, 0…1."""
    a, b = first - first.mean(), second - second.mean()
    norm = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    if norm < _FLOOR:
        return 0.0
    size = fft.next_fast_len(len(a) + _MAX_LAG, real=True)
    cross = fft.irfft(fft.rfft(a, size) * np.conj(fft.rfft(b, size)), size)
    return float(max(np.abs(cross[: _MAX_LAG + 1]).max(), np.abs(cross[-_MAX_LAG:]).max())) / norm


def compare(read: Reader, levels: NDArray[np.float64], first: int, second: int) -> PairLikeness:
    """Compare two channels; ``levels`` as :func:`levels_db` gives them."""
    whole = len(levels) // _LEVELS_A_WINDOW * _LEVELS_A_WINDOW
    if whole == 0:
        windows = np.mean(10 ** (levels / 10), axis=0, keepdims=True)
    else:
        windows = np.mean(10 ** (levels[:whole] / 10).reshape(-1, _LEVELS_A_WINDOW, levels.shape[1]), axis=1)
    pair = 10 * np.log10(windows[:, [first, second]] + _FLOOR)
    louder = pair.max(axis=1)
    active = np.flatnonzero(louder > max(SILENCE_DB, float(np.percentile(louder, 95)) - 25))
    step = max(1, len(active) // _SAMPLED_WINDOWS)
    correlations = []
    for window in active[::step]:
        samples = read(int(window) * _WINDOW, (int(window) + 1) * _WINDOW).astype(np.float32)
        correlations.append(correlation(samples[:, first], samples[:, second]))
    return PairLikeness(gains_db=pair[active, 1] - pair[active, 0], correlations=np.array(correlations))


def is_copy(likeness: PairLikeness) -> bool:
    """Whether the second channel is the first again.

    A copy has the same gain throughout and the same waveform, short of codec noise and a small delay. Cross-talk and
    echo have the waveform too, but weaker, and the other way round when the other party speaks; a channel that holds
    both parties beside one that holds one of them differs whenever the other speaks, be that seldom.
    """
    gains, correlations = likeness.gains_db, likeness.correlations
    if not len(gains) or not len(correlations):
        return False
    typical = float(np.median(gains))
    if abs(typical) > 6:
        return False
    strays = np.abs(gains - typical)
    different = np.count_nonzero(correlations < 0.5)
    return bool(
        np.count_nonzero(strays > 4) <= max(1, len(gains) // 50)
        # Speech on one channel only must never be lost, be it two words in four hours; one drop-out is let pass.
        and np.count_nonzero(strays > 8) <= 1
        and different <= max(1, len(correlations) // 100)
        and float(np.percentile(correlations, 10)) >= 0.7
        and float(np.median(correlations)) >= 0.8
    )


def choose_channels(read: Reader, frames: int, channels: int) -> ChannelLayout:
    """Keep the first two channels (of all) that are neither silent nor a copy; of nothing but silence, the first."""
    levels = levels_db(read, frames)
    silent = tuple(c for c in range(channels) if is_silent(levels[:, c]))
    heard = [c for c in range(channels) if c not in silent]
    if not heard:
        return ChannelLayout(kept=(0,), silent=silent, unheard=(), dual_mono=False)
    own = heard[:1]
    for channel in heard[1:]:
        if not any(is_copy(compare(read, levels, other, channel)) for other in own):
            own.append(channel)
    return ChannelLayout(
        kept=tuple(own[:2]), silent=silent, unheard=tuple(own[2:]), dual_mono=len(own) == 1 < len(heard)
    )
