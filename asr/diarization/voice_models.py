"""The packaged models that tell voices apart: pyannote's segmentation-3.0, and CAM++ as a pyannote embedding model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from asr.diarization.campplus import DIMENSION, MEL_BINS, CamPlusPlus
from asr.diarization.pyannote_import import import_pyannote
from asr.diarization.source import SAMPLE_RATE, Samples
from dialect_models.catalogue import resolve

_pyannote = import_pyannote()
_pooling = import_pyannote("pyannote.audio.models.blocks.pooling")
_task = import_pyannote("pyannote.audio.core.task")
_kaldi = import_pyannote("torchaudio.compliance.kaldi")

Embeddings = npt.NDArray[np.float32]

BANK_FRAME = 0.01
"""Seconds between two frames of the filter bank."""

FEATURE_FRAME = 0.02
"""Seconds between two frame features of CAM++."""

_FIRST_LAYER = 25  # milliseconds of audio under one frame of the filter bank


def filter_bank(samples: Tensor) -> Tensor:
    """Kaldi's logarithmic mel filter bank: (samples,) in −1…1 → (frames, 80), not yet centred."""
    bank: Tensor = _kaldi.fbank(
        samples[None] * (1 << 15),
        num_mel_bins=MEL_BINS,
        frame_length=_FIRST_LAYER,
        frame_shift=BANK_FRAME * 1000,
        dither=0.0,
        sample_frequency=SAMPLE_RATE,
    )
    return bank


class CamPlusPlusEmbedding(_pyannote.Model):  # type: ignore[misc, name-defined]
    """CAM++ in the form in which pyannote's pipelines take a speaker embedding."""

    def __init__(self, sample_rate: int = SAMPLE_RATE, num_channels: int = 1, task: Any = None) -> None:
        super().__init__(sample_rate=sample_rate, num_channels=num_channels, task=task)
        self.save_hyperparameters("sample_rate", "num_channels")
        self.network = CamPlusPlus()
        self.pool = _pooling.StatsPool()
        self.specifications = _task.Specifications(
            problem=_task.Problem.REPRESENTATION, resolution=_task.Resolution.CHUNK, duration=5.0
        )

    @property
    def dimension(self) -> int:
        """Numbers in one embedding."""
        return DIMENSION

    def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
        """(batch, 1, samples) and perhaps weights (batch, frames) or (batch, speakers, frames) → (batch, …, 192)."""
        banks = torch.stack([filter_bank(waveform[0]) for waveform in waveforms])
        features = self.network.frame_features(banks - banks.mean(dim=1, keepdim=True))
        statistics: Tensor = self.pool(features, weights=weights)
        embeddings: Tensor = self.network.embedding(statistics.flatten(0, -2))
        return embeddings.reshape(*statistics.shape[:-1], DIMENSION)

    def windows(self, samples: Samples, bounds: Sequence[tuple[float, float]]) -> Embeddings:
        """Unit embeddings, (windows, 192), of windows inside one stretch of speech.

        ``bounds`` are start and end of each window in seconds from the first sample. The network runs once over the
        stretch and only its statistics are pooled per window: a third of the work of running it on windows of 1.5 s
        every 0.5 s. A window must be at least 0.1 s long.
        """
        with torch.inference_mode():
            bank = filter_bank(torch.from_numpy(samples))
            features = self.network.frame_features((bank - bank.mean(dim=0))[None])[0]
            statistics = torch.stack([_statistics(features, start, end) for start, end in bounds])
            embeddings = torch.nn.functional.normalize(self.network.embedding(statistics))
        return cast(Embeddings, embeddings.numpy())


def _statistics(features: Tensor, start: float, end: float) -> Tensor:
    last = min(max(round(end / FEATURE_FRAME), 3), features.shape[1])
    first = max(0, min(round(start / FEATURE_FRAME), last - 3))
    part = features[:, first:last]
    return torch.cat([part.mean(-1), part.std(-1)])


def load_embedding(models_dir: Path) -> CamPlusPlusEmbedding:
    """CAM++ with its packaged weights.

    Raises :class:`dialect_models.weights.WeightsError` where the files have not been fetched.
    """
    folder = Path(resolve("campplus-zh-en", models_dir).location)
    model = CamPlusPlusEmbedding()
    state = torch.load(folder / "campplus_cn_en_common.pt", map_location="cpu", weights_only=True)
    model.network.load_state_dict(state)
    model.eval()
    return model


def load_segmentation(models_dir: Path) -> Any:
    """segmentation-3.0 with its packaged weights, a pyannote ``Model``.

    Raises :class:`dialect_models.weights.WeightsError` where the files have not been fetched.
    """
    folder = Path(resolve("segmentation-3.0", models_dir).location)
    return _pyannote.Model.from_pretrained(folder / "pytorch_model.bin", strict=False).eval()
