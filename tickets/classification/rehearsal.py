"""Calls made up of a city's wording, to train and to test on: what real calls have and single utterances lack.

A caller tells a matter in several turns, between courtesies, whom he asked before and other matters in passing; the
operator asks for the place and names the lawful channel; the recogniser writes some characters as others that sound
the same. Deterministic: the same seed gives the same calls.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tickets.call import Call, Turn
from tickets.city.model import NO_MATTER, City, Duty, Place
from tickets.classification.services import services_named
from tickets.dispatch.leads import lead_json, lead_of
from tickets.language.lexicon import words
from tickets.language.sounds import syllable

MOST_LINES = 5
LINES_WEIGHTS = (0, 2, 4, 4, 2)
"""How often a call tells its matter in 1, 2… utterances; then about as many calls are right as of given ones."""
MOST_CHATTER = 6
PASSING, SLIPPED, SLIP_RATE = 0.4, 0.3, 0.06
TOLD_CHANNEL, TOLD_OTHERWISE = 0.85, 0.1
ACTS, ACTS_AMISS = (0, 1, 1, 2, 2, 3), 0.04
"""How many sentences an operator says about an emergency; how often one in another call."""
MOST_AROUND, AT_ONCE = 3, 0.6
ELSEWHERE = 0.35
_OUTSIDE = (
    "这个不属于我们热线受理范围，建议您向{channel}反映。",
    "您说的情况要由{channel}处理，我们没法受理。",
    "这件事我们不能受理，您可以找{channel}。",
    "这是{channel}的范围，您直接打他们的电话。",
    "热线不能转办这一类，您得走{channel}那条路。",
)
_NOT_OUTSIDE = (
    "处理不好的话，您以后也可以找{channel}。",
    "您有没有去找过{channel}？",
    "您这种还不用找{channel}，我给您转部门。",
    "{channel}没有给您登记，对吗？",
)
_AT = ("就在{place}。", "{place}这里。", "在{place}边上，很好找。", "{place}，对，就是那儿。")
_LIVES = ("我自己住{place}，不是那里的。", "我家在{place}，这个事不在我家那边。", "上回{place}也有过这种事。")
_NAME_AND_NUMBER = (
    Turn("operator", "您贵姓？电话打这个号码吗？"),
    Turn("citizen", "免贵姓陈，耳东陈，就打这个号码。"),
    Turn("operator", "好的，已经登记，再见。"),
)


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said whatever the matter: by citizens, and by operators acting on a danger or asking and answering."""

    chatter: Sequence[str] = ()
    acting: Sequence[str] = ()
    asking: Sequence[str] = ()

    @classmethod
    def all(cls) -> "Talk":
        """All of the language's."""
        return cls(words("said_in_any_call"), words("operator_in_danger"), words("operator_in_any_call"))

    def where(self, chosen: Callable[[str], bool]) -> "Talk":
        """The lines that a condition chooses."""
        return Talk(*(tuple(filter(chosen, lines)) for lines in (self.chatter, self.acting, self.asking)))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A call with its answer: the code of its matter, and where it goes."""

    call: Call
    code: str
    disposition: str
    lead: Mapping[str, str | None] | None
    handover: frozenset[str]

    @classmethod
    def of(cls, call: Call, duty: Duty | None, place: Place | None) -> "Rehearsal":
        """The answer that the duty list gives for a matter at a place; without a duty there is no matter."""
        if duty is None:
            return cls(call, NO_MATTER, "none", None, frozenset())
        if duty.dispatched:
            district, street = (place.district, place.street) if place else (None, None)
            return cls(call, duty.code, "dispatch", lead_json(lead_of(duty, district, street)), frozenset())
        outside = duty.level in {"emergency", "redirect"} and duty.lead
        return cls(call, duty.code, duty.level, None, frozenset((duty.lead,)) if outside and duty.lead else frozenset())


@dataclass(frozen=True, slots=True)
class Material:
    """What calls are made of: utterances by code, what is said in any call, and characters that sound alike."""

    lines: Mapping[str, Sequence[str]]
    talk: Talk
    alike: Mapping[str, str]

    @classmethod
    def of(cls, examples: Sequence[tuple[str, str]], talk: Talk | None = None) -> "Material":
        """From (code, utterance) pairs; all talk of the language when left out."""
        lines: dict[str, list[str]] = {}
        for code, text in examples:
            lines.setdefault(code, []).append(text)
        alike: dict[str, str] = {}
        for character in sorted({character for _, text in examples for character in text}):
            alike[syllable(character)] = alike.get(syllable(character), "") + character
        return cls(lines, Talk.all() if talk is None else talk, alike)


def told(material: Material, code: str, draw: random.Random) -> list[str]:
    """What a caller says of one matter: its utterances, chatter, sometimes another matter in passing; slips in some."""
    own = material.lines[code]
    number = draw.choices(range(1, MOST_LINES + 1), LINES_WEIGHTS)[0]
    chosen = draw.sample(list(own), min(number, len(own)))
    parts = chosen + draw.sample(list(material.talk.chatter), _some(len(material.talk.chatter), draw))
    others = [other for other in material.lines if other not in {code, NO_MATTER}]
    if others and draw.random() < PASSING:
        parts.append(max(re.split(r"[，。！？/]", draw.choice(material.lines[draw.choice(others)])), key=len) + "。")
    first = parts.pop(0)
    draw.shuffle(parts)
    parts.insert(draw.randint(0, min(2, len(parts))), first)
    return [_slipped(part, material.alike, draw) for part in parts] if draw.random() < SLIPPED else parts


def _some(available: int, draw: random.Random) -> int:
    return draw.randint(min(1, available), min(MOST_CHATTER, available))


def rehearse(city: City, material: Material, seed: int, each: int) -> Iterator[Rehearsal]:
    """``each`` calls for every code that has utterances; of several utterances each, but for emergencies."""
    draw = random.Random(seed)  # noqa: S311 — made-up calls, no secret
    for code in sorted(material.lines):
        for number in range(each):
            if code == NO_MATTER:
                said = draw.choice(material.lines[code]).split("/")
                turns = (Turn("operator", "您好，请讲。"), *(Turn("citizen", part.strip()) for part in said))
                yield Rehearsal.of(Call(f"{code}-{number}", turns), None, None)
            elif city.duty_by_code[code].level != "emergency":
                yield _call(city, material, code, told(material, code, draw), draw)
            else:
                yield rehearse_story(city, material, code, draw.choice(material.lines[code]), draw)


def rehearse_story(city: City, material: Material, code: str, text: str, draw: random.Random) -> Rehearsal:
    """A call that tells one utterance and hardly more, as callers in danger do."""
    around = draw.sample(list(material.talk.chatter), min(len(material.talk.chatter), draw.randint(0, MOST_AROUND)))
    start = draw.randint(0, len(around))
    return _call(city, material, code, [*around[:start], text, *around[start:]], draw)


def _call(city: City, material: Material, code: str, parts: Sequence[str], draw: random.Random) -> Rehearsal:
    named = [place for place in city.places if place.street and place.kind not in {"street", "town"}]
    place = draw.choice(named) if named else None
    asked = _where(place, named, draw) if place else ()
    turns = tuple(_turns(city, city.duty_by_code[code], parts, asked, material.talk, draw=draw))
    return Rehearsal.of(Call(code, turns), city.duty_by_code[code], place)


def _turns(
    city: City, duty: Duty, parts: Sequence[str], where: Sequence[Turn], talk: Talk, *, draw: random.Random
) -> Iterator[Turn]:
    yield Turn("operator", "您好，热线，请讲。")
    asked = draw.randint(1, max(1, len(parts) - 1))
    acts = _acts(duty, talk, draw)
    for number, part in enumerate(parts, 1):
        for said in part.split(" / "):
            yield Turn("citizen", said)
            if acts and draw.random() < AT_ONCE:
                yield Turn("operator", acts.pop())
            elif talk.asking:
                yield Turn("operator", draw.choice(talk.asking))
        if number == asked:
            yield from where
    yield from (Turn("operator", act) for act in acts)
    channels = [duty.lead for duty in city.duties if duty.level == "redirect" and duty.lead]
    if duty.level == "redirect" and duty.lead and draw.random() < TOLD_CHANNEL:
        yield Turn("operator", draw.choice(_OUTSIDE).format(channel=duty.lead))
    elif channels and draw.random() < TOLD_OTHERWISE:
        yield Turn("operator", draw.choice(_NOT_OUTSIDE).format(channel=draw.choice(channels)))
    yield from _NAME_AND_NUMBER


def _acts(duty: Duty, talk: Talk, draw: random.Random) -> list[str]:
    """What the operator does about a danger; of the services he names only the one that the duty asks for."""
    if duty.level != "emergency":
        return draw.sample(list(talk.acting), 1) if talk.acting and draw.random() < ACTS_AMISS else []
    fitting = [line for line in talk.acting if set(services_named(line)) <= {duty.lead}]
    return draw.sample(fitting, min(len(fitting), draw.choice(ACTS)))


def _where(place: Place, named: Sequence[Place], draw: random.Random) -> tuple[Turn, ...]:
    answer = draw.choice(_AT).format(place=place.name)
    if draw.random() < ELSEWHERE:
        answer += draw.choice(_LIVES).format(place=draw.choice(named).name)
    return (
        Turn("operator", "具体在什么位置？"),
        Turn("citizen", answer),
        Turn("operator", f"是{place.district}{place.street}的{place.name}，对吗？"),
        Turn("citizen", "对。"),
    )


def _slipped(text: str, alike: Mapping[str, str], draw: random.Random) -> str:
    """The text with some characters written as others of the same sound, as a recogniser does (公鸡金 for 公积金)."""
    return "".join(
        draw.choice(alike.get(syllable(character), character)) if draw.random() < SLIP_RATE else character
        for character in text
    )
