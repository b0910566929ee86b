import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from dialect_models.adapter import AdapterError, averaged, read_adapter
from dialect_models.tuning.combining import combine_runs
from dialect_models.tuning.run_record import RunRecord, RunRecordError, read_record, unseen, write_record
from dialect_models.tuning.training import ADAPTER, LOG, TuningError


def run(folder: Path, seed: int, *losses: float | None) -> Path:
    """A finished run: its adapter and log."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    save_file({"m.down": random.normal(size=(2, 4)), "m.up": random.normal(size=(3, 2))}, folder / ADAPTER)
    rows = [{"step": n, "loss": 1.0, "validation": loss} for n, loss in enumerate(losses)]
    (folder / LOG).write_text("\n".join(map(json.dumps, rows)))
    return folder / ADAPTER


def change(adapter: Path) -> np.ndarray:
    found = read_adapter(adapter)
    return found["m.up"] @ found["m.down"]


def test_the_average_changes_the_model_by_the_mean_of_all_runs(tmp_path: Path) -> None:
    runs = [run(tmp_path / f"seed-{n}", n) for n in range(3)]
    together = combine_runs(runs, tmp_path, "average")
    np.testing.assert_allclose(change(together), np.mean([change(path) for path in runs], axis=0), atol=1e-6)


def test_the_best_is_the_run_with_the_lowest_held_out_loss(tmp_path: Path) -> None:
    runs = [run(tmp_path / "seed-0", 0, 2.0, 1.5), run(tmp_path / "seed-1", 1, None, 1.2, 1.9)]
    np.testing.assert_array_equal(change(combine_runs(runs, tmp_path, "best")), change(runs[1]))
    with pytest.raises(TuningError, match="Nothing was held out"):
        combine_runs([run(tmp_path / "a", 2, None), run(tmp_path / "b", 3, None)], tmp_path, "best")


def test_adapters_of_other_matrices_are_not_averaged() -> None:
    with pytest.raises(AdapterError, match="the same matrices"):
        averaged([{"m.up": np.ones(1)}, {"n.up": np.ones(1)}])


def test_a_model_is_measured_only_on_what_it_never_saw(tmp_path: Path) -> None:
    records = [RunRecord("whisper-base", "wu", seen, 1.5, 0.5) for seen in (("a", "b"), ("b", "c"))]
    assert unseen(["a", "b", "c", "d", "a"], records) == {"a": 1, "c": 0, "d": 0}
    write_record(records[0], tmp_path)
    assert read_record(tmp_path) == records[0]
    with pytest.raises(RunRecordError, match="what the model was tuned on"):
        read_record(tmp_path / "nowhere")
