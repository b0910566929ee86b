"""Corrections of turns as pure changes of a transcript, and putting them into one that a machine has made anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

Segment = Mapping[str, Any]
CERTAIN: Final = 1.0
"""Confidence of what a person wrote."""
TOUCHING: Final = 0.2
"""Seconds by which turns may overlap before words are taken out of one."""


@dataclass(frozen=True, slots=True)
class TurnChange:
    """A change of the turn at ``index``: its text, its role, split before character ``at``, or merged with the next."""

    kind: Literal["text", "role", "split", "merge"]
    index: int
    text: str | None = None
    role: str | None = None
    at: int | None = None


def changed(segments: Sequence[Segment], change: TurnChange, mark: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The turns after a change; what it touched carries ``mark``.

    Raises:
        ValueError: there is no such turn or place in it.
    """
    if not 0 <= change.index < len(segments):
        raise ValueError("没有这个话轮")
    segment = segments[change.index]
    rest = change.index + 1
    match change.kind:
        case "text":
            made = [_retold(segment, str(change.text))]
        case "role":
            made = [{**segment, "role": change.role}]
        case "split":
            made = _halves(segment, change.at or 0)
        case "merge":
            if rest == len(segments):
                raise ValueError("这是最后一个话轮，没有可合并的下一轮")
            made, rest = [_merged(segment, segments[rest])], rest + 1
    return [
        *map(dict, segments[: change.index]),
        *({**each, "corrected": dict(mark)} for each in made),
        *map(dict, segments[rest:]),
    ]


def reapplied(fresh: Sequence[Segment], corrected: Sequence[Segment]) -> list[dict[str, Any]]:
    """Turns of a new recognition with the ``corrected`` ones in the place of what was recognised there."""
    spans = [(float(each["start"]), float(each["end"])) for each in corrected]
    left = [kept for segment in fresh if (kept := _outside(segment, spans)) is not None]
    return sorted([*left, *map(dict, corrected)], key=lambda each: (each["start"], each["end"]))


def _outside(segment: Segment, spans: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    """What of a turn lies outside the spans; None where that is nothing."""
    start, end = float(segment["start"]), float(segment["end"])
    if not any(min(end, last) - max(start, first) > TOUCHING for first, last in spans):
        return dict(segment)
    words = [
        word
        for word in segment.get("words") or ()
        if not any(first <= (float(word["start"]) + float(word["end"])) / 2 <= last for first, last in spans)
    ]
    text = "".join(str(word["text"]) for word in words).strip()
    if not text:
        return None
    return {**segment, "start": words[0]["start"], "end": words[-1]["end"], "text": text, "words": words}


def _retold(segment: Segment, text: str) -> dict[str, Any]:
    return {**segment, "text": text, "confidence": CERTAIN, "words": list(_timed(segment, text))}


def _halves(segment: Segment, at: int) -> list[dict[str, Any]]:
    text = str(segment["text"])
    if not text[:at].strip() or not text[at:].strip():
        raise ValueError("拆分位置须在话轮文字中间")
    words = list(_timed(segment, text))
    head, length = [], 0
    for word in words:
        length += len(word["text"])
        if length <= at:
            head.append(word)
    tail = words[len(head) :]
    border = float(tail[0]["start"]) if tail else float(segment["end"])
    if head and length > at and sum(len(word["text"]) for word in head) < at and tail:
        # The border runs through a word: its time is divided by its characters.
        cut = at - sum(len(word["text"]) for word in head)
        first, last = _cut(tail[0], cut)
        head, tail, border = [*head, first], [last, *tail[1:]], float(last["start"])
    elif not head and tail:
        first, last = _cut(tail[0], at)
        head, tail, border = [first], [last, *tail[1:]], float(last["start"])
    return [
        {**segment, "text": text[:at].strip(), "end": border, "words": head, "confidence": CERTAIN},
        {**segment, "text": text[at:].strip(), "start": border, "words": tail, "confidence": CERTAIN},
    ]


def _cut(word: Segment, at: int) -> tuple[dict[str, Any], dict[str, Any]]:
    text, start, end = str(word["text"]), float(word["start"]), float(word["end"])
    border = start + (end - start) * at / max(1, len(text))
    return {**word, "text": text[:at], "end": border}, {**word, "text": text[at:], "start": border}


def _merged(first: Segment, second: Segment) -> dict[str, Any]:
    return {
        **first,
        "end": max(float(first["end"]), float(second["end"])),
        "text": f"{first['text']}{second['text']}",
        "raw_text": f"{first.get('raw_text') or ''}{second.get('raw_text') or ''}",
        "words": [*(first.get("words") or ()), *(second.get("words") or ())],
        "confidence": CERTAIN,
    }


def _timed(segment: Segment, text: str) -> Iterator[dict[str, Any]]:
    """Words of a new text: those that stay keep their times, new ones take the time of what they replace."""
    characters = [
        (char, float(start), float(end), number)
        for number, word in enumerate(segment.get("words") or ())
        for char, start, end in _spread(word)
    ]
    if not characters:
        yield {"start": segment["start"], "end": segment["end"], "text": text, "confidence": CERTAIN}
        return
    confidences = [float(word.get("confidence", CERTAIN)) for word in segment["words"]]
    old = "".join(char for char, *_ in characters)
    for kind, first, last, start, end in SequenceMatcher(None, old, text, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _kept(characters[first:last], confidences)
        elif end > start:
            before = characters[first][1] if first < last else (characters[first - 1][2] if first else characters[0][1])
            after = characters[last - 1][2] if first < last else before
            yield {"start": before, "end": after, "text": text[start:end], "confidence": CERTAIN}


def _kept(
    characters: Sequence[tuple[str, float, float, int]], confidences: Sequence[float]
) -> Iterator[dict[str, Any]]:
    word: list[tuple[str, float, float, int]] = []
    for character in [*characters, None]:
        if word and (character is None or character[3] != word[0][3]):
            yield {
                "start": word[0][1],
                "end": word[-1][2],
                "text": "".join(char for char, *_ in word),
                "confidence": confidences[word[0][3]],
            }
            word = []
        if character is not None:
            word.append(character)


def _spread(word: Segment) -> Iterator[tuple[str, float, float]]:
    text, start, end = str(word["text"]), float(word["start"]), float(word["end"])
    step = (end - start) / max(1, len(text))
    for index, char in enumerate(text):
        yield char, start + index * step, start + (index + 1) * step
