"""Which parameters of a ``transformers`` Whisper model each variable of CTranslate2's form joins.

CTranslate2 keeps the weights of query, key and value in one matrix; Whisper's key has no bias, so its third is zero.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from dialect_models.ctranslate2_file import Array, ModelFileError

EMBEDDINGS = "decoder/embeddings/weight"

_STACKS = ("encoder", "decoder")


def layers(stored: Mapping[str, Array], stack: str) -> int:
    """Number of layers of ``encoder`` or ``decoder``."""
    places = (name.split("/") for name in stored if name.startswith(f"{stack}/layer_"))
    return 1 + max(int(place[1][6:]) for place in places if place[1] != "layer_norm")


def refuse_quantized(stored: Mapping[str, Array]) -> None:
    """Raise :class:`ModelFileError` where weights are integers: what tuning changes would be lost in rounding."""
    for name, _ in sources(stored):
        if not np.issubdtype(stored[name].dtype, np.floating):
            raise ModelFileError(
                f"{name} is quantized to {stored[name].dtype}. Convert the model with float16 instead."
            )


def sources(stored: Mapping[str, Array]) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Each stored variable with the ``transformers`` parameters that it joins; None for a bias that isn't there."""
    for convolution in ("conv1", "conv2"):
        for kind in ("weight", "bias"):
            yield f"encoder/{convolution}/{kind}", (f"model.encoder.{convolution}.{kind}",)
    yield EMBEDDINGS, ("model.decoder.embed_tokens.weight",)
    for stack in _STACKS:
        yield f"{stack}/position_encodings/encodings", (f"model.{stack}.embed_positions.weight",)
        yield from _norm(f"{stack}/layer_norm", f"model.{stack}.layer_norm")
        for layer in range(layers(stored, stack)):
            ours, theirs = f"{stack}/layer_{layer}", f"model.{stack}.layers.{layer}"
            yield from _attention(f"{ours}/self_attention", f"{theirs}.self_attn", (("q_proj", "k_proj", "v_proj"),))
            yield from _norm(f"{ours}/self_attention/layer_norm", f"{theirs}.self_attn_layer_norm")
            if stack == "decoder":
                yield from _attention(
                    f"{ours}/attention", f"{theirs}.encoder_attn", (("q_proj",), ("k_proj", "v_proj"))
                )
                yield from _norm(f"{ours}/attention/layer_norm", f"{theirs}.encoder_attn_layer_norm")
            for number in (0, 1):
                for kind in ("weight", "bias"):
                    yield f"{ours}/ffn/linear_{number}/{kind}", (f"{theirs}.fc{number + 1}.{kind}",)
            yield from _norm(f"{ours}/ffn/layer_norm", f"{theirs}.final_layer_norm")


def _attention(
    ours: str, theirs: str, fused: tuple[tuple[str, ...], ...]
) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    for number, projections in enumerate((*fused, ("out_proj",))):
        yield f"{ours}/linear_{number}/weight", tuple(f"{theirs}.{p}.weight" for p in projections)
        yield (
            f"{ours}/linear_{number}/bias",
            tuple(None if p == "k_proj" else f"{theirs}.{p}.bias" for p in projections),
        )


def _norm(ours: str, theirs: str) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    yield f"{ours}/gamma", (f"{theirs}.weight",)
    yield f"{ours}/beta", (f"{theirs}.bias",)
