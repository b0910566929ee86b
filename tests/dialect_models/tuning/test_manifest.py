"""Manifests: what is read, what is left out, and what is said about a line that is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.transcript import Dialect, Segment, Transcript
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


def _audio(path: Path, channels: int = 1) -> Path:
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, np.zeros((4 * 8000, channels)), 8000)
    return path


CALL = {
    "id": "one",
    "dialect": "wu",
    "channels": {"left": "operator", "right": "citizen"},
    "turns": [
        {"role": "operator", "text": "您好", "start": 0.5, "end": 1.0},
        {"role": "citizen", "text": "侬好", "start": 1.5, "end": 2.0},
    ],
}


def test_a_call_gives_its_turns_on_the_channels_of_its_roles_in_every_rendering(tmp_path: Path) -> None:
    mono, stereo = _audio(tmp_path / "mono/one.flac"), _audio(tmp_path / "stereo/one.flac", 2)
    _audio(tmp_path / "stereo/one.2.flac", 2)
    assert read_manifest(_write(tmp_path, CALL)) == (
        Utterance(mono, "one", 0, "operator", 0.5, 1.0, "您好", "wu"),
        Utterance(mono, "one", 0, "citizen", 1.5, 2.0, "侬好", "wu"),
        Utterance(stereo, "one", 0, "operator", 0.5, 1.0, "您好", "wu"),
        Utterance(stereo, "one", 1, "citizen", 1.5, 2.0, "侬好", "wu"),
    )


def test_a_transcript_is_a_line_as_it_is_written(tmp_path: Path) -> None:
    audio = _audio(tmp_path / "call.wav", 2)
    sides = (("operator", "left"), ("citizen", "right"))
    transcript = Transcript(
        id="call",
        duration=4.0,
        channels=2,
        segments=tuple(Segment(1.0, 2.0, role, speaker, "侬好", 0.9, "侬好", ()) for role, speaker in sides),
        dialect=Dialect("wu", 0.9),
    )
    assert read_manifest(_write(tmp_path, transcript.to_json())) == (
        Utterance(audio, "call", 0, "operator", 1.0, 2.0, "侬好", "wu"),
        Utterance(audio, "call", 1, "citizen", 1.0, 2.0, "侬好", "wu"),
    )


def test_a_clip_is_one_utterance_to_its_end(tmp_path: Path) -> None:
    _audio(tmp_path / "clip.wav")
    manifest = _write(tmp_path, {"audio": "clip.wav", "dialect": "cantonese", "text": "唔系"})
    (utterance,) = read_manifest(manifest)
    assert (utterance.start, utterance.end, utterance.recording) == (0.0, 4.0, "clip")


def test_what_a_citizen_did_not_consent_to_is_left_out(tmp_path: Path) -> None:
    _audio(tmp_path / "a.wav")
    clip = {"audio": "a.wav", "dialect": "wu", "text": "侬好"}
    assert read_manifest(_write(tmp_path, clip | {"consent": False})) == ()
    assert len(read_manifest(_write(tmp_path, clip | {"consent": True}))) == 1
    with pytest.raises(ManifestError, match="consent is 'false'"):
        read_manifest(_write(tmp_path, clip | {"consent": "false"}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"audio": "a.wav", "dialect": "wu"}', "text"),
        ('{"audio": "a.wav", "dialect": "wu", "text": null}', "text is None"),
        ('{"audio": "a.wav", "text": "侬"}', "dialect"),
        ('{"audio": "b.wav", "dialect": "wu", "text": "侬"}', "b.wav"),
        (
            '{"audio": "a.wav", "dialect": "wu", "turns": [{"start": 9, "end": 10, "text": "侬"}]}',
            "9.0 to 10.0 s in 4.0",
        ),
        ('{"audio": "a.wav", "dialect": "wu", "turns": [{"start": 2, "end": 1, "text": "侬"}]}', "2.0 to 1.0 s"),
        ("{", "Expecting"),
        ("[]", "get"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    _audio(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_text("no audio")
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
    with pytest.raises(ManifestError, match="no recording 99"):
        split_by_recording(utterances, frozenset({"99"}))
