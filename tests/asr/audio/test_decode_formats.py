"""Every form that recorders write, written by another program and compared with the original signal."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from asr.audio import sources
from asr.audio.decode import HAS_HEADER, decode
from asr.audio.recording import DecodedRecording
from asr.options import RawFormat

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Match:
    correlation: float
    delay: float


def original(path: Path, channel: int) -> Floats:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples[:, channel], rate, 16000), np.float32)


def match(heard: Floats, reference: Floats) -> Match:
    """Normalised correlation at the best delay (seconds, up to 0.2)."""
    size = 1 << (len(heard) + len(reference) - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(reference, size)), size)
    lags = np.r_[0:3201, -3200:0]
    best = lags[np.argmax(cross[lags])]
    pair = (heard[best:], reference) if best >= 0 else (heard, reference[-best:])
    count = min(map(len, pair))
    return Match(float(np.corrcoef(pair[0][:count], pair[1][:count])[0, 1]), best / 16000)


def check(decoded: DecodedRecording, speech: Path, correlation: float, delay: float = 0.002) -> None:
    """The decoded signal is the original's, at its time, channel by channel."""
    channels = soundfile.info(speech).channels
    assert decoded.channels == channels
    assert not decoded.dual_mono
    assert decoded.warnings == ()
    for channel in range(channels):
        reference = original(speech, channel)
        found = match(decoded.samples(channel), reference)
        assert found.correlation >= correlation
        assert abs(found.delay) <= delay
        assert abs(decoded.frames - len(reference)) <= 0.3 * 16000
    stored = soundfile.info(decoded.path)
    assert (stored.samplerate, stored.channels, stored.frames) == (16000, channels, decoded.frames)
    assert (stored.format, stored.subtype) == ("WAV", "PCM_16")


# Name, arguments of the program, least correlation with the original.
SOX_FORMS = [
    ("pcm8", ["-e", "unsigned", "-b", "8", "x.wav"], 0.97),
    ("pcm16", ["-e", "signed", "-b", "16", "x.wav"], 0.9999),
    ("pcm24", ["-e", "signed", "-b", "24", "x.wav"], 0.9999),
    ("pcm32", ["-e", "signed", "-b", "32", "x.wav"], 0.9999),
    ("float32", ["-e", "float", "-b", "32", "x.wav"], 0.9999),
    ("float64", ["-e", "float", "-b", "64", "x.wav"], 0.9999),
    ("alaw", ["-e", "a-law", "x.wav"], 0.999),
    ("ulaw", ["-e", "mu-law", "x.wav"], 0.999),
    ("ima", ["-e", "ima-adpcm", "x.wav"], 0.97),
    ("ms", ["-e", "ms-adpcm", "x.wav"], 0.97),
    ("flac", ["x.flac"], 0.9999),
    ("vorbis", ["x.ogg"], 0.9),
    ("mp3", ["-C", "32", "x.mp3"], 0.95),
    ("aiff", ["x.aiff"], 0.9999),
    ("au", ["-e", "mu-law", "x.au"], 0.999),
]
FFMPEG_FORMS = [
    ("pcm_u8", ["-c:a", "pcm_u8", "x.wav"], 0.97),
    ("pcm_s24le", ["-c:a", "pcm_s24le", "x.wav"], 0.9999),
    ("pcm_f32le", ["-c:a", "pcm_f32le", "x.wav"], 0.9999),
    ("pcm_alaw", ["-c:a", "pcm_alaw", "x.wav"], 0.999),
    ("pcm_mulaw", ["-c:a", "pcm_mulaw", "x.wav"], 0.999),
    ("adpcm_ima_wav", ["-c:a", "adpcm_ima_wav", "x.wav"], 0.97),
    ("adpcm_ms", ["-c:a", "adpcm_ms", "x.wav"], 0.97),
    ("rf64", ["-rf64", "always", "x.wav"], 0.9999),
    ("mp3-lame", ["-c:a", "libmp3lame", "-b:a", "32k", "x.mp3"], 0.95),
    ("mp3-44k", ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "64k", "x.mp3"], 0.95),
    ("flac-ffmpeg", ["x.flac"], 0.9999),
    ("ogg-flac", ["-c:a", "flac", "x.oga"], 0.9999),
    ("libvorbis", ["-c:a", "libvorbis", "x.ogg"], 0.9),
    ("libopus", ["-c:a", "libopus", "-b:a", "24k", "x.opus"], 0.9),
    ("libopus-webm", ["-c:a", "libopus", "-b:a", "32k", "x.webm"], 0.9),
    ("aac-m4a", ["-c:a", "aac", "x.m4a"], 0.95),
    ("aac-m4a-fragments", ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "x.m4a"], 0.95),
    ("alac-m4a", ["-c:a", "alac", "x.m4a"], 0.9999),
]
# These files do not say how much their encoder put in front (MP3 at 8 kHz: 1105 samples), so any player is as late.
LATE = {"mp3": 0.14, "aac-m4a-fragments": 0.13, "libopus-webm": 0.007}


@pytest.mark.parametrize("form", SOX_FORMS, ids=[f[0] for f in SOX_FORMS])
def test_form_of_sox(form, sox, speech, tmp_path):
    name, arguments, correlation = form
    file = tmp_path / arguments[-1]
    sox(speech, *arguments[:-1], file)
    check(decode(file, tmp_path / "out.wav"), speech, correlation, LATE.get(name, 0.002))


@pytest.mark.parametrize("form", FFMPEG_FORMS, ids=[f[0] for f in FFMPEG_FORMS])
def test_form_of_ffmpeg(form, ffmpeg, speech, tmp_path):
    name, arguments, correlation = form
    file = tmp_path / arguments[-1]
    ffmpeg("-i", speech, *arguments[:-1], file)
    check(decode(file, tmp_path / "out.wav"), speech, correlation, LATE.get(name, 0.002))


