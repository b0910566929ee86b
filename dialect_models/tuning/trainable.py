"""A packaged Whisper model as a trainable one, and back."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dialect_models.ctranslate2_file import Array, ModelVariables, read_variables, write_variables
from dialect_models.whisper_variables import EMBEDDINGS, layers, sources

_COMPANIONS = ("config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt", "preprocessor_config.json")


def load_trainable(folder: Path) -> Any:
    """The ``transformers`` Whisper model with the weights of a CTranslate2 folder, in float32, on the CPU."""
    import torch  # noqa: PLC0415 — heavy
    from transformers import WhisperConfig, WhisperForConditionalGeneration  # noqa: PLC0415

    stored = read_variables(folder / "model.bin").variables
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
    weights = {name: torch.from_numpy(np.array(value, np.float32)) for name, value in _as_transformers(stored)}
    model.load_state_dict(weights, strict=True)
    return model


def save_for_recognition(model: Any, original: Path, folder: Path) -> None:
    """Write a trained model in the form it was read in: fp16, with the tokenizer and configuration of ``original``."""
    before = read_variables(original / "model.bin")
    trained = {name: value.detach().float().cpu().numpy() for name, value in model.state_dict().items()}
    changed = dict(before.variables)
    for stored, parts in sources(before.variables):
        arrays = [np.zeros(before.variables[stored].shape[0] // len(parts)) if p is None else trained[p] for p in parts]
        changed[stored] = np.concatenate(arrays).astype(before.variables[stored].dtype)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COMPANIONS:
        if (original / name).is_file():
            shutil.copyfile(original / name, folder / name)
    write_variables(folder / "model.bin", ModelVariables(before.kind, before.revision, changed, before.aliases))


def alignment_heads(folder: Path) -> list[tuple[int, int]]:
    """Layer and head of the cross-attention that follows time."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return [(layer, head) for layer, head in config["alignment_heads"]]


def _as_transformers(stored: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    for name, parts in sources(stored):
        for part, value in zip(parts, np.split(stored[name], len(parts)), strict=True):
            if part is not None:
                yield part, value
    yield "proj_out.weight", stored[EMBEDDINGS]
