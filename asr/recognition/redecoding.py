"""Decodes a second time what the first decode left doubtful: loops, dropped phrases, improbable text."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from asr.recognition.packing import Clip, rebase, split
from asr.recognition.quality import better, judge
from asr.recognition.speech_model import Decoded, Decoding, RawWord

Decode = Callable[[Sequence[Clip], Decoding], list[Decoded]]
"""Decodes clips as one batch."""

Heard = tuple[tuple[Clip, Decoded], ...]

REPETITION_PENALTY = 1.1
STRICT_REPETITION_PENALTY = 1.3


def redecode(clip: Clip, first: Decoded, decode: Decode, decoding: Decoding) -> Heard:
    """The best that can be heard in a doubtful clip.

    A loop or improbable text: the clip in halves, with a penalty on repetition, and halves that still loop piece by
    piece. Pieces without a word: those alone. What does not improve the first decode is left.
    """
    verdict = judge(clip, first)
    if verdict.loop or verdict.rate or verdict.improbable:
        return _halves(clip, first, decode, replace(decoding, repetition_penalty=REPETITION_PENALTY))
    if verdict.unheard:
        return _missing(clip, first, verdict.unheard, decode, decoding)
    return ((clip, first),)


def _halves(clip: Clip, first: Decoded, decode: Decode, decoding: Decoding) -> Heard:
    parts = split(clip)
    if len(parts) == 1:
        strict = replace(decoding, repetition_penalty=STRICT_REPETITION_PENALTY, no_repeat_ngram_size=4)
        (again,) = decode(parts, strict)
        return ((clip, again),) if better((clip, first), (clip, again)) else ((clip, first),)
    heard: list[tuple[Clip, Decoded]] = []
    for part, second in zip(parts, decode(parts, decoding), strict=True):
        verdict = judge(part, second)
        if verdict.loop or verdict.rate:
            heard += _halves(part, second, decode, decoding)
        else:
            heard.append((part, second))
    return tuple(heard) if better((clip, first), (clip, joined(clip, heard))) else ((clip, first),)


def _missing(clip: Clip, first: Decoded, unheard: Sequence[int], decode: Decode, decoding: Decoding) -> Heard:
    alone = [rebase(clip.channel, clip.speaker, [clip.pieces[number]]) for number in unheard]
    found = [pair for pair in zip(alone, decode(alone, decoding), strict=True) if not judge(*pair).doubtful]
    return ((clip, first), *found)


def joined(clip: Clip, parts: Sequence[tuple[Clip, Decoded]]) -> Decoded:
    """The decodes of a clip's parts as one decode of the clip, for comparison."""
    words: list[RawWord] = []
    weight = score = 0.0
    no_speech = 1.0
    for part, decoded in parts:
        shift = next(p.offset for p in clip.pieces if p.start == part.pieces[0].start)
        words += [replace(word, start=word.start + shift, end=word.end + shift) for word in decoded.words]
        count = max(1, len(decoded.words))
        score += decoded.mean_log_probability * count
        weight += count
        no_speech = min(no_speech, decoded.no_speech)
    return Decoded(tuple(words), score / max(weight, 1.0), no_speech)