def test_gsm_of_sox(sox, mono_speech, tmp_path):
    sox(mono_speech, "-e", "gsm-full-rate", tmp_path / "x.wav")
    decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
    check(decoded, mono_speech, 0.85)
    assert decoded.source.codec == "GSM610"


def test_gsm_of_ffmpeg(ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, "-c:a", "libgsm_ms", tmp_path / "x.wav")
    check(decode(tmp_path / "x.wav", tmp_path / "out.wav"), mono_speech, 0.85)


def test_amr_narrowband_keeps_its_pauses(sox, mono_speech, tmp_path):
    sox(mono_speech, "-C", "7", tmp_path / "x.amr-nb")
    # sox sends nothing in pauses (DTX): those frames are there and decode to silence, not to nothing.
    assert min(frame_types((tmp_path / "x.amr-nb").read_bytes()[6:], NARROWBAND_BYTES)) >= 0
    assert 8 in frame_types((tmp_path / "x.amr-nb").read_bytes()[6:], NARROWBAND_BYTES)
    check(decode(tmp_path / "x.amr-nb", tmp_path / "out.wav"), mono_speech, 0.8, delay=0.015)


def test_amr_in_3gp(sox, ffmpeg, mono_speech, tmp_path):
    sox(mono_speech, "-C", "7", tmp_path / "x.amr-nb")
    ffmpeg("-f", "amr", "-i", tmp_path / "x.amr-nb", "-c", "copy", tmp_path / "x.3gp")
    check(decode(tmp_path / "x.3gp", tmp_path / "out.wav"), mono_speech, 0.8, delay=0.015)


@pytest.mark.parametrize("pauses", [False, True])
def test_amr_wideband(pauses, amr_wideband, mono_speech, tmp_path):
    amr_wideband(original(mono_speech, 0), tmp_path / "x.awb", pauses)
    types = frame_types((tmp_path / "x.awb").read_bytes()[9:], WIDEBAND_BYTES)
    assert any(kind >= 9 for kind in types) == pauses
    decoded = decode(tmp_path / "x.awb", tmp_path / "out.wav")
    check(decoded, mono_speech, 0.9, delay=0.01)
    assert decoded.source.sample_rate == 16000


NARROWBAND_BYTES = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)
WIDEBAND_BYTES = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0)


def frame_types(data: bytes, sizes: tuple[int, ...]) -> list[int]:
    types, at = [], 0
    while at < len(data):
        types.append(data[at] >> 3 & 15)
        at += 1 + sizes[types[-1]]
    return types


@pytest.mark.parametrize(("kind", "encoding"), [("al", "alaw"), ("ul", "ulaw")])
def test_headerless_g711(kind, encoding, sox, speech, tmp_path):
    sox(speech, "-t", kind, tmp_path / "x.wav")
    form = RawFormat(encoding, 8000, soundfile.info(speech).channels)
    check(decode(tmp_path / "x.wav", tmp_path / "out.wav", form), speech, 0.999)


def test_header_wins_over_the_form_given_for_headerless_files(mono_speech, tmp_path):
    decoded = decode(mono_speech, tmp_path / "out.wav", RawFormat("alaw"))
    assert decoded.warnings == (HAS_HEADER,)
    assert match(decoded.samples(0), original(mono_speech, 0)).correlation > 0.9999


@pytest.mark.parametrize("rate", [6000, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000])
def test_sample_rate(rate, sox, mono_speech, tmp_path):
    sox(mono_speech, "-r", rate, tmp_path / "x.wav")
    decoded = decode(tmp_path / "x.wav", tmp_path / "out.wav")
    check(decoded, mono_speech, 0.97 if rate < 8000 else 0.999)
    assert decoded.source.sample_rate == rate
    assert decoded.duration == pytest.approx(12, abs=0.001)


@pytest.mark.parametrize("ending", ["wav", "mp3", "txt", "raw", "amr", "m3u8", ""])
@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "m4a"])
def test_the_content_decides_not_the_ending(ending, form, ffmpeg, mono_speech, tmp_path):
    ffmpeg("-i", mono_speech, tmp_path / f"x.{form}")
    file = (tmp_path / f"x.{form}").rename(tmp_path / f"recording.{ending}")
    check(decode(file, tmp_path / "out.wav"), mono_speech, 0.95)


SEAMLESS = {
    **{name: ("sox", arguments) for name, arguments, _ in SOX_FORMS},
    **{name: ("ffmpeg", arguments) for name, arguments, _ in FFMPEG_FORMS},
    "mp3-vbr": ("ffmpeg", ["-c:a", "libmp3lame", "-q:a", "4", "x.mp3"]),
    # LAME's own choice of rate lends bits from frame to frame.
    "mp3-default": ("ffmpeg", ["-c:a", "libmp3lame", "x.mp3"]),
    "gsm": ("sox", ["-e", "gsm-full-rate", "x.wav"]),
    "amr-nb": ("sox", ["x.amr-nb"]),
}


@pytest.mark.parametrize("name", SEAMLESS)
def test_blocks_leave_no_seams(name, request, mono_speech, tmp_path, monkeypatch):
    program, arguments = SEAMLESS[name]
    file = tmp_path / arguments[-1]
    run = request.getfixturevalue(program)
    run(*(["-i"] if program == "ffmpeg" else []), mono_speech, *arguments[:-1], file)
    heard = []
    for size in (1 << 22, 1 << 11):
        monkeypatch.setattr(sources, "BLOCK_FRAMES", size)
        heard.append(decode(file, tmp_path / "out.wav").samples(0))
    assert np.abs(heard[0] - heard[1]).max() <= 1.1 / 32768
