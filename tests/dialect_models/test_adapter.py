"""An adapter changes the matrices it names, by the strength asked for, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from dialect_models.adapter import AdapterError, applied, read_adapter
from dialect_models.ctranslate2_file import ModelFileError, ModelVariables, read_variables, write_variables

WIDTH = 4
QUERY = "model.encoder.layers.0.self_attn.q_proj"
VALUE = "model.encoder.layers.0.self_attn.v_proj"


def _model() -> ModelVariables:
    """The smallest model that has every kind of variable: one layer a stack."""
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "encoder/conv1/weight": (WIDTH, 2, 3),
        "encoder/conv1/bias": (WIDTH,),
        "encoder/conv2/weight": (WIDTH, WIDTH, 3),
        "encoder/conv2/bias": (WIDTH,),
        "decoder/embeddings/weight": (9, WIDTH),
    }
    for stack in ("encoder", "decoder"):
        shapes[f"{stack}/position_encodings/encodings"] = (8, WIDTH)
        norms = [f"{stack}/layer_norm", f"{stack}/layer_0/ffn/layer_norm", f"{stack}/layer_0/self_attention/layer_norm"]
        linears = {"self_attention/linear_0": (3, 1), "self_attention/linear_1": (1, 1), "ffn/linear_0": (2, 1)}
        linears["ffn/linear_1"] = (1, 2)
        if stack == "decoder":
            norms.append("decoder/layer_0/attention/layer_norm")
            linears |= {"attention/linear_0": (1, 1), "attention/linear_1": (2, 1), "attention/linear_2": (1, 1)}
        for norm in norms:
            shapes |= {f"{norm}/gamma": (WIDTH,), f"{norm}/beta": (WIDTH,)}
        for name, (rows, columns) in linears.items():
            shapes[f"{stack}/layer_0/{name}/weight"] = (rows * WIDTH, columns * WIDTH)
            shapes[f"{stack}/layer_0/{name}/bias"] = (rows * WIDTH,)
    variables = {name: random.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}
    return ModelVariables(
        "WhisperSpec", 3, variables | {"encoder/num_heads": np.array(2, np.int16)}, {"a": "encoder/conv1/bias"}
    )


def _adapter(*names: str) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    return {
        name + end: random.normal(size=shape).astype(np.float32)
        for name in names
        for end, shape in ((".down", (2, WIDTH)), (".up", (WIDTH, 2)))
    }


def test_only_the_named_third_of_a_fused_matrix_changes() -> None:
    model, adapter = _model(), _adapter(VALUE)
    tuned = applied(model, adapter)
    fused = "encoder/layer_0/self_attention/linear_0/weight"
    change = adapter[VALUE + ".up"] @ adapter[VALUE + ".down"]
    query, key, value = np.split(tuned.variables[fused].astype(np.float32), 3)
    before = np.split(model.variables[fused].astype(np.float32), 3)
    np.testing.assert_array_equal(query, before[0])
    np.testing.assert_array_equal(key, before[1])
    np.testing.assert_allclose(value, before[2] + change, atol=1e-2)
    for name in model.variables:
        if name != fused:
            assert tuned.variables[name] is model.variables[name]


def test_strength_lies_between_base_and_tuned() -> None:
    model, adapter = _model(), _adapter(QUERY, VALUE)
    fused = "encoder/layer_0/self_attention/linear_0/weight"
    base, half, full = (applied(model, adapter, s).variables[fused].astype(float) for s in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(base, model.variables[fused])
    np.testing.assert_allclose(half, (base + full) / 2, atol=1e-2)


def test_an_adapter_for_another_model_is_refused() -> None:
    with pytest.raises(AdapterError, match=r"layers\.7.*no such matrix"):
        applied(_model(), _adapter("model.encoder.layers.7.self_attn.q_proj"))
    wide = {QUERY + ".down": np.ones((2, WIDTH + 1)), QUERY + ".up": np.ones((WIDTH, 2))}
    with pytest.raises(AdapterError, match=r"q_proj: the adapter is \(4, 5\)"):
        applied(_model(), wide)


def test_an_adapter_is_read_back_and_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file(_adapter(QUERY), path)
    assert read_adapter(path).keys() == {QUERY + ".down", QUERY + ".up"}
    path.write_bytes(b"no adapter")
    with pytest.raises(AdapterError, match=r"a\.safetensors: not an adapter"):
        read_adapter(path)


def test_variables_are_written_and_read_back_the_same(tmp_path: Path) -> None:
    path, again, model = tmp_path / "model.bin", tmp_path / "again.bin", _model()
    write_variables(path, model)
    read = read_variables(path)
    assert (read.kind, read.revision, read.aliases) == (model.kind, model.revision, model.aliases)
    assert list(read.variables) == list(model.variables)
    for name, value in model.variables.items():
        np.testing.assert_array_equal(read.variables[name], value)
        assert read.variables[name].dtype == value.dtype
    write_variables(again, read)
    assert again.read_bytes() == path.read_bytes()


def test_a_file_that_ends_early_is_refused_by_name_wherever_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    write_variables(path, _model())
    whole = path.read_bytes()
    for length in (*range(0, len(whole), 97), *range(len(whole) - 60, len(whole))):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError, match=r"model\.bin"):
            read_variables(path)


def test_a_quantized_model_is_refused() -> None:
    model = _model()
    name = "decoder/layer_0/ffn/linear_0/weight"
    quantized = ModelVariables(
        model.kind, model.revision, model.variables | {name: model.variables[name].astype(np.int8)}, {}
    )
    with pytest.raises(ModelFileError, match="quantized to int8"):
        applied(quantized, _adapter(VALUE))
