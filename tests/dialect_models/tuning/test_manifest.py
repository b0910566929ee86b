"""Manifests: what is read, what is left out, and what is said about a line that is wrong."""

import json
from pathlib import Path

import pytest

from dialect_models.tuning.manifest import (
    ManifestError,
    Utterance,
    held_out_by_default,
    read_manifest,
    split_by_recording,
)


def _write(folder: Path, *lines: dict[str, object]) -> Path:
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_a_call_gives_its_turns_on_the_channels_of_its_roles(tmp_path: Path) -> None:
    (tmp_path / "stereo").mkdir()
    audio = tmp_path / "stereo/one.flac"
    audio.touch()
    call = {
        "id": "one",
        "dialect": "wu",
        "channels": {"left": "operator", "right": "citizen"},
        "turns": [
            {"role": "operator", "text": "您好", "start": 0.5, "end": 1.0},
            {"role": "citizen", "text": "侬好", "start": 1.5, "end": 2.0},
        ],
    }
    assert read_manifest(_write(tmp_path, call)) == (
        Utterance(audio, "one", 0, "operator", 0.5, 1.0, "您好", "wu"),
        Utterance(audio, "one", 1, "citizen", 1.5, 2.0, "侬好", "wu"),
    )


def test_a_clip_is_one_utterance_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").touch()
    manifest = _write(tmp_path, {"audio": "clip.wav", "dialect": "cantonese", "text": "唔系"})
    (utterance,) = read_manifest(manifest)
    assert (utterance.start, utterance.end, utterance.recording) == (0.0, None, "clip")


def test_what_a_citizen_did_not_consent_to_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    clip = {"audio": "a.wav", "dialect": "wu", "text": "侬好"}
    assert read_manifest(_write(tmp_path, clip | {"consent": False})) == ()
    assert len(read_manifest(_write(tmp_path, clip | {"consent": True}))) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"audio": "a.wav", "dialect": "wu"}', "text"),
        ('{"audio": "a.wav", "text": "侬"}', "dialect"),
        ("{", "Expecting"),
        ("[]", "get"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "a.wav").touch()
    path = tmp_path / "manifest.jsonl"
    path.write_text('\n{"audio": "a.wav", "dialect": "wu", "text": "侬"}\n' + line, encoding="utf-8")
    with pytest.raises(ManifestError, match=rf"manifest\.jsonl:3: .*{said}"):
        read_manifest(path)


def test_missing_audio_and_a_missing_manifest_are_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no audio of lost"):
        read_manifest(_write(tmp_path, {"id": "lost", "dialect": "wu", "text": ""}))
    with pytest.raises(ManifestError, match="nowhere"):
        read_manifest(tmp_path / "nowhere")


def test_no_recording_is_on_both_sides_of_a_split(tmp_path: Path) -> None:
    utterances = tuple(
        Utterance(tmp_path / f"{number}-{kind}", str(number), 0, "", 0.0, 1.0, "", "wu")
        for number in range(20)
        for kind in ("stereo", "mono")
    )
    held_out = held_out_by_default(utterances)
    assert len(held_out) == 2
    assert held_out == held_out_by_default(utterances[::-1])
    training, validation = split_by_recording(utterances, held_out)
    assert {u.recording for u in validation} == held_out
    assert not {u.recording for u in training} & held_out
    assert held_out_by_default(utterances[:2]) == frozenset()
