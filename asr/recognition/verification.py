"""Lets the recogniser hear proposed corrections again; those it finds too improbable are dropped.

A correction stands where the sense it makes outweighs what it loses in the recogniser's ear. Both are log-odds against
the recogniser's own words, so only their relative weight is free.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asr.recognition.correction import Character, Corrector
from asr.recognition.speech_model import Decoded, Encoded, RawWord, SpeechModel, is_chinese

HEARING_WEIGHT = 0.5
"""Powers of ten of sense that a nat of the recogniser's probability is worth."""

FOLLOWING = 2
"""Characters after a change whose probability counts too: they depend on it."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """An edit of words ``start`` to ``end`` of a clip."""

    start: int
    end: int
    text: str
    gain: float


def corrected(
    model: SpeechModel, corrector: Corrector, encoded: Encoded, decoded: Sequence[Decoded], breaks: Sequence[set[int]]
) -> list[Decoded]:
    """Decoded clips with the corrections that the recogniser bears out.

    ``breaks`` are, for each clip, the indices of words that begin another phrase.
    """
    proposals = [tuple(_proposals(corrector, heard.words, own)) for heard, own in zip(decoded, breaks, strict=True)]
    if not any(proposals):
        return list(decoded)
    texts = ["".join(_edited(heard.words, own)) for heard, own in zip(decoded, proposals, strict=True)]
    again = model.align(encoded, texts)
    return [
        replace(heard, words=_accepted(heard.words, own, words))
        for heard, own, words in zip(decoded, proposals, again, strict=True)
    ]


def _proposals(corrector: Corrector, words: Sequence[RawWord], breaks: set[int]) -> Iterator[_Proposal]:
    start = 0
    for index in range(len(words) + 1):
        if index < len(words) and is_chinese(words[index].text) and index not in breaks:
            continue
        phrase = [Character(word.text, word.probability, word.others) for word in words[start:index]]
        for edit in corrector.propose(phrase):
            yield _Proposal(start + edit.start, start + edit.end, edit.text, edit.gain)
        start = index if index in breaks and index < len(words) and is_chinese(words[index].text) else index + 1


def _edited(words: Sequence[RawWord], proposals: Sequence[_Proposal]) -> list[str]:
    texts = [word.text for word in words]
    for proposal in proposals:
        texts[proposal.start : proposal.end] = proposal.text
    return texts


def _accepted(
    words: Sequence[RawWord], proposals: Sequence[_Proposal], again: Sequence[RawWord]
) -> tuple[RawWord, ...]:
    if len(again) != len(words):
        return tuple(words)
    result = list(words)
    for proposal in proposals:
        if _borne_out(proposal, words, again):
            for index in range(proposal.start, proposal.end):
                new = again[index]
                result[index] = replace(result[index], text=new.text, log_probability=new.log_probability)
    return tuple(result)


def _borne_out(proposal: _Proposal, words: Sequence[RawWord], again: Sequence[RawWord]) -> bool:
    end = min(len(words), proposal.end + FOLLOWING)
    difference = sum(again[i].log_probability - words[i].log_probability for i in range(proposal.start, end))
    return proposal.gain + HEARING_WEIGHT * difference > 0
