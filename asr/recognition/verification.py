"""Lets the recogniser hear proposed corrections again; those far less probable than its own words are dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asr.recognition.correction import Character, Corrector
from asr.recognition.speech_model import Decoded, Encoded, RawWord, SpeechModel

TOLERANCE = 1.5
"""How much less probable a correction may be than the recogniser's own words, in nats a changed character.

The language model's gain pays for it; it has been asked before."""

FOLLOWING = 2
"""Characters after a change whose probability counts too: they depend on it."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """An edit of words ``start`` to ``end`` of a clip."""

    start: int
    end: int
    text: str
    gain: float
    distance: float


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
        if index < len(words) and _is_chinese(words[index].text) and index not in breaks:
            continue
        phrase = [Character(word.text, word.probability) for word in words[start:index]]
        for edit in corrector.propose(phrase):
            yield _Proposal(start + edit.start, start + edit.end, edit.text, edit.gain, edit.distance)
        start = index if index in breaks and index < len(words) and _is_chinese(words[index].text) else index + 1


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
                result[index] = replace(
                    result[index], text=new.text, log_probability=new.log_probability, tokens=new.tokens
                )
    return tuple(result)


def _borne_out(proposal: _Proposal, words: Sequence[RawWord], again: Sequence[RawWord]) -> bool:
    end = min(len(words), proposal.end + FOLLOWING)
    difference = sum(again[i].log_probability - words[i].log_probability for i in range(proposal.start, end))
    changed = sum(again[i].text != words[i].text for i in range(proposal.start, proposal.end))
    return difference >= -TOLERANCE * changed


def _is_chinese(text: str) -> bool:
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"
