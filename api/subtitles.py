"""Transcripts as SubRip (.srt) and WebVTT (W3C) subtitles."""

from collections.abc import Iterable
from typing import Protocol


class Cue(Protocol):
    """A stretch of time, in seconds, with its words."""

    @property
    def start(self) -> float: ...  # noqa: D102

    @property
    def end(self) -> float: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102


def srt(cues: Iterable[Cue]) -> str:
    """SubRip: numbered blocks, milliseconds after a comma."""
    blocks = (
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_one_block(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    )
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """WebVTT: markup characters escaped (https://www.w3.org/TR/webvtt1/#webvtt-cue-text)."""
    blocks = (f"\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_escape(cue.text)}\n" for cue in cues)
    return "WEBVTT\n" + "".join(blocks)


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"


def _one_block(text: str) -> str:
    # An empty line would end the block, an arrow would read as times.
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()).replace("-->", "→")


def _escape(text: str) -> str:
    return _one_block(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
