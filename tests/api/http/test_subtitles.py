from dataclasses import dataclass

from api.subtitles import srt, vtt


@dataclass(frozen=True)
class Cue:
    start: float
    end: float
    text: str


def test_srt_numbers_blocks_and_writes_milliseconds_after_a_comma() -> None:
    cues = [Cue(0.0, 1.5, "您好，12345。"), Cue(3599.9996, 3661.25, "我要反映")]
    assert srt(cues) == (
        "1\n00:00:00,000 --> 00:00:01,500\n您好，12345。\n\n2\n01:00:00,000 --> 01:01:01,250\n我要反映\n"
    )


def test_vtt_escapes_markup_and_never_breaks_a_block() -> None:
    text = vtt([Cue(-0.1, 2.0, "<b>A & B\n\n00:00 --> 00:01")])
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n&lt;b&gt;A &amp; B\n00:00 → 00:01\n"


def test_a_transcript_without_words_is_an_empty_file() -> None:
    assert srt([]) == ""
    assert vtt([]) == "WEBVTT\n"
