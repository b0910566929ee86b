"""Names of a city's places as callers say them: full, shortened, nicknamed, or misheard as words that sound alike."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from tickets.city.model import City, Place
from tickets.language.lexicon import words
from tickets.language.sounds import sounds

FULL, SHORT, STEM, SOUND = 1.0, 0.8, 0.5, 0.7
FEWEST_SOUNDS = 3
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A place that some words may mean, and how surely the words name it (1 the full name, 0.5 a bare stem)."""

    place: Place
    exactness: float


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Characters ``start``…``end`` (exclusive) of a text that may name one of ``options``."""

    start: int
    end: int
    options: tuple[PlaceOption, ...]

    @property
    def exactness(self) -> float:
        """How surely the words name a place at all."""
        return max(option.exactness for option in self.options)


class Gazetteer:
    """Finds names of places in text by two Aho–Corasick automata: over characters and over sounds."""

    def __init__(self, city: City) -> None:
        aliases: dict[str, dict[Place, float]] = defaultdict(dict)
        stems = [stem for name in city.districts for stem in _district_stems(name)]
        for place in city.places:
            for alias, exactness in _aliases(place, stems):
                if len(alias) >= 2:
                    aliases[alias][place] = max(exactness, aliases[alias].get(place, 0.0))
        self._names = ahocorasick.Automaton()
        self._sounds = ahocorasick.Automaton()
        by_sound: dict[str, dict[Place, tuple[float, str]]] = defaultdict(dict)
        for alias, places in aliases.items():
            options = tuple(PlaceOption(place, exactness) for place, exactness in places.items())
            self._names.add_word(alias, (len(alias), options))
            if len(alias) >= FEWEST_SOUNDS:
                for place, exactness in places.items():
                    if exactness >= SHORT:
                        by_sound[sounds(alias)].setdefault(place, (exactness * SOUND, alias))
        for mark, found in by_sound.items():
            self._sounds.add_word(mark, (len(mark), tuple(found.items())))
        self._names.make_automaton()
        self._sounds.make_automaton()

    def find(self, text: str) -> tuple[NameMatch, ...]:
        """Names in a text, the longest where they overlap, spelt ones before ones that only sound alike."""
        spelt = [NameMatch(last - length + 1, last + 1, options) for last, (length, options) in self._names.iter(text)]
        kept = _longest(spelt)
        taken = {index for match in kept for index in range(match.start, match.end)}
        heard = []
        for last, (length, found) in self._sounds.iter(sounds(text)):
            start = last - length + 1
            said = text[start : last + 1]
            options = tuple(
                PlaceOption(place, exactness) for place, (exactness, alias) in found if _plausible_slip(said, alias)
            )
            covered = taken.intersection(range(start, last + 1))
            if options and len(covered) < length and _extends(kept, start, last + 1):
                heard.append(NameMatch(start, last + 1, options))
        if heard:
            kept = _longest([*kept, *heard])
        return tuple(sorted(kept, key=lambda match: match.start))


def _extends(kept: list[NameMatch], start: int, end: int) -> bool:
    """A name heard may replace weak spelt matches inside it, never a sure one and never a part of a longer one."""
    return all(
        match.end <= start
        or match.start >= end
        or (match.exactness < SHORT and start <= match.start and match.end <= end)
        for match in kept
    )


def _plausible_slip(said: str, alias: str) -> bool:
    same = sum(a == b for a, b in zip(said, alias, strict=True))
    return same >= 1 if len(alias) <= 4 else same >= 2


def _longest(matches: list[NameMatch]) -> list[NameMatch]:
    kept: list[NameMatch] = []
    end = 0
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if match.start >= end:
            kept.append(match)
            end = match.end
        elif kept and match.end - match.start > kept[-1].end - kept[-1].start:
            kept[-1] = match
            end = match.end
    return kept


def _district_stems(name: str) -> list[str]:
    stem = re.sub(r"[区县市]$", "", name)
    found = [stem] if len(stem) >= 2 else []
    if len(stem) >= 4:
        found += [stem[2:], stem[:2]]
    return found


def _aliases(place: Place, district_stems: list[str]) -> Iterator[tuple[str, float]]:
    name = place.name
    yield name, FULL
    if place.kind == "district":
        stem = re.sub(r"[区县市]$", "", name)
        yield stem, SHORT
        if len(stem) >= 4:
            yield stem[2:], STEM
            yield stem[2:] + name[-1], FULL
    elif place.kind in {"street", "town"}:
        stem = re.sub(r"(街道|镇|乡)$", "", name)
        yield stem, STEM
        for suffix in ("街道办事处", "街道办") if name.endswith("街道") else ("政府", "镇政府"):
            yield stem + suffix, FULL
    elif place.kind == "community":
        stem = name.removesuffix("社区")
        for suffix in ("居委会", "居委", "社区居委会"):
            yield stem + suffix, SHORT
    elif place.kind == "village":
        stem = name.removesuffix("村")
        for suffix in ("村委会", "村委", "大队", "庄"):
            yield stem + suffix, SHORT
        if stem not in words("words_that_name_no_place"):
            yield stem, STEM
    elif place.kind == "estate":
        yield from _estate_aliases(name)
    elif place.kind == "venue":
        yield from _venue_aliases(name, district_stems)


def _estate_aliases(name: str) -> Iterator[tuple[str, float]]:
    for suffix in words("estate_suffixes"):
        stem = name.removesuffix(suffix)
        if stem != name and len(stem) >= 2:
            yield stem, STEM
            yield stem + "小区", SHORT
            return


def _venue_aliases(name: str, district_stems: list[str]) -> Iterator[tuple[str, float]]:
    short = _abbreviated(name)
    if short != name:
        yield short, SHORT
    for stem in sorted(district_stems, key=len, reverse=True):
        for prefix in (stem + "县", stem + "市", stem + "区", stem):
            if name.startswith(prefix) and len(name) - len(prefix) >= 2:
                rest = name.removeprefix(prefix)
                yield stem + rest, SHORT
                yield rest, STEM
                if short != name:
                    yield short.removeprefix(prefix), STEM
                    yield stem + short.removeprefix(prefix), SHORT


def _abbreviated(name: str) -> str:
    """第三中学 is called 三中, 第二人民医院 二院, 妇幼保健院 妇幼."""
    name = re.sub(rf"第([{_ORDINALS}])中学$", r"\1中", name)
    name = re.sub(rf"第([{_ORDINALS}])小学$", r"\1小", name)
    name = re.sub(rf"第([{_ORDINALS}])人民医院$", r"\1院", name)
    name = re.sub(r"外国语学校$", "外国语", name)
    name = re.sub(r"妇幼保健院$", "妇幼", name)
    name = re.sub(r"(?<=万达)广场$", "", name)
    return re.sub(r"超市$", "", name)
