"""Any pyannote pipeline in place of the packaged models: here a folder, put together from the packaged weights."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.diarization.diarizer import Diarizer
from asr.diarization.pyannote_pipeline import exclusive_turns
from asr.options import DiarizationOptions
from dialect_models.weights import WeightsError

CONFIG = """\
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    segmentation: $model/segmentation
    embedding: $model/embedding
    plda: $model/plda
    clustering: AgglomerativeClustering
    embedding_exclude_overlap: true
    embedding_batch_size: 4
    segmentation_batch_size: 4
    segmentation_step: 0.5
params:
  segmentation:
    min_duration_off: 0.0
  clustering:
    method: average
    threshold: 0.6
    min_cluster_size: 2
"""


@pytest.fixture(scope="module")
def pipeline_folder(tmp_path_factory, models_dir):
    """In the layout of pyannote/speaker-diarization-community-1."""
    import torch

    from asr.diarization.voice_models import load_embedding

    folder = tmp_path_factory.mktemp("pipeline")
    for part in ("segmentation", "embedding", "plda"):
        (folder / part).mkdir()
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    weights = models_dir / "segmentation-3.0" / "pytorch_model.bin"
    (folder / "segmentation" / "pytorch_model.bin").symlink_to(weights.resolve())
    model = load_embedding(models_dir)
    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": "2.6.0",
        "epoch": 0,
        "global_step": 0,
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, folder / "embedding" / "pytorch_model.bin")
    # The constructor reads a PLDA even for agglomerative clustering, which does not use it.
    unit = np.eye(192)
    np.savez(folder / "plda" / "xvec_transform.npz", mean1=np.zeros(192), mean2=np.zeros(192), lda=unit)
    np.savez(folder / "plda" / "plda.npz", mu=np.zeros(192), tr=unit, psi=np.ones(192))
    return folder


@pytest.mark.model
def test_a_pipeline_in_a_folder_runs(pipeline_folder, tmp_path, mono_call, measures):
    found = Diarizer(DiarizationOptions(model=str(pipeline_folder)), tmp_path).diarize(mono_call.audio)
    assert found.method == "voices"
    assert found.model == str(pipeline_folder)
    assert found.speakers == ("S1", "S2")
    # Stock clustering merges voices within a chunk on some calls; that it tells them apart at all is what counts here.
    roles = [{"S1": "operator", "S2": "citizen"}, {"S1": "citizen", "S2": "operator"}]
    assert min(measures[0](mono_call.turns, found, r) for r in roles) < 0.45
    assert all(b.start >= a.end for a, b in pairwise(found.turns))


@pytest.mark.model
def test_a_folder_without_a_pipeline_is_named(tmp_path, mono_call):
    with pytest.raises(WeightsError, match=r"config\.yaml"):
        Diarizer(DiarizationOptions(model=str(tmp_path)), tmp_path).diarize(mono_call.audio)
    with pytest.raises(WeightsError, match="There is no folder"):
        Diarizer(DiarizationOptions(model=str(tmp_path / "gone")), tmp_path).diarize(mono_call.audio)


@pytest.mark.model
@pytest.mark.parametrize(("token", "remedy"), [(None, "HOTLINE_HUB_TOKEN"), ("hf_anything", "accepted")])
def test_an_unreachable_hub_says_what_to_do(tmp_path, mono_call, monkeypatch, token, remedy):
    # Nothing listens there: the same as a network that lets nothing out.
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/{filename}"
    )
    options = DiarizationOptions(model="pyannote/speaker-diarization-community-1", token=token)
    with pytest.raises(WeightsError, match=remedy) as caught:
        Diarizer(options, tmp_path).diarize(mono_call.audio)
    assert "hf_anything" not in str(caught.value)
    assert "HOTLINE_DIARIZATION_MODEL" in str(caught.value)


spans = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(2, 500), st.sampled_from("ABC")).map(
        lambda t: (t[0] / 100, (t[0] + t[1]) / 100, t[2])
    ),
    max_size=15,
)


@given(spans)
def test_exclusive_turns_keep_all_speech_and_never_overlap(found):
    turns = exclusive_turns(found, 0)
    assert all(b.start >= a.end for a, b in pairwise(turns))
    frames = np.zeros(4000, bool)
    for start, end, _ in found:
        frames[round(start * 100) : round(end * 100)] = True
    kept = np.zeros(4000, bool)
    for turn in turns:
        for start, end in turn.speech:
            kept[round(start * 100) : round(end * 100)] = True
    assert np.array_equal(frames, kept)


def test_an_overlap_goes_to_the_one_who_starts():
    turns = exclusive_turns([(0.0, 10.0, "B"), (4.0, 5.0, "A")], 0)
    assert [(t.start, t.end, t.speaker) for t in turns] == [(0.0, 4.0, "S1"), (4.0, 5.0, "S2"), (5.0, 10.0, "S1")]
