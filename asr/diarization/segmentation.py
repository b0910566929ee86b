"""Speech and overlap of one channel by pyannote's segmentation-3.0, over a recording of any length."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from asr.diarization.pyannote_import import import_pyannote
from asr.diarization.source import SAMPLE_RATE, AudioSource
from asr.diarization.voice_activity import FRAME, Frames, Progress

_STEP = 0.5
"""Share of a window by which the next one is later."""

_BATCH = 2


@dataclass(frozen=True, slots=True)
class SegmentationFrames:
    """Probabilities, one value a frame: somebody speaks; two speak at once."""

    speech: Frames
    overlap: Frames


def segment(source: AudioSource, channel: int, model: Any, progress: Progress = lambda _: None) -> SegmentationFrames:
    """Run the model over overlapping windows and average them, the middle of a window counting more than its edges.

    The model's classes are sets of speakers (powerset): none, one of three, two of three.
    """
    window = float(model.specifications.duration)
    frames = int(source.duration / FRAME)
    speech, overlap, weight = (np.zeros(frames, np.float32) for _ in range(3))
    starts = list(np.arange(0, max(source.duration - window * (1 - _STEP), FRAME), window * _STEP))
    speakers = _speakers_per_class(model)
    for first in range(0, len(starts), _BATCH):
        batch = starts[first : first + _BATCH]
        for start, classes in zip(batch, _classes(source, channel, model, batch, window), strict=True):
            begin = round(start / FRAME)
            length = min(round(window / FRAME), frames - begin)
            if length <= 0:
                continue
            at = np.minimum((np.arange(length) + 0.5) * FRAME / window * len(classes), len(classes) - 1).astype(int)
            shape = np.minimum(1, 0.05 + np.minimum(np.arange(length), round(window / FRAME) - np.arange(length)) / 200)
            speech[begin : begin + length] += shape * classes[:, speakers >= 1].sum(axis=1)[at]
            overlap[begin : begin + length] += shape * classes[:, speakers >= 2].sum(axis=1)[at]
            weight[begin : begin + length] += shape
        progress(min(1.0, (first + _BATCH) / len(starts)))
    weight = np.maximum(weight, 1e-6)
    return SegmentationFrames(speech / weight, overlap / weight)


def _classes(source: AudioSource, channel: int, model: Any, starts: list[float], window: float) -> Frames:
    """Probabilities of the classes, (windows, model frames, classes)."""
    size = round(window * SAMPLE_RATE)
    batch = np.zeros((len(starts), 1, size), np.float32)
    for row, start in enumerate(starts):
        samples = source.samples(channel, start, min(start + window, source.duration))[:size]
        batch[row, 0, : len(samples)] = samples
    with torch.inference_mode():
        return np.asarray(model(torch.from_numpy(batch)).exp().numpy(), np.float32)


def _speakers_per_class(model: Any) -> npt.NDArray[np.int64]:
    """How many speakers each class of the powerset stands for."""
    specifications = model.specifications
    powerset = import_pyannote("pyannote.audio.utils.powerset").Powerset
    classes = powerset(len(specifications.classes), specifications.powerset_max_classes).powerset_classes
    return np.array([len(speakers) for speakers in classes])
