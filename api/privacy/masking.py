"""What stands in the place of names and numbers: 某 for a surname, asterisks for a number."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

_DIGIT: Final = "0-9零〇一二三四五六七八九幺两"
NUMBER: Final = re.compile(rf"[{_DIGIT}](?:[-—－\s，,、]?[{_DIGIT}]){{6,}}")
"""Seven digits and more, as read out or written, with pauses between them: phone, identity and account numbers."""
NAMED: Final = re.compile(
    r"(?<=我叫)[\u4e00-\u9fff]{1,3}?(?=[，。,.！？!?、\s啊呀的哦]|$)|(?<=姓)(?<!百姓)[\u4e00-\u9fff](?<![名氏啊呢呀吗])"
)
"""What a caller gives as his name."""
CITY_VERSION: Final = re.compile(r"(?<=派单目录版本)[0-9a-f]{16}(?![0-9a-zA-Z])")
"""What reasons name the duty list by: its digits in a row are nobody's number."""
NUMBER_MARK: Final = "***"
NAME_MARK: Final = "某"
HIDDEN_FIELDS: Final = ("title", "summary", "party")


def masked_text(text: str, surname: str | None = None) -> str:
    """A text without names and numbers; ``surname`` is what the ticket knows the caller by."""
    return _replaced(text, _spans(text, surname), lambda found: NUMBER_MARK if _is_number(found) else NAME_MARK)


def masked_number(number: str | None) -> str | None:
    """A number of which only the last two digits are left; None stays None."""
    return number and f"{NUMBER_MARK}{number[-2:]}"


def masked_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket's fields without names and numbers."""
    contact = fields.get("contact") or {}
    surname = contact.get("surname")
    shown = dict(fields)
    if contact:
        shown["contact"] = {
            **contact,
            "surname": NAME_MARK if surname else None,
            "callback_number": masked_number(contact.get("callback_number")),
        }
    for name in HIDDEN_FIELDS:
        if shown.get(name):
            shown[name] = masked_text(shown[name], surname)
    shown["reasons"] = [masked_text(reason, surname) for reason in fields.get("reasons") or ()]
    shown["evidence"] = {
        name: [{**item, "words": masked_text(str(item.get("words", "")), surname)} for item in items]
        for name, items in (fields.get("evidence") or {}).items()
    }
    shown["further_matters"] = [
        {**matter, "summary": masked_text(str(matter.get("summary") or ""), surname)}
        for matter in fields.get("further_matters") or ()
    ]
    return shown


def masked_json(value: Any, surname: str | None) -> Any:
    """Any JSON, each text in it without names and numbers."""
    if isinstance(value, str):
        return masked_text(value, surname)
    if isinstance(value, Mapping):
        return {key: masked_json(item, surname) for key, item in value.items()}
    return [masked_json(item, surname) for item in value] if isinstance(value, list) else value


def masked_segment(segment: Mapping[str, Any], surname: str | None) -> dict[str, Any]:
    """A turn without names and numbers; words keep their times."""
    words = [dict(word) for word in segment.get("words") or ()]
    joined = "".join(str(word["text"]) for word in words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(str(word["text"])))
    for start, end in _spans(joined, surname):
        for word, (first, last) in zip(words, pairwise(starts), strict=True):
            if first < end and start < last:
                word["text"] = "*" * (last - first)
    return {
        **segment,
        "text": masked_text(str(segment["text"]), surname),
        "raw_text": masked_text(str(segment.get("raw_text") or ""), surname),
        "words": words,
    }


def hides_something(text: str, surname: str | None) -> bool:
    """Whether masking would change a text."""
    return bool(list(_spans(text, surname)))


def _spans(text: str, surname: str | None) -> list[tuple[int, int]]:
    patterns = [NUMBER, NAMED]
    if surname:
        name = re.escape(surname)
        patterns.append(re.compile(rf"(?<=姓){name}|{name}(?=先生|女士|小姐|姓|某)"))
    plain = [match.span() for match in CITY_VERSION.finditer(text)]
    found = sorted(
        match.span()
        for pattern in patterns
        for match in pattern.finditer(text)
        if not any(start <= match.start() and match.end() <= end for start, end in plain)
    )
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _replaced(text: str, spans: Iterable[tuple[int, int]], mark: Any) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], mark(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _is_number(text: str) -> bool:
    return NUMBER.match(text) is not None
