"""The detail of a place in the operator's own words: 地点写文化路八十六号二楼外墙, as it goes into the ticket."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.conversation import Conversation
from tickets.fields.place import ASKS_WHERE, MatterPlace
from tickets.language.lexicon import pattern
from tickets.language.numerals import in_normal_digits
from tickets.language.positions import numbered_parts

FEWEST, MOST_CHARACTERS = 2, 18
SHARE_SAID_BEFORE = 0.7
"""Least share of the characters that the citizen has said before: what the operator adds is no place."""
_WRITES = re.compile(
    r"(?:位置|地点|地址|位子)(?:我|我们|这边)?(?:就|先|给您)*(?:写|是|记|登记|标|填)(?:上|的是|为|成|在)?[:：，]?$"
)
_TAIL = re.compile(r"(?:[，。,；？！?]|对[吗吧不]|是[吗吧]|没错)")
_LEAD = re.compile(r"(?:小区|公司)?(?:里面|里头|里边|那边|这边|那里|里|上)?(?:的|那个|那条|那座|那家|那片|、)*")
_ENDS = re.compile(r"(?:那里|那边|那儿|这边|附近那?|那一[片带截]|的位置|位置|的|那块|这儿|那|这)+$")
_PREDICATE = re.compile(
    r"[我你您他她它吗呢吧没不了被让请派说有想要打查好谁哪怎几什么收叫换停堵吵欠转归属]|是|正在|现在|昨|今|前天|早上|晚上|下午|上午|开始|发生|反映|诉求|情况|问题|投诉|举报|噪声|油烟"
)
_MORE = re.compile(r"，(?P<words>[^，。,；？！?]{2,10})(?=[。？！?]|$)")
_POSITION_ENDS = re.compile(r"(?:[旁前后内外侧口处上下段门边坪地池塘沟道桥房站楼层栋园库]|对面|底商|车位|中间|之间)$")
_AREAS_ONLY = re.compile(r"(?:[\u4e00-\u9fff]{2,8}(?:街道|社区|镇|乡|区|县|市))+")
_FILLERS = (
    (re.compile(r"(?:旁边|边上)的?那?[个条座家]?"), "旁"),
    (re.compile(r"(?:和|跟|与)(?P<b>[^和跟与]{2,8})(?:之间|中间|当中)"), r"与\g<b>之间"),
    (re.compile(r"对过"), "对面"),
    (re.compile(r"(?<=[\u4e00-\u9fff]{2})到(?=[\u4e00-\u9fff]{2})"), "至"),
    (re.compile(r"里头|里面|里边"), "内"),
    (re.compile(r"(?<!目)的(?!士)|那[个条座家处片栋]|这[个条座家处片]"), ""),
)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Characters ``start``…``end`` (exclusive) of a turn that say where, ``written`` as a ticket holds them."""

    turn: int
    start: int
    end: int
    written: str


def read_back(conversation: Conversation, place: MatterPlace) -> ReadBack | None:
    """The last detail that the operator notes down or says back and that nobody denies, or None."""
    found = [
        said
        for turn in conversation.operator
        if not conversation.denied(turn)
        for said in _said(conversation, place, turn)
    ]
    return max(found, key=lambda said: (len(said.written) >= len(found[-1].written), said.turn), default=None)


def _said(conversation: Conversation, place: MatterPlace, turn: int) -> Iterator[ReadBack]:
    text = conversation.text(turn)
    heard = "".join(conversation.text(before) for before in conversation.citizen if before < turn)
    ends = [mention.match.end for mention in place.mentions if mention.turn == turn]
    begins = [(end, bool(_WRITES.search(text[: _name_start(place, turn, end)]))) for end in ends]
    if not ends and turn and _asked_where(conversation, turn - 1):
        begins.append((0, False))
    for begin, writes in begins:
        start = begin + _end_of(_LEAD.match(text, begin))
        stop = _TAIL.search(text, start)
        end = stop.start() if stop else len(text)
        words = _ENDS.sub("", text[start:end])
        written = compact(words)
        if not FEWEST <= len(words) <= MOST_CHARACTERS or not written:
            continue
        if _PREDICATE.search(words) or _AREAS_ONLY.fullmatch(words) or not _stays_with(words, heard, writes=writes):
            continue
        if not begin and not _says_where(words):
            continue
        if writes and (more := _MORE.match(text, start + len(words))) and not _PREDICATE.search(more["words"]):
            words, written = text[start : more.end()], written + compact(more["words"])
        yield ReadBack(turn, start, start + len(words), written)


def _name_start(place: MatterPlace, turn: int, end: int) -> int:
    return next(item.match.start for item in place.mentions if item.turn == turn and item.match.end == end)


def _asked_where(conversation: Conversation, turn: int) -> bool:
    return conversation.role(turn) == "citizen" and bool(ASKS_WHERE.search(conversation.question(turn)))


def _says_where(words: str) -> bool:
    """Whether words that no name stands before end as a position does."""
    heads = list(pattern("landmark_kinds").finditer(words))
    numbers = numbered_parts(words)
    return bool(
        (heads and heads[-1].end() == len(words))
        or (numbers and numbers[-1].end == len(words))
        or _POSITION_ENDS.search(words)
    )


def _stays_with(words: str, heard: str, *, writes: bool) -> bool:
    said = sum(character in heard for character in words)
    return writes or said >= SHARE_SAID_BEFORE * len(words)


def _end_of(match: re.Match[str] | None) -> int:
    return match.end() - match.start() if match else 0


def compact(words: str) -> str:
    """Words that say where as a ticket holds them: normal digits, no filler."""
    for filler, written in _FILLERS:
        words = filler.sub(written, words)
    return in_normal_digits(words)
