"""Published layouts, each as a small real folder with audio."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dialect_models.corpora import read_corpora
from dialect_models.tuning.manifest import ManifestError


def audio(path: Path, seconds: float = 2.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros(round(seconds * 16000)), 16000)
    return path


def lines(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_kaldi_with_segments_keeps_speakers_whole(tmp_path: Path) -> None:
    audio(tmp_path / "wav/call1.wav", 5.0)
    lines(tmp_path / "wav.scp", "call1 wav/call1.wav")
    lines(tmp_path / "text", "u1 侬好", "u2 再会")
    lines(tmp_path / "segments", "u1 call1 0.5 1.5", "u2 call1 2.0 9.0")
    lines(tmp_path / "utt2spk", "u1 s1", "u2 s1")
    first, second = read_corpora([tmp_path], "wu")
    assert (first.text, first.start, first.end, first.recording, first.dialect) == ("侬好", 0.5, 1.5, "s1", "wu")
    assert second.end == 5.0
    with pytest.raises(ManifestError, match="--dialect"):
        read_corpora([tmp_path])


def test_kespeech_brings_its_own_labels_and_paths_from_the_corpus_root(tmp_path: Path) -> None:
    audio(tmp_path / "Audio/s1/phase1/u1.wav")
    part = tmp_path / "Tasks/ASR/train_phase1"
    lines(part / "wav.scp", "u1 Audio/s1/phase1/u1.wav", "u2 Audio/s1/phase1/u1.wav")
    lines(part / "text", "u1 今天天气", "u2 明天")
    lines(part / "utt2spk", "u1 s1", "u2 s2")
    lines(part / "utt2subdialect", "u1 Southwestern", "u2 Lan-Yin")
    assert [u.dialect for u in read_corpora([part])] == ["sichuan", "unknown"]


@pytest.mark.parametrize(
    ("file", "row", "message"),
    [
        ("wav.scp", "u1 sox in.wav -t wav - |", "commands are not run"),
        ("wav.scp", "u1 nowhere.wav", r"no file nowhere\.wav"),
        ("segments", "u1 u1 3.0 1.0", r"from 3\.0 to 1\.0"),
        ("text", "u1", r"text:1: nothing stands after"),
    ],
)
def test_what_is_wrong_in_a_kaldi_folder_is_named(tmp_path: Path, file: str, row: str, message: str) -> None:
    audio(tmp_path / "a.wav")
    lines(tmp_path / "wav.scp", "u1 a.wav")
    lines(tmp_path / "text", "u1 侬好")
    lines(tmp_path / file, row)
    with pytest.raises(ManifestError, match=message):
        read_corpora([tmp_path], "wu")


def test_common_voice_speakers_are_recordings(tmp_path: Path) -> None:
    for name in ("a", "b"):
        audio(tmp_path / f"clips/{name}.mp3")
    table = lines(
        tmp_path / "train.tsv",
        "client_id\tpath\tsentence\tlocale",
        'one\ta.mp3\t佢話"唔係"\tyue',
        "two\tb.mp3\t今天\tzh-CN",
    )
    first, second = read_corpora([table])
    assert (first.dialect, first.recording, first.text) == ("cantonese", "one", '佢話"唔係"')
    assert second.dialect == "mandarin"
    with pytest.raises(ManifestError, match=r"other\.tsv:1: no column"):
        read_corpora([lines(tmp_path / "other.tsv", "a\tb", "1\t2")])
    with pytest.raises(ManifestError, match=r"gone\.tsv:2: .*c\.mp3 cannot be read"):
        read_corpora([lines(tmp_path / "gone.tsv", "client_id\tpath\tsentence\tlocale", "x\tc.mp3\t今天\tyue")])


def test_wenetspeech_leaves_out_what_is_unsure_shared_or_not_there(tmp_path: Path) -> None:
    root = tmp_path / "WenetSpeech-Yue"
    audio(root / "clips/a.wav")

    def clip(name: str, **about: object) -> str:
        path = f"clips/{name}.wav"
        row = {"wav_utt_id_timestamp": name, "wav_utt_id_timestamp_path": path, "text": "我哋", "confidence": 0.95}
        return json.dumps(row | about, ensure_ascii=False)

    labels = lines(
        root / "audio_labels/long1.jsonl",
        clip("a", text_punc="我哋，"),
        clip("gone"),
        clip("a", confidence=0.4),
        clip("a", spk_num="multi"),
    )
    (only,) = read_corpora([root])
    assert (only.dialect, only.recording, only.text) == ("cantonese", "long1", "我哋，")
    assert read_corpora([labels], "cantonese") == (only,)
    lines(labels, '{"wav_utt_id_timestamp": "a"}')
    with pytest.raises(ManifestError, match=r"long1\.jsonl:1: not a clip"):
        read_corpora([root])


def test_our_own_calls_and_several_corpora_at_once(tmp_path: Path) -> None:
    audio(tmp_path / "c.wav")
    own = {"audio": "c.wav", "dialect": "wu", "text": "侬好"}
    manifest = lines(tmp_path / "m.jsonl", json.dumps(own), json.dumps(own | {"consent": False}))
    assert len(read_corpora([manifest, manifest])) == 2
    with pytest.raises(ManifestError, match="is no corpus"):
        read_corpora([tmp_path])
