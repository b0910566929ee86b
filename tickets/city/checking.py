"""Check a whole city folder: every error, and what is allowed but likely a mistake."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tickets.city.loading import DEPARTMENTS, DUTIES, WORDING_FOLDER, lines_of_codes, read_reporting
from tickets.city.model import City
from tickets.errors import CityError


@dataclass(frozen=True, slots=True)
class CityCheck:
    """``errors`` forbid the use of the folder, ``warnings`` don't; ``city`` is None where there are errors."""

    errors: tuple[CityError, ...]
    warnings: tuple[CityError, ...]
    city: City | None


def check_city(root: Path) -> CityCheck:
    """Everything that is wrong with a city folder, in the order of its files; doubts only where nothing is wrong."""
    errors: list[CityError] = []
    city = read_reporting(root, errors.append)
    if errors:
        return CityCheck(tuple(errors), (), None)
    return CityCheck((), tuple(_doubts(city, root)), city)


def _doubts(city: City, root: Path) -> Iterator[CityError]:
    lines = lines_of_codes(root)
    worded = {code for code, _ in city.wording}
    for duty in city.duties:

        def doubt(problem: str, line: int = lines[duty.code], code: str = duty.code) -> CityError:
            return CityError(root / DUTIES, line, f"{code}: {problem}")

        if duty.code not in worded:
            yield doubt(f"no wording; write what citizens say into {WORDING_FOLDER}/{duty.code}.txt")
        if duty.dispatched and not duty.basis:
            yield doubt("dispatched without a legal basis; give the law, rule or power list")
        if duty.lead in duty.co_handlers or len(set(duty.co_handlers)) < len(duty.co_handlers):
            yield doubt("a department stands twice among lead and co-handlers; name it once")
    used = {name for duty in city.duties for name in (duty.lead, *duty.co_handlers)}
    for department in city.departments:
        if department.name not in used and department.kind not in {"hotline", "external"}:
            yield CityError(root / DEPARTMENTS, None, f"no duty names {department.name!r}; add one or remove the line")
    codes: dict[str, set[str]] = defaultdict(set)
    for code, text in city.wording:
        codes[text].add(code)
    for text, several in codes.items():
        if len(several) > 1:
            problem = f"{text[:30]!r} stands for {' and '.join(sorted(several))}; keep the one that is competent"
            yield CityError(root / WORDING_FOLDER, None, problem)
