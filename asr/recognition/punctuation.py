"""Punctuation: Chinese marks for ASCII ones, and marks by pauses and question words where the recogniser wrote none."""

import re
from collections.abc import Sequence
from dataclasses import replace

from asr.diarization.turns import Span
from asr.transcript import Word

MARKS = "，。？！；：、"

COMMA_PAUSE = 0.2
"""Seconds of silence inside a turn that part two clauses."""

STOP_PAUSE = 0.9
"""Seconds of silence inside a turn that end a sentence."""

_CHINESE = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "﹑": "，", "､": "，", "．": "。"})
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.:,](?=\d)")
_QUESTION = re.compile(
    r"(?:吗|么|呢|没有|了没|不行|行不行|好不好|对不对|是不是|可不可以|能不能|有没有)$"
    r"|什么|哪[里儿个位家些]?|谁|几[点个号楼岁天]|多少|多大|多久|怎么|怎样|为啥|为什么|啥时候"
)
_NO_QUESTION = re.compile(r"(?:不知道|怎么着|没什么|什么的|什么都|谁都|哪都|怎么都|不管)")


def punctuate(words: Sequence[Word], pauses: Sequence[Span]) -> tuple[Word, ...]:
    """The words of one turn with Chinese marks on them.

    ``pauses`` are the silent spans inside the turn, in seconds of the recording. A mark sits on the word before it.
    Marks that the recogniser wrote stay; a mark is added at a pause that has none next to it, and at the turn's end.
    """
    joined = [*_join_marks(words)]
    for start, end in pauses:
        if end - start < COMMA_PAUSE:
            continue
        boundary = _boundary(joined, (start + end) / 2)
        if boundary is None or _marked(joined, boundary - 1) or _marked(joined, boundary):
            continue
        mark = _ending(_clause(joined, boundary)) if end - start >= STOP_PAUSE else "，"
        joined[boundary - 1] = replace(joined[boundary - 1], text=joined[boundary - 1].text + mark)
    if joined and joined[-1].text[-1:] not in tuple("。？！"):
        last = joined[-1].text.rstrip(MARKS)
        joined[-1] = replace(joined[-1], text=last + _ending(_clause(joined, len(joined))))
    return tuple(joined)


def _join_marks(words: Sequence[Word]) -> list[Word]:
    """Marks join the word before them; blanks and marks before the first word go."""
    joined: list[Word] = []
    text = "".join(word.text for word in words)
    position = 0
    for word in words:
        chinese = _chinese(text, position, word.text)
        position += len(word.text)
        bare = chinese.strip(MARKS + " ")
        if bare:
            joined.append(replace(word, text=_one_mark(chinese.strip().lstrip(MARKS))))
        elif joined and chinese.strip():
            joined[-1] = replace(joined[-1], text=_one_mark(joined[-1].text + chinese.strip()))
    return joined


def _chinese(text: str, position: int, word: str) -> str:
    """The word with Chinese marks, but decimal points and times of day as they are."""
    out = []
    for offset, character in enumerate(word):
        at = position + offset
        if character == ".":
            out.append("." if _BETWEEN_DIGITS.match(text, at) else "。")
        else:
            out.append(character if _BETWEEN_DIGITS.match(text, at) else character.translate(_CHINESE))
    return "".join(out)


def _one_mark(text: str) -> str:
    bare = text.rstrip(MARKS)
    marks = text[len(bare) :]
    return bare + (next((m for m in marks if m in "？！。"), marks[:1]))


def _boundary(words: Sequence[Word], time: float) -> int | None:
    """Index of the first word after ``time``; none before the first or behind the last word."""
    if len(words) < 2:
        return None
    nearest = min(range(1, len(words)), key=lambda index: abs(words[index].start - time))
    return nearest if abs(words[nearest].start - time) <= 0.5 else None


def _marked(words: Sequence[Word], index: int) -> bool:
    return 0 <= index < len(words) and words[index].text[-1:] in tuple(MARKS)


def _clause(words: Sequence[Word], end: int) -> str:
    """The text from the last mark to word ``end``."""
    text = "".join(word.text for word in words[:end]).rstrip(MARKS)
    return re.split(f"[{MARKS}]", text)[-1]


def _ending(clause: str) -> str:
    return "？" if _QUESTION.search(clause) and not _NO_QUESTION.search(clause) else "。"
