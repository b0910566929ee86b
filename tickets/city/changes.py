"""What differs between two versions of a city."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from tickets.city.model import City, Department, Duty, Place

ChangeKind = Literal["added", "removed", "changed"]
Subject = Literal["duty", "department", "place", "wording"]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs; of a changed one ``values`` holds (field, before, after)."""

    subject: Subject
    kind: ChangeKind
    name: str
    values: tuple[tuple[str, str, str], ...] = ()


def changes_between(old: City, new: City) -> tuple[Change, ...]:
    """Duties by code, departments by name, places as a whole, wording by the number of utterances of a duty."""
    return (
        *_changed("duty", old.duty_by_code, new.duty_by_code),
        *_changed("department", old.department_by_name, new.department_by_name),
        *_changed("place", {_place(each): each for each in old.places}, {_place(each): each for each in new.places}),
        *_wording(old, new),
    )


def _changed(subject: Subject, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in now:
            yield Change(subject, "removed", name)
        elif name not in before:
            yield Change(subject, "added", name)
        elif before[name] != now[name]:
            yield Change(subject, "changed", name, tuple(_values(before[name], now[name])))


def _values(before: Duty | Department | Place, now: Duty | Department | Place) -> Iterator[tuple[str, str, str]]:
    for each in fields(before):
        old, new = _said(getattr(before, each.name)), _said(getattr(now, each.name))
        if old != new:
            yield each.name, old, new


def _said(value: object) -> str:
    return "、".join(value) if isinstance(value, tuple) else str(value or "")


def _place(place: Place) -> str:
    return f"{place.kind} {place.district}{place.street}{place.community} {place.name}"


def _wording(old: City, new: City) -> Iterator[Change]:
    """An utterance that stands in one version only; a changed line counts as one gone and one come."""
    gone, come = Counter(old.wording), Counter(new.wording)
    differs = {code for code, _ in [*(gone - come), *(come - gone)]}
    for code in sorted(differs):
        before = sum(count for (label, _), count in gone.items() if label == code)
        now = sum(count for (label, _), count in come.items() if label == code)
        yield Change("wording", "changed", code, (("utterances", str(before), str(now)),))
