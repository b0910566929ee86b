"""Who speaks when on a recording with one party a channel: voice activity of each, without cross-talk."""

from asr.diarization.crosstalk import suppress_crosstalk
from asr.diarization.source import AudioSource
from asr.diarization.turns import Diarization, Span, SpeakerTurn
from asr.diarization.voice_activity import Mask, Progress, analyse, seconds, spans_of, speech_mask

MODEL = "silero-vad"
SPEAKERS = ("left", "right")

MAX_PAUSE = 2.0
"""Longest silence, in seconds, inside one turn while the other party is silent too."""

MIN_SPEECH = 0.1
"""Shortest rest, in seconds, that cross-talk suppression may leave of a stretch."""


def diarize_channels(source: AudioSource, progress: Progress = lambda _: None) -> Diarization:
    """Turns of a recording with two channels, ``left`` and ``right``."""
    frames = (
        analyse(source, 0, lambda share: progress(share / 2)),
        analyse(source, 1, lambda share: progress(0.5 + share / 2)),
    )
    length = min(len(f.level) for f in frames)
    masks = suppress_crosstalk(
        source,
        (frames[0].level[:length], frames[1].level[:length]),
        (speech_mask(frames[0])[:length], speech_mask(frames[1])[:length]),
    )
    spans = [_spans(mask) for mask in masks]
    turns = channel_turns(spans[0], spans[1])
    return Diarization(turns, tuple(s for s in SPEAKERS if any(t.speaker == s for t in turns)), "channels", MODEL)


def _spans(mask: Mask) -> list[Span]:
    return [(start, end) for start, end in seconds(spans_of(mask)) if end - start >= MIN_SPEECH]


def channel_turns(left: list[Span], right: list[Span], max_pause: float = MAX_PAUSE) -> tuple[SpeakerTurn, ...]:
    """Join each channel's spans of speech to turns.

    A pause belongs to the turn while it is at most ``max_pause`` seconds and the other party says nothing in it.
    """
    turns: list[SpeakerTurn] = []
    for channel, (own, other) in enumerate(((left, right), (right, left))):
        group: list[Span] = []
        for span in own:
            if group and (span[0] - group[-1][1] > max_pause or _speaks(other, group[-1][1], span[0])):
                turns.append(_turn(group, channel))
                group = []
            group.append(span)
        if group:
            turns.append(_turn(group, channel))
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.channel)))


def _speaks(spans: list[Span], start: float, end: float) -> bool:
    return any(a < end and b > start for a, b in spans)


def _turn(group: list[Span], channel: int) -> SpeakerTurn:
    return SpeakerTurn(group[0][0], group[-1][1], SPEAKERS[channel], channel, tuple(group))
