"""Tuning the packaged model for real, a few steps: it learns, goes on after a kill, and leaves what can be loaded."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ctranslate2 import StorageView
from ctranslate2.models import Whisper
from faster_whisper.feature_extractor import FeatureExtractor

from api.settings import get_settings
from dialect_models.adapter import read_adapter
from dialect_models.ctranslate2_file import read_variables
from dialect_models.torchaudio_shim import import_torchaudio
from dialect_models.tuning.manifest import Utterance
from dialect_models.tuning.trainable import as_transformers, load_trainable
from dialect_models.tuning.training import (
    ADAPTER,
    CHECKPOINT,
    LOG,
    Progress,
    TuningError,
    TuningOptions,
    tune,
    write_tuned,
)
from dialect_models.whisper_variables import sources

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]

BASE = get_settings().models_path / "whisper-base"
CALL = Path(__file__).parents[3] / "asr" / "sample_calls" / "stereo-b-021.flac"
OPTIONS = TuningOptions(rank=4, epochs=8, learning_rate=1e-3, validate_every=4, timestamps=0.2, non_speech=0.0)


@pytest.fixture
def utterances() -> tuple[Utterance, ...]:
    """Three seconds of a call and what is said in them."""
    return (Utterance(CALL, "b-021", 0, "operator", 0.4, 3.4, "您好，云江市政务服务热线。", "mandarin"),)


class _KilledError(Exception):
    pass


def test_tuning_learns_goes_on_after_a_kill_and_leaves_a_model(
    utterances: tuple[Utterance, ...], tmp_path: Path
) -> None:
    seen: list[Progress] = []

    def kill_at_six(done: Progress) -> None:
        seen.append(done)
        if done.step == 6:
            raise _KilledError

    with pytest.raises(_KilledError):
        tune(BASE, utterances, utterances, tmp_path, options=OPTIONS, progress=kill_at_six)
    assert (tmp_path / CHECKPOINT).is_file()
    adapter = tune(BASE, utterances, utterances, tmp_path, options=OPTIONS, progress=seen.append)

    assert [done.step for done in seen] == [1, 2, 3, 4, 5, 6, 5, 6, 7, 8]
    measured = [done.validation for done in seen if done.validation is not None]
    assert measured[-1] < measured[0]
    assert len((tmp_path / LOG).read_text().splitlines()) == len(seen)
    assert adapter.name == ADAPTER
    assert all(np.isfinite(value).all() for value in read_adapter(adapter).values())

    with pytest.raises(TuningError, match="other data, options or another base"):
        tune(BASE, utterances, (), tmp_path, options=OPTIONS)
    write_tuned(BASE, adapter, tmp_path)
    assert not (tmp_path / CHECKPOINT).exists()
    write_tuned(BASE, adapter, tmp_path / "model")
    assert json.loads((tmp_path / "model/config.json").read_text()) == json.loads((BASE / "config.json").read_text())
    assert Whisper(str(tmp_path / "model"), device="cpu", compute_type="int8").is_multilingual
    write_tuned(BASE, adapter, tmp_path / "untouched", strength=0.0)
    untouched, base = (read_variables(folder / "model.bin").variables for folder in (tmp_path / "untouched", BASE))
    assert all(np.array_equal(untouched[name], base[name]) for name in base)


def test_the_packaged_weights_are_read_back_exactly_and_hear_the_same() -> None:
    import_torchaudio()
    import torch

    stored = read_variables(BASE / "model.bin").variables
    parameters = dict(as_transformers(stored))
    model = load_trainable(BASE)
    state = model.state_dict()
    assert set(parameters) == set(state)
    for name, parts in sources(stored):
        joined = [
            np.zeros(stored[name].shape[0] // len(parts), np.float16)
            if part is None
            else state[part].numpy().astype(np.float16)
            for part in parts
        ]
        np.testing.assert_array_equal(np.concatenate(joined), stored[name])

    samples, rate = soundfile.read(CALL, frames=8 * 8000, dtype="float32")
    features = FeatureExtractor(feature_size=80)(np.repeat(samples[:, 0], 16000 // rate))[:, :3000]
    features = np.pad(features, ((0, 0), (0, 3000 - features.shape[1])))[None]
    original = Whisper(str(BASE), device="cpu", compute_type="float32")
    heard = np.array(original.encode(StorageView.from_array(np.ascontiguousarray(features))))
    with torch.no_grad():
        again = model.eval().model.encoder(torch.from_numpy(features)).last_hidden_state.numpy()
    assert np.abs(heard - again).mean() < 1e-3


def test_without_anything_to_train_on_it_says_so(tmp_path: Path) -> None:
    long = Utterance(CALL, "b-021", 0, "operator", 0.0, 40.0, "您好", "mandarin")
    for training in ((), (long,)):
        with pytest.raises(TuningError, match="nothing to train on"):
            tune(BASE, training, (), tmp_path)
