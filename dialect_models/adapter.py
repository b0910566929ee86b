"""Low-rank adapters (LoRA, Hu et al. 2021): what tuning changed in a model, a hundredth of its size.

An adapter is a safetensors file with, for each tuned matrix of the ``transformers`` Whisper model, ``NAME.down``
(rank × inputs) and ``NAME.up`` (outputs × rank, scale included): the tuned weight is ``W + up @ down``. It is applied
to the CTranslate2 weights once, when the model is fetched, so recognition costs what it cost before.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from dialect_models.ctranslate2_file import Array, ModelVariables
from dialect_models.whisper_variables import refuse_quantized, sources

DOWN, UP = ".down", ".up"


class AdapterError(Exception):
    """An adapter that cannot be read or does not fit the model; the message names the file and the matrix."""


def read_adapter(path: Path) -> Mapping[str, Array]:
    """The adapter's matrices by name.

    Raises :class:`AdapterError` where the file is none.
    """
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise AdapterError(f"{path}: not an adapter ({error}).") from error


def averaged(adapters: Sequence[Mapping[str, Array]]) -> Mapping[str, Array]:
    """One adapter that changes the model by the mean of what several do; its rank is the sum of theirs.

    Models tuned alike from one base but for the seed are better together (Wortsman et al. 2022, model soups). Raises
    :class:`AdapterError` where they do not change the same matrices.
    """
    first, *others = adapters
    if any(other.keys() != first.keys() for other in others):
        raise AdapterError("the adapters do not change the same matrices; tune them from one base alike.")
    return {
        name: np.concatenate([a[name] for a in adapters], axis=0)
        if name.endswith(DOWN)
        else np.concatenate([a[name].astype(np.float32) / len(adapters) for a in adapters], axis=1).astype(
            first[name].dtype
        )
        for name in first
    }


def applied(model: ModelVariables, adapter: Mapping[str, Array], strength: float = 1.0) -> ModelVariables:
    """The model with an adapter at ``strength`` 0…1: between the base (0) and the tuned weights (1).

    Between the two, tuned models keep more of what the base knew (Wortsman et al. 2022, WiSE-FT). Computed in double
    precision so that every machine ends with the same bytes.

    Raises :class:`AdapterError` where the adapter changes a matrix that the model lacks, and
    :class:`dialect_models.ctranslate2_file.ModelFileError` where the model is quantized.
    """
    refuse_quantized(model.variables)
    changed = dict(model.variables)
    used: set[str] = set()
    for stored, parts in sources(model.variables):
        named = [part.removesuffix(".weight") for part in parts if part is not None]
        if not any(name + DOWN in adapter for name in named):
            continue
        before = model.variables[stored]
        slices = np.split(before.astype(np.float64), len(named))
        for index, name in enumerate(named):
            if name + DOWN in adapter:
                change = adapter[name + UP].astype(np.float64) @ adapter[name + DOWN].astype(np.float64)
                if change.shape != slices[index].shape:
                    raise AdapterError(
                        f"{name}: the adapter is {change.shape}, the model's matrix {slices[index].shape}."
                    )
                slices[index] = slices[index] + strength * change
                used |= {name + DOWN, name + UP}
        changed[stored] = np.concatenate(slices).astype(before.dtype)
    if unknown := sorted(set(adapter) - used):
        raise AdapterError(f"{unknown[0]}: the model has no such matrix.")
    return ModelVariables(model.kind, model.revision, changed, model.aliases)
