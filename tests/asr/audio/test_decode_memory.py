"""Memory does not grow with the length of the recording; measured in a process of its own."""

import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import soundfile

CODE = """
import json, re, sys, time
from pathlib import Path
from asr.audio.decode import decode

decoded = decode(Path(sys.argv[1]), Path(sys.argv[2]))
seconds = time.process_time()
loudest = max(float(abs(block).max()) for channel in range(decoded.channels) for block in decoded.blocks(channel, 30))
# Not ru_maxrss: the system counts into it the memory that the test's own process had when it started this one.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({
    "megabytes": peak / 1024,
    "seconds": seconds,
    "duration": decoded.duration,
    "channels": decoded.channels,
    "loudest": loudest,
}))
"""


@dataclass(frozen=True)
class Outcome:
    megabytes: float
    seconds: float
    duration: float
    channels: int
    loudest: float


def measured(source: Path, target: Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-c", CODE, source, target],
        capture_output=True,
        text=True,
        check=True,
        timeout=800,
    )
    return Outcome(**json.loads(done.stdout))


def write_mulaw(path: Path, speech: Path, minutes: int) -> None:
    """An 8 kHz µ-law WAV of two channels: the call again and again."""
    coded = path.with_suffix(".ul")
    samples, rate = soundfile.read(speech, dtype="int16")
    soundfile.write(coded, samples, rate, subtype="ULAW", format="RAW")
    data = coded.read_bytes()
    coded.unlink()
    total = minutes * 60 * rate * 2
    fmt = struct.pack("<4sIHHIIHHH", b"fmt ", 18, 7, 2, rate, rate * 2, 2, 8, 0)
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 4 + len(fmt) + 8 + total) + b"WAVE" + fmt)
        file.write(b"data" + struct.pack("<I", total))
        for start in range(0, total, len(data)):
            file.write(data[: total - start])


def test_half_an_hour_needs_no_more_memory_than_a_minute(stereo_speech, tmp_path):
    peaks = []
    for minutes in (1, 30):
        write_mulaw(tmp_path / "x.wav", stereo_speech, minutes)
        outcome = measured(tmp_path / "x.wav", tmp_path / "out.wav")
        assert outcome.duration == minutes * 60
        assert outcome.channels == 2
        assert 0.1 < outcome.loudest <= 1
        peaks.append(outcome.megabytes)
    # Half an hour would be 230 MB as floats of both channels.
    assert peaks[1] - peaks[0] < 40
    assert peaks[1] < 300


@pytest.mark.parametrize("codec", ["libopus", "aac"])
def test_compressed_ten_minutes(codec, ffmpeg, stereo_speech, tmp_path):
    write_mulaw(tmp_path / "x.wav", stereo_speech, 10)
    source = tmp_path / "x.mka"
    ffmpeg("-i", tmp_path / "x.wav", "-c:a", codec, "-b:a", "24k", "-ac", "1", source)
    outcome = measured(source, tmp_path / "out.wav")
    assert outcome.duration == pytest.approx(600, abs=1)
    assert outcome.megabytes < 200


@pytest.mark.long
@pytest.mark.timeout(900)
def test_four_hours_in_two_channels(stereo_speech, tmp_path):
    write_mulaw(tmp_path / "x.wav", stereo_speech, 240)
    outcome = measured(tmp_path / "x.wav", tmp_path / "out.wav")
    assert outcome.duration == 4 * 3600
    assert outcome.channels == 2
    assert outcome.megabytes < 300
