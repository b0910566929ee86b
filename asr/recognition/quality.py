"""Judges a decoded clip: fit to keep, to be decoded a second time, or not speech at all."""

from dataclasses import dataclass

from asr.recognition.attribution import nearest_piece
from asr.recognition.packing import Clip
from asr.recognition.repetition import has_loop
from asr.recognition.speech_model import Decoded

MIN_LOG_PROBABILITY = -1.0
"""Mean log-probability a token below which a text is doubtful (openai/whisper ``transcribe.py``)."""

MAX_NO_SPEECH = 0.6
"""Probability of no speech above which a doubtful text is thrown away (openai/whisper ``transcribe.py``)."""

CHARACTERS_A_SECOND = (1.0, 11.0)
"""Mandarin is spoken at 3 to 7 syllables a second; what lies far outside lost a phrase or invented one."""

LONGEST_UNHEARD = 2.0
"""Seconds of speech without a word after which a phrase counts as dropped."""

_MIN_SPEECH = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a decoded clip."""

    loop: bool
    improbable: bool
    rate: bool
    unheard: tuple[int, ...]
    no_speech: bool

    @property
    def doubtful(self) -> bool:
        """A second decode is worth its time."""
        return self.loop or self.improbable or self.rate or bool(self.unheard)


def judge(clip: Clip, decoded: Decoded) -> Verdict:
    """Judge the words of a clip. ``unheard`` are the positions of pieces with speech and no word."""
    text = decoded.text
    characters = sum(character.isalnum() for character in text)
    pace = characters / max(clip.speech, 0.1)
    low, high = CHARACTERS_A_SECOND
    heard = {nearest_piece(clip, (word.start + word.end) / 2) for word in decoded.words if word.text.strip()}
    return Verdict(
        loop=has_loop(text),
        improbable=decoded.mean_log_probability < MIN_LOG_PROBABILITY,
        rate=clip.speech >= _MIN_SPEECH and not low <= pace <= high,
        unheard=tuple(
            number
            for number, piece in enumerate(clip.pieces)
            if number not in heard and piece.duration >= LONGEST_UNHEARD
        ),
        no_speech=decoded.no_speech > MAX_NO_SPEECH and decoded.mean_log_probability < MIN_LOG_PROBABILITY,
    )


def better(first: tuple[Clip, Decoded], second: tuple[Clip, Decoded]) -> bool:
    """Whether the second decode of the same stretch is to be kept instead of the first."""
    return _penalty(*second) < _penalty(*first)


def _penalty(clip: Clip, decoded: Decoded) -> float:
    verdict = judge(clip, decoded)
    faults = 4.0 * verdict.loop + 1.0 * verdict.rate + 0.5 * len(verdict.unheard)
    return faults - decoded.mean_log_probability
