"""A packaged Whisper model as a trainable one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dialect_models.ctranslate2_file import Array, read_variables
from dialect_models.weights import WEIGHTS
from dialect_models.whisper_variables import EMBEDDINGS, layers, refuse_quantized, sources


def load_trainable(folder: Path) -> Any:
    """The ``transformers`` Whisper model with the weights of a CTranslate2 folder, in float32, on the CPU.

    Raises :class:`ModelFileError` where the folder holds none, or one that is quantized.
    """
    import torch  # noqa: PLC0415 — heavy
    from transformers import WhisperConfig, WhisperForConditionalGeneration  # noqa: PLC0415

    stored = read_variables(folder / WEIGHTS).variables
    refuse_quantized(stored)
    vocabulary, width = stored[EMBEDDINGS].shape
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=vocabulary,
            d_model=width,
            num_mel_bins=stored["encoder/conv1/weight"].shape[1],
            encoder_layers=layers(stored, "encoder"),
            decoder_layers=layers(stored, "decoder"),
            encoder_attention_heads=int(stored["encoder/num_heads"]),
            decoder_attention_heads=int(stored["decoder/num_heads"]),
            encoder_ffn_dim=stored["encoder/layer_0/ffn/linear_0/weight"].shape[0],
            decoder_ffn_dim=stored["decoder/layer_0/ffn/linear_0/weight"].shape[0],
            max_source_positions=stored["encoder/position_encodings/encodings"].shape[0],
            max_target_positions=stored["decoder/position_encodings/encodings"].shape[0],
        )
    )
    weights = {name: torch.from_numpy(np.array(value, np.float32)) for name, value in as_transformers(stored)}
    model.load_state_dict(weights, strict=True)
    return model


def as_transformers(stored: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """The stored weights by the names of their ``transformers`` parameters."""
    for name, parts in sources(stored):
        for part, value in zip(parts, np.split(stored[name], len(parts)), strict=True):
            if part is not None:
                yield part, value
    yield "proj_out.weight", stored[EMBEDDINGS]
