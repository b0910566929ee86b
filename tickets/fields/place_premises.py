"""Whether a firm's or shop's name says where the matter is: 安陵万达广场 金麦霸, 新建村 路口顺达驾校."""

import re
from collections.abc import Sequence

from tickets.conversation import Conversation
from tickets.fields.place import MatterPlace
from tickets.language.lexicon import words
from tickets.language.positions import Part, position

# Firms that act elsewhere than where they sit: the matter is at the home, the site or the road
_WORKS_ELSEWHERE = re.compile(
    r"物业|置业|地产|房产|开发|装饰|装修|家装|建设|建工|[一二三四五]建|劳务|集团|合作社|快递|速递|单车|出行|物流|运输|通信|电信|移动|联通|保险|保安|银行|热力|燃气|自来水|供电|公交|轨道|中介|家政|公司$"
)
_KIND = re.compile(r"[厂店馆院坊吧室校园场社所铺部行城]$")
_LONGEST_PERSON = 3
_HOLDS_SHOPS = frozenset({"venue", "road", "village"})
MOST_CHARACTERS_BETWEEN = 14
_LOOSE = frozenset({"gate", "side"})


def premises(conversation: Conversation, place: MatterPlace, party: str, parts: Sequence[Part]) -> str:
    """The party's name where it adds where in the place the matter is, with the position said before it; else empty.

    Args:
        conversation: the call.
        place: where the matter is.
        party: the party's name as said.
        parts: the position within the place that the call tells; a numbered one needs no name beside it.
    """
    if place.place is None or set(party) <= set(place.place.name) or place.place.name in party:
        return ""
    if _WORKS_ELSEWHERE.search(party) or _is_person(party) or not {part.kind for part in parts} <= _LOOSE:
        return ""
    before = "" if parts else _position_before(conversation, place, party)
    return before + party if before or parts or place.place.kind in _HOLDS_SHOPS else ""


def _position_before(conversation: Conversation, place: MatterPlace, party: str) -> str:
    """The position that stands between the place's name and the party's: 湖月湾|门口的|丝缘美发."""
    for mention in place.mentions:
        end = conversation.text(mention.turn).find(party, mention.match.end)
        if 0 < end - mention.match.end <= MOST_CHARACTERS_BETWEEN:
            between = position(conversation.text(mention.turn), mention.match.end, end)
            if between.complete and {part.kind for part in between.parts} <= _LOOSE:
                return "".join(part.written for part in between.parts)
    return ""


def _is_person(party: str) -> bool:
    named = party[0] in "老小阿" or party[0] in words("surnames")
    return len(party) <= _LONGEST_PERSON and named and not _KIND.search(party)
