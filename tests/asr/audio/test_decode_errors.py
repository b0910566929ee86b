"""Bad files end in a clear error or in what can be saved of them, never in a crash."""

import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr.audio.decode import CUT_OFF, DAMAGED, FORM_CHANGES, LENGTH_UNSET, decode
from asr.audio.recording import SILENT, DecodedRecording
from asr.errors import RecordingError
from asr.options import RawFormat


def refused(data: bytes, tmp_path: Path, raw_format: RawFormat | None = None) -> RecordingError:
    source = tmp_path / "x.wav"
    source.write_bytes(data)
    with pytest.raises(RecordingError) as caught:
        decode(source, tmp_path / "out.wav", raw_format)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.wav"], "nothing is left behind"
    assert caught.value.reason
    assert caught.value.remedy
    return caught.value


def decoded_bytes(data: bytes, tmp_path: Path) -> DecodedRecording:
    (tmp_path / "x.wav").write_bytes(data)
    return decode(tmp_path / "x.wav", tmp_path / "out.wav")


def zip_archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("recording.wav", b"RIFF" * 1000)
    return buffer.getvalue()


NON_AUDIO = {
    "html": (b"\r\n<!DOCTYPE html><html><body>404 Not Found</body></html>", "web page"),
    "html-gbk": ("<html><title>未登录</title></html>".encode("gbk"), "web page"),
    "json": ('{"code": 401, "message": "链接已过期"}'.encode(), "JSON"),
    "xml": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML"),
    "text": ("您好，这里是12345热线。".encode() * 400, "text"),
    "ascii": (b"not a recording\n", "text"),
    "zip": (zip_archive(), "ZIP"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(5000), "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "PNG"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(5000), "JPEG"),
    "playlist": (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n/etc/passwd\n", "playlist"),
    "concat": (b"ffconcat version 1.0\nfile /etc/passwd\n", "playlist"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(range(256)) * 20, "gzip"),
}


@pytest.mark.parametrize("name", NON_AUDIO)
@pytest.mark.parametrize("raw_format", [None, RawFormat("alaw")], ids=["", "raw"])
def test_non_audio_is_named(name, raw_format, tmp_path):
    data, kind = NON_AUDIO[name]
    error = refused(data, tmp_path, raw_format)
    assert error.code == "not_audio"
    assert kind in error.reason


def test_noise_and_zeros_are_not_audio(tmp_path):
    assert refused(np.random.default_rng(3).bytes(50_000), tmp_path).code == "not_audio"
    assert refused(bytes(50_000), tmp_path).code == "not_audio"
    # An executable, as an example of a binary file that is no recording.
    assert refused(Path(sys.executable).resolve().read_bytes()[:100_000], tmp_path).code == "not_audio"


def test_video_without_sound(ffmpeg, tmp_path):
    ffmpeg("-f", "lavfi", "-i", "color=black:size=32x32:duration=1", "-c:v", "mjpeg", tmp_path / "x.mp4")
    data = (tmp_path / "x.mp4").read_bytes()
    (tmp_path / "x.mp4").unlink()
    assert refused(data, tmp_path).code == "unsupported_codec"


def test_empty_files(sox, ffmpeg, tmp_path):
    assert refused(b"", tmp_path).code == "empty"
    for form in (["x.wav"], ["-e", "a-law", "x.wav"], ["-e", "gsm-full-rate", "x.wav"], ["x.flac"], ["x.amr-nb"]):
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        sox("-n", "-r", "8000", "-c", "1", *form[:-1], folder / form[-1], "trim", "0", "0")
        data = (folder / form[-1]).read_bytes()
        (folder / form[-1]).unlink()
        folder.rmdir()
        assert refused(data, tmp_path).code in {"empty", "damaged", "unsupported_codec"}


def test_zero_length_data_chunk_before_other_chunks(tmp_path):
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + fmt + b"data\0\0\0\0" + b"LIST" + struct.pack("<I", 1000) + b"INFO" + bytes(996)
    assert refused(b"RIFF" + struct.pack("<I", len(body)) + body, tmp_path).code == "empty"


def test_paths(tmp_path):
    for path, code in (
        (tmp_path, "not_a_file"),
        (tmp_path / "none.wav", "not_found"),
        (Path("/dev/zero"), "not_a_file"),
    ):
        with pytest.raises(RecordingError) as caught:
            decode(path, tmp_path / "out.wav")
        assert caught.value.code == code


def test_unreadable(mono_speech, tmp_path):
    source = tmp_path / "x.wav"
    source.write_bytes(mono_speech.read_bytes())
    source.chmod(0)
    if os.geteuid() != 0:
        with pytest.raises(RecordingError) as caught:
            decode(source, tmp_path / "out.wav")
        assert caught.value.code == "unreadable"
        return
    # Root reads everything: ask as nobody.
    tmp_path.chmod(0o777)
    for parent in list(tmp_path.parents)[:3]:
        if (
            parent.stat().st_uid == 0
            and parent.is_relative_to(tempfile.gettempdir())
            and parent != Path(tempfile.gettempdir())
        ):
            parent.chmod(parent.stat().st_mode | 0o011)
    code = (
        "import os, sys; from pathlib import Path; from asr.audio.decode import decode\n"
        "from asr.errors import RecordingError\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: decode(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except RecordingError as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, source, tmp_path / "out.wav"], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "unreadable", done.stderr


def data_chunk(wav: bytes) -> int:
    return wav.index(b"data") + 4


@pytest.mark.parametrize("codec", [[], ["-e", "a-law"], ["-e", "gsm-full-rate"], ["-e", "ima-adpcm"]], ids=str)
@pytest.mark.parametrize(
    "sizes", list(product((0, 8, 0xFFFFFFFF, 0x7FFFFFFF), (0, 0xFFFFFFFF, 0xFFFFFFFF - 36, 4096))), ids=str
)
def test_lengths_that_the_recorder_never_set(codec, sizes, sox, mono_speech, tmp_path):
    riff, data = sizes
    sox(mono_speech, *codec, tmp_path / "x.wav", "trim", "0", "4")
    wav = bytearray((tmp_path / "x.wav").read_bytes())
    wav[4:8] = struct.pack("<I", riff)
    at = data_chunk(wav)
    wav[at : at + 4] = struct.pack("<I", data)
    decoded = decoded_bytes(bytes(wav), tmp_path)
    assert decoded.warnings == (LENGTH_UNSET,)
    assert decoded.duration == pytest.approx(4, abs=0.07)
    assert decoded.samples(0, 1.0).std() > 0.005


def test_wav_written_to_a_pipe(ffmpeg, stereo_speech, tmp_path):
    for codec in ("pcm_s16le", "pcm_alaw", "adpcm_ima_wav", "libgsm_ms"):
        channels = "1" if codec == "libgsm_ms" else "2"
        piped = ffmpeg("-i", stereo_speech, "-ac", channels, "-c:a", codec, "-f", "wav", "pipe:1")
        decoded = decoded_bytes(piped, tmp_path)
        assert decoded.warnings == (LENGTH_UNSET,)
        assert decoded.duration == pytest.approx(30, abs=0.3)


def test_chunks_behind_the_data_are_not_heard(mono_speech, tmp_path):
    wav = bytearray(mono_speech.read_bytes())
    wav += b"LIST" + struct.pack("<I", 20_000) + b"\x7f" * 20_000
    wav[4:8] = struct.pack("<I", len(wav) - 8)
    decoded = decoded_bytes(bytes(wav), tmp_path)
    assert (decoded.duration, decoded.warnings) == (12, ())


def test_truncated_wav(sox, mono_speech, tmp_path):
    for codec in ([], ["-e", "a-law"], ["-e", "ms-adpcm"], ["-e", "gsm-full-rate"]):
        sox(mono_speech, *codec, tmp_path / "x.wav")
        wav = (tmp_path / "x.wav").read_bytes()
        decoded = decoded_bytes(wav[: len(wav) // 2], tmp_path)
        assert decoded.warnings == (CUT_OFF,)
        assert decoded.duration == pytest.approx(6, abs=0.1)
        (tmp_path / "out.wav").unlink()
        assert refused(wav[: data_chunk(bytearray(wav)) + 4], tmp_path).code == "empty"
        assert refused(wav[:20], tmp_path).code == "unsupported_codec"


@pytest.mark.parametrize("form", ["flac", "ogg", "opus", "webm", "mp3", "aac"])
def test_truncated_files_give_what_is_there(form, ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, tmp_path / f"x.{form}")
    data = (tmp_path / f"x.{form}").read_bytes()
    decoded = decoded_bytes(data[: round(len(data) * 0.6)], tmp_path)
    assert 4 < decoded.duration < 9
    # Neither MP3 without a count of frames nor AAC says how much there should be.
    assert (CUT_OFF in decoded.warnings or DAMAGED in decoded.warnings) or form in {"mp3", "aac"}


def test_truncated_m4a(ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, "-movflags", "faststart", tmp_path / "index-first.m4a")
    ffmpeg("-i", mono_speech, tmp_path / "index-last.m4a")
    first, last = ((tmp_path / f"index-{place}.m4a") for place in ("first", "last"))
    decoded = decoded_bytes(first.read_bytes()[: first.stat().st_size * 6 // 10], tmp_path)
    assert CUT_OFF in decoded.warnings
    assert decoded.duration == pytest.approx(7, abs=1)
    data = last.read_bytes()[: last.stat().st_size // 2]
    for path in (first, last, tmp_path / "out.wav"):
        path.unlink()
    assert refused(data, tmp_path).code == "unsupported_codec"


def test_a_lost_ogg_page_leaves_its_time(ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, "-c:a", "libopus", "-page_duration", "500000", tmp_path / "x.opus")
    data = (tmp_path / "x.opus").read_bytes()
    whole = decode(tmp_path / "x.opus", tmp_path / "whole.wav")
    pages = data.split(b"OggS")
    del pages[10:13]
    decoded = decoded_bytes(b"OggS".join(pages), tmp_path)
    assert DAMAGED in decoded.warnings
    assert decoded.duration == pytest.approx(whole.duration, abs=0.1)
    tail = slice(8 * 16000, 11 * 16000)
    assert np.corrcoef(decoded.samples(0)[tail], whole.samples(0)[tail])[0, 1] > 0.9


def test_damaged_and_silent_is_not_called_silent(sox, tmp_path):
    sox("-n", "-r", "8000", "-c", "1", "-b", "16", tmp_path / "made.wav", "trim", "0", "10")
    data = (tmp_path / "made.wav").read_bytes()
    (tmp_path / "made.wav").unlink()
    assert refused(data[: len(data) // 5], tmp_path).code == "damaged"
    assert SILENT in decoded_bytes(data[: len(data) * 9 // 10], tmp_path).warnings


def test_absurd_headers(mono_speech, tmp_path):
    wav = bytearray(mono_speech.read_bytes())
    wav[24:28] = struct.pack("<I", 100)
    assert refused(bytes(wav), tmp_path).code == "bad_sample_rate"
    many = io.BytesIO()
    soundfile.write(many, np.ones((100, 9)) * 0.1, 8000, format="WAV")
    assert refused(many.getvalue(), tmp_path).code == "too_many_channels"


@pytest.mark.parametrize("rate", [8000, 16000])
def test_values_that_are_no_numbers(rate, tmp_path):
    samples = (0.25 * np.sin(np.arange(2 * rate) * 2 * np.pi * 400 / rate)).astype(np.float32)
    clean = samples.copy()
    samples[1000:1004] = np.nan, np.inf, -np.inf, 3e38
    soundfile.write(tmp_path / "x.wav", samples, rate, subtype="FLOAT")
    heard = decode(tmp_path / "x.wav", tmp_path / "out.wav").samples(0)
    # Only the bad values' own place is disturbed, none of it beyond full scale, and no other sample is lost.
    expected = np.asarray(soxr.resample(clean, rate, 16000), np.float32)
    away = np.abs(np.arange(32000) / 16000 - 1002 / rate) > 0.03
    assert np.abs(heard - expected)[away].max() < 0.01


def test_channels_that_change_midway(ffmpeg, mono_speech, stereo_speech, tmp_path):
    for name, speech in (("one.aac", stereo_speech), ("two.aac", mono_speech)):
        ffmpeg("-i", speech, "-ar", "8000" if name == "one.aac" else "16000", tmp_path / name)
    joined = (tmp_path / "one.aac").read_bytes() + (tmp_path / "two.aac").read_bytes()
    decoded = decoded_bytes(joined, tmp_path)
    assert FORM_CHANGES in decoded.warnings
    assert decoded.duration == pytest.approx(42, abs=1)


def test_a_full_disk_is_not_the_recordings_fault(mono_speech):
    with pytest.raises(OSError):
        decode(mono_speech, Path("/proc/out.wav"))


def test_an_older_working_file_stays_until_the_new_one_is_whole(mono_speech, tmp_path):
    target = tmp_path / "out.wav"
    first = decode(mono_speech, target)
    (tmp_path / "bad.wav").write_bytes(b"no audio")
    with pytest.raises(RecordingError):
        decode(tmp_path / "bad.wav", target)
    assert first.samples(0).std() > 0.01


def test_parts_of_killed_runs_are_removed_and_those_of_living_ones_kept(mono_speech, tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from asr.audio.working_file import PartFile\n"
        "part = PartFile(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, tmp_path / "out.wav"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as living,
        subprocess.Popen(command, stdout=subprocess.PIPE) as killed,
    ):
        for process in (living, killed):
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.glob(".out.wav.*.part"))) == 2
        decode(mono_speech, tmp_path / "out.wav")
        assert len(list(tmp_path.glob(".out.wav.*.part"))) == 1
        living.kill()


def test_progress_rises_to_one(ffmpeg, stereo_speech, tmp_path):
    ffmpeg("-i", stereo_speech, tmp_path / "x.m4a")
    for source in (stereo_speech, tmp_path / "x.m4a"):
        seen: list[float] = []
        decode(source, tmp_path / "out.wav", progress=seen.append)
        assert seen == sorted(seen)
        assert len(seen) > 2
        assert seen[-1] == 1.0


FORMS = {
    "pcm.wav": ["-b", "16"],
    "float.wav": ["-e", "float", "-b", "32"],
    "alaw.wav": ["-e", "a-law"],
    "gsm.wav": ["-e", "gsm-full-rate"],
    "ima.wav": ["-e", "ima-adpcm"],
    "ms.wav": ["-e", "ms-adpcm"],
    "x.flac": [],
    "x.ogg": [],
    "x.mp3": [],
    "x.amr-nb": [],
}


@pytest.fixture(scope="session")
def valid_files(sox, ffmpeg, mono_speech, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("valid")
    for name, arguments in FORMS.items():
        sox(mono_speech, *arguments, folder / name, "trim", "0", "1.5")
    for name in ("x.m4a", "x.opus", "x.webm", "x.3gp"):
        if name == "x.3gp":
            ffmpeg("-f", "amr", "-i", folder / "x.amr-nb", "-c", "copy", folder / name)
        else:
            ffmpeg("-i", mono_speech, "-t", "1.5", folder / name)
    return folder


@pytest.fixture(scope="session")
def fuzz_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def survives(data: bytes, folder: Path, raw_format: RawFormat | None = None) -> None:
    (folder / "x").write_bytes(data)
    try:
        decoded = decode(folder / "x", folder / "out.wav", raw_format)
    except RecordingError as error:
        assert error.code
        assert error.remedy
    else:
        assert decoded.frames > 0
        for channel in range(decoded.channels):
            assert sum(map(len, decoded.blocks(channel, 0.7))) == decoded.frames
        assert DecodedRecording.from_json(decoded.to_json()) == decoded
    assert not list(folder.glob("*.part"))


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(
    data=st.binary(max_size=3000),
    magic=st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"OggS\0", b"fLaC", b"#!AMR\n", b"ID3"]),
)
def test_any_bytes(fuzz_folder, data, magic):
    survives(magic + data, fuzz_folder)


@FUZZ
@given(data=st.binary(max_size=3000), channels=st.integers(1, 9), rate=st.integers(1, 500_000))
def test_any_bytes_as_headerless(fuzz_folder, data, channels, rate):
    survives(data, fuzz_folder, RawFormat("ulaw", rate, channels))


@pytest.mark.parametrize("name", [*FORMS, "x.m4a", "x.opus", "x.webm", "x.3gp"])
@settings(FUZZ, max_examples=40)
@given(
    reach=st.sampled_from([0.01, 0.1, 1.0]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    cut=st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.2, 1.0])),
)
def test_any_damage(fuzz_folder, valid_files, name, **damage):
    data = bytearray((valid_files / name).read_bytes())
    for place, value in damage["changes"]:
        data[int(place * damage["reach"] * len(data))] = value
    start, length = (round(part * len(data)) for part in damage["cut"])
    del data[start : start + length]
    survives(bytes(data), fuzz_folder)
