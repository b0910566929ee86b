"""Voice activity of one channel: where somebody speaks, to the hundredth of a second.

Silero VAD (MIT, its weights ship with faster-whisper) says whether there is speech; it is sure of that but slow: its
probability rises and falls up to 0.2 s late. The level above the noise of the line says where speech begins and ends.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import get_vad_model
from scipy.ndimage import minimum_filter1d, percentile_filter

from asr.diarization.source import SAMPLE_RATE, AudioSource, Samples
from asr.diarization.turns import Span

FRAME = 0.01
"""Seconds of one frame of level, probability and activity."""

_FRAME_SAMPLES = int(FRAME * SAMPLE_RATE)
_SILERO_SAMPLES = 512
_BLOCK = 61.44  # seconds; a whole number of both kinds of frames
_LEAD = 3.84  # seconds that warm the recurrent network up before a block

Frames = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class VoiceActivityOptions:
    """Thresholds of voice activity.

    A span is where the probability of speech stays above ``offset``, pauses under ``min_pause`` seconds included. It is
    speech if the probability reaches ``onset`` for ``min_sure`` seconds, or ``sure`` at all (the first instant of a
    tone reaches the former for a moment); spans under ``min_speech`` seconds are noise. The edges are then moved, at
    most ``reach`` seconds outwards, to where the level exceeds the noise by ``above_noise`` dB.
    """

    onset: float = 0.35
    min_sure: float = 0.12
    sure: float = 0.7
    offset: float = 0.2
    min_pause: float = 0.1
    min_speech: float = 0.1
    above_noise: float = 4.0
    reach: float = 0.25


@dataclass(frozen=True, slots=True)
class ChannelFrames:
    """Level in dB (full scale is 0) and probability of speech of one channel, one value a frame."""

    level: Frames
    probability: Frames


def analyse(source: AudioSource, channel: int, progress: Progress = lambda _: None) -> ChannelFrames:
    """Measure a channel in blocks of a minute; ``progress`` gets the share done, 0…1."""
    levels: list[Frames] = []
    probabilities: list[Frames] = []
    for start, lead, samples in _blocks(source, channel):
        levels.append(frame_level(samples[round(lead * SAMPLE_RATE) :]))
        wanted = len(levels[-1])
        probabilities.append(_probability(samples)[round(lead / FRAME) :][:wanted])
        progress(min(1.0, (start + _BLOCK) / max(source.duration, FRAME)))
    if not levels:
        return ChannelFrames(np.zeros(0, np.float32), np.zeros(0, np.float32))
    return ChannelFrames(np.concatenate(levels), np.concatenate(probabilities))


def _blocks(source: AudioSource, channel: int) -> Iterator[tuple[float, float, Samples]]:
    start = 0.0
    while start < source.duration - FRAME:
        lead = min(start, _LEAD)
        yield start, lead, source.samples(channel, start - lead, min(start + _BLOCK, source.duration))
        start += _BLOCK


def frame_level(samples: Samples) -> Frames:
    """Root mean square level in dB of each whole frame; digital silence is −120 dB."""
    frames = samples[: len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    power = np.einsum("ij,ij->i", frames, frames) / _FRAME_SAMPLES
    return np.asarray(10 * np.log10(power + 1e-12), np.float32)


def _probability(samples: Samples) -> Frames:
    padded = np.pad(samples, (0, -len(samples) % _SILERO_SAMPLES))
    coarse = np.asarray(get_vad_model()(padded), np.float32).ravel()
    frames = np.arange(len(padded) // _FRAME_SAMPLES)
    return coarse[np.minimum(frames * _FRAME_SAMPLES // _SILERO_SAMPLES, len(coarse) - 1)]


def noise_level(level: Frames) -> Frames:
    """Level of the noise under the speech in dB, followed over the call.

    The tenth percentile over half a minute: in telephone speech at least a tenth of any half minute is pause. Never
    more than 40 dB under the loud parts, so that digital silence between words does not make breath into speech.
    """
    if not len(level):
        return level
    step = 10
    smooth = np.convolve(level, np.full(5, 0.2, np.float32), mode="same")[::step]
    window = min(len(smooth), int(30 / FRAME / step)) | 1
    floor: Frames = percentile_filter(smooth, 10, size=window, mode="nearest")
    loud = float(np.percentile(level, 95))
    return np.maximum(np.repeat(floor, step)[: len(level)], loud - 40).astype(np.float32)


def speech_mask(frames: ChannelFrames, options: VoiceActivityOptions = VoiceActivityOptions()) -> Mask:
    """Frames in which somebody speaks."""
    mask = np.zeros(len(frames.level), np.bool_)
    audible = frames.level > noise_level(frames.level) + options.above_noise
    # A click is not the edge of speech: only three audible frames in a row are.
    steady = minimum_filter1d(audible.astype(np.int8), 3, mode="constant").astype(np.bool_)
    steady = steady | np.roll(steady, 1) | np.roll(steady, -1)
    reach = round(options.reach / FRAME)
    for first, last in _hysteresis(frames.probability, options):
        lo, hi = max(0, first - reach), min(len(mask), last + reach)
        heard = np.flatnonzero(steady[lo:hi])
        if not len(heard):
            continue
        begin, end = lo + int(heard[0]), lo + int(heard[-1]) + 1
        # Outside the span the level must hold on without a break; a neighbour's sound is not part of it.
        begin = _without_break(steady, begin, first)
        end = len(mask) - _without_break(steady[::-1], len(mask) - end, len(mask) - last)
        if (end - begin) * FRAME >= options.min_speech:
            mask[begin:end] = True
    return mask


def _without_break(steady: Mask, begin: int, first: int) -> int:
    """The earliest frame from which the level holds until ``first``; ``begin`` where that lies inside the span."""
    if begin >= first:
        return begin
    silent = np.flatnonzero(~steady[begin:first])
    if not len(silent):
        return begin
    after = begin + int(silent[-1]) + 1
    if after < first:
        return after
    later = np.flatnonzero(steady[first:])
    return first + int(later[0]) if len(later) else first


def _hysteresis(probability: Frames, options: VoiceActivityOptions) -> Iterator[tuple[int, int]]:
    """Spans ``[first, last)`` in frames by two thresholds."""
    pause = max(1, round(options.min_pause / FRAME))
    awake = spans_of(probability >= options.offset)
    merged: list[list[int]] = []
    for first, last in awake:
        if merged and first - merged[-1][1] < pause:
            merged[-1][1] = last
        else:
            merged.append([first, last])
    for first, last in merged:
        part = probability[first:last]
        if part.max() >= options.sure or np.count_nonzero(part >= options.onset) * FRAME >= options.min_sure:
            yield first, last


def spans_of(mask: Mask) -> list[tuple[int, int]]:
    """Runs of true frames as ``[first, last)``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def seconds(spans: list[tuple[int, int]]) -> list[Span]:
    """Frame spans in seconds."""
    return [(round(first * FRAME, 3), round(last * FRAME, 3)) for first, last in spans]
