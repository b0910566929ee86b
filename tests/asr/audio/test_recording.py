"""The working file, read by time and channel."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.audio.decode import decode
from asr.audio.recording import SILENT, DecodedRecording, SourceFormat
from asr.audio.working_file import HEADER_BYTES, WorkingFile, part_file, wav_header

SOURCE = SourceFormat("WAV", "PCM_16", 16000, 2)


@pytest.fixture
def counted(tmp_path: Path) -> DecodedRecording:
    """Two seconds: the first channel counts samples from 0 up, the second from 0 down."""
    count = np.arange(32000, dtype=np.float32) / 32768
    with part_file(tmp_path / "out.raw") as part:
        working = WorkingFile(part.file, 2)
        working.append(np.stack([count, -count], axis=1), 16000)
        working.finish()
        part.publish()
    return DecodedRecording(tmp_path / "out.raw", 2, 32000, False, SOURCE, source_channels=(0, 1))


def test_samples_are_those_of_the_time_and_channel(counted):
    assert counted.duration == 2.0
    assert (counted.samples(0) * 32768).tolist() == list(range(32000))
    assert (counted.samples(1, 0.5, 0.50025) * 32768).tolist() == [-8000, -8001, -8002, -8003]
    assert counted.samples(0, 1.9999375).tolist() == [31999 / 32768]
    assert counted.samples(0).dtype == np.float32


@pytest.mark.parametrize(
    ("start", "end", "count"), [(-1, 0.1, 1600), (1.9, 9, 1600), (3, 4, 0), (1, 0.5, 0), (1, 1, 0)]
)
def test_times_are_cut_to_the_recording(counted, start, end, count):
    assert len(counted.samples(0, start, end)) == count


def test_blocks_hold_every_sample_once(counted):
    blocks = list(counted.blocks(1, 0.3))
    assert [len(block) for block in blocks] == [4800] * 6 + [3200]
    assert np.array_equal(np.concatenate(blocks), counted.samples(1))


def test_wrong_channel_and_block(counted):
    for channel in (-1, 2):
        with pytest.raises(IndexError):
            counted.samples(channel)
        with pytest.raises(IndexError):
            counted.blocks(channel, 1)
    with pytest.raises(ValueError, match="at least one sample"):
        counted.blocks(0, 0)


def test_json_brings_it_back(mono_speech, tmp_path):
    decoded = decode(mono_speech, tmp_path / "out.wav")
    again = DecodedRecording.from_json(json.loads(json.dumps(decoded.to_json())))
    assert again == decoded
    assert np.array_equal(again.samples(0), decoded.samples(0))


def test_silence_is_a_warning():
    assert DecodedRecording(Path("x"), 1, 1, False, SOURCE, (SILENT,)).silent
    assert not DecodedRecording(Path("x"), 1, 1, False, SOURCE, ("Else.",)).silent


def test_blocks_of_any_size_are_resampled_to_one_signal(tmp_path):
    tone = (0.5 * np.sin(np.arange(44100 * 3) * 2 * np.pi * 300 / 44100)).astype(np.float32)[:, None]
    results = []
    for step in (1000, 44100, 44100 * 3):
        with part_file(tmp_path / "x") as part:
            working = WorkingFile(part.file, 1)
            for first in range(0, len(tone), step):
                working.append(tone[first : first + step], 44100)
            working.finish()
            results.append(working.read(0, working.frames)[:, 0])
    assert len(results[0]) == 48000
    assert np.abs(results[0].astype(int) - results[1]).max() <= 1
    assert np.abs(results[0].astype(int) - results[2]).max() <= 1
    expected = 0.5 * np.sin(np.arange(48000) * 2 * np.pi * 300 / 16000) * 32768
    assert np.abs(results[0] - expected)[500:-500].max() < 20


def test_beyond_four_gigabytes_the_file_is_rf64(tmp_path):
    frames = 20 * 3600 * 16000
    path = tmp_path / "long.wav"
    last = np.array([[1, 2], [3, 4]], "<i2")
    with path.open("wb") as file:
        # Sparse: 4.6 GB long, some bytes on the disk.
        file.write(wav_header(2, frames))
        file.seek(HEADER_BYTES + (frames - 2) * 4)
        file.write(last.tobytes())
    info = soundfile.info(path)
    assert (info.format, info.frames, info.channels, info.samplerate) == ("RF64", frames, 2, 16000)
    recording = DecodedRecording(path, 2, frames, False, SOURCE, source_channels=(0, 1))
    assert (recording.samples(1, 20 * 3600 - 2 / 16000) * 32768).tolist() == [2, 4]
    assert wav_header(2, 1000).startswith(b"RIFF")


def test_dropping_channels_in_place(tmp_path):
    rows = np.arange(600_000 * 3, dtype=np.int64).reshape(-1, 3) % 30000
    with part_file(tmp_path / "x.wav") as part:
        working = WorkingFile(part.file, 3)
        working.append((rows / 32768).astype(np.float32), 16000)
        working.finish()
        working.keep((0, 2))
        part.publish()
    kept, _ = soundfile.read(tmp_path / "x.wav", dtype="int16")
    assert np.array_equal(kept, rows[:, [0, 2]])
