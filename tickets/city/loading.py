"""Read a city folder and check every value: what is wrong is said with file, line and value."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TypeVar, cast

from tickets.city.model import (
    DEPARTMENT_KINDS,
    DUTY_LEVELS,
    GRASSROOTS_ROLES,
    NO_MATTER,
    PLACE_KINDS,
    City,
    Department,
    Duty,
    Place,
)
from tickets.errors import CityError

DEPARTMENT_COLUMNS = ("department", "kind", "duties")
DUTY_COLUMNS = ("code", "level1", "level2", "lead", "co_handlers", "level", "grassroots_role", "basis", "note")
PLACE_COLUMNS = ("kind", "name", "district", "street", "community")
WORDING_FOLDER = "wording"
MOST_WORDING_CHARACTERS = 2000
Value = TypeVar("Value", bound=str)


def read_city(folder: Path | None = None) -> City:
    """Read and check a city folder; the packaged sample city when ``folder`` is None.

    Raises:
        CityError: a file or column is missing, or a value breaks a rule of the format (docs/city-folder.md).
    """
    root = Path(str(files("tickets") / "sample_city")) if folder is None else folder
    if not root.is_dir():
        raise CityError(root, None, "no such city folder; give a folder with departments.csv, duties.csv, places.csv")
    departments = _departments(root / "departments.csv")
    duties = _duties(root / "duties.csv", departments)
    places = _places(root / "places.csv")
    wording = _wording(root / WORDING_FOLDER, {duty.code for duty in duties})
    return City(_version(root), tuple(departments.values()), duties, places, wording, root)


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CityError(file, None, f"file missing; it needs the columns {', '.join(columns)}") from error
    except UnicodeDecodeError as error:
        raise CityError(file, None, f"not UTF-8 (byte {error.start}); save it as UTF-8") from error
    reader = csv.DictReader(text.splitlines(), strict=True)
    header = reader.fieldnames or ()
    missing = [column for column in columns if column not in header]
    if missing:
        raise CityError(file, 1, f"column {missing[0]!r} missing; the header has {', '.join(header) or 'nothing'}")
    found = False
    try:
        for row in reader:
            if None in row or any(row[column] is None for column in columns):
                raise CityError(file, reader.line_num, f"needs {len(header)} values, as the header has")
            found = True
            yield reader.line_num, {column: row[column].strip() for column in columns}
    except csv.Error as error:
        raise CityError(file, reader.line_num, f"not valid CSV: {error}") from error
    if not found:
        raise CityError(file, 2, "no rows; at least one is needed")


def _one_of(value: str, allowed: tuple[Value, ...], file: Path, line: int, column: str) -> Value:
    if value not in allowed:
        raise CityError(file, line, f"{column} {value!r} unknown; use one of {', '.join(allowed)}")
    return value


def _required(value: str, file: Path, line: int, column: str) -> str:
    if not value:
        raise CityError(file, line, f"{column} is empty")
    return value


def _departments(file: Path) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for line, row in _rows(file, DEPARTMENT_COLUMNS):
        name = _required(row["department"], file, line, "department")
        if name in departments:
            raise CityError(file, line, f"department {name!r} stands twice")
        kind = _one_of(row["kind"], DEPARTMENT_KINDS, file, line, "kind")
        tasks = tuple(task for task in row["duties"].replace("，", "、").split("、") if task)
        departments[name] = Department(name, kind, tasks)
    if sum(department.kind == "grassroots" for department in departments.values()) > 1:
        raise CityError(file, None, "more than one department of kind 'grassroots'; streets and towns are one entry")
    return departments


def _duties(file: Path, departments: Mapping[str, Department]) -> tuple[Duty, ...]:
    duties: dict[str, Duty] = {}
    for line, row in _rows(file, DUTY_COLUMNS):
        code = _required(row["code"], file, line, "code")
        if code in duties:
            raise CityError(file, line, f"code {code!r} stands twice")
        if code == NO_MATTER:
            raise CityError(file, line, f"code {code!r} is reserved for calls without a matter")
        duty = Duty(
            code=code,
            level1=_required(row["level1"], file, line, "level1"),
            level2=_required(row["level2"], file, line, "level2"),
            lead=row["lead"] or None,
            co_handlers=tuple(name for name in row["co_handlers"].split(";") if name),
            level=_one_of(row["level"], DUTY_LEVELS, file, line, "level"),
            grassroots_role=_one_of(row["grassroots_role"], GRASSROOTS_ROLES, file, line, "grassroots_role"),
            basis=row["basis"],
            note=row["note"],
        )
        _check_duty(duty, departments, file, line)
        duties[code] = duty
    return tuple(_with_basis(duties.values()))


def _with_basis(duties: "Iterator[Duty] | object") -> Iterator[Duty]:
    """同上 (as above) in the basis stands for the basis of the row before."""
    before = ""
    for duty in cast(Iterator[Duty], duties):
        basis = before if duty.basis == "同上" else duty.basis
        before = basis
        yield Duty(**{**{name: getattr(duty, name) for name in Duty.__dataclass_fields__}, "basis": basis})


def _check_duty(duty: Duty, departments: Mapping[str, Department], file: Path, line: int) -> None:
    for name in (*((duty.lead,) if duty.lead else ()), *duty.co_handlers):
        if name not in departments:
            raise CityError(file, line, f"department {name!r} of {duty.code} isn't in departments.csv")
    if duty.dispatched and not duty.lead:
        raise CityError(file, line, f"{duty.code} has level {duty.level!r} and so needs a lead")
    kind = departments[duty.lead].kind if duty.lead else None
    if duty.dispatched and kind == "external":
        raise CityError(file, line, f"lead {duty.lead!r} of {duty.code} is external: nothing is dispatched to it")
    if (duty.level == "grassroots") != (kind == "grassroots"):
        raise CityError(
            file, line, f"{duty.code}: level {duty.level!r} doesn't fit lead {duty.lead!r} ({kind or 'no department'})"
        )
    if (duty.level == "grassroots") != (duty.grassroots_role == "lead"):
        raise CityError(
            file, line, f"{duty.code}: level {duty.level!r} doesn't fit grassroots_role {duty.grassroots_role!r}"
        )
    assists = any(departments[name].kind == "grassroots" for name in duty.co_handlers)
    if assists and duty.grassroots_role != "assist":
        raise CityError(
            file,
            line,
            f"{duty.code}: grassroots_role {duty.grassroots_role!r}, but {duty.co_handlers} has the grassroots",
        )


def _places(file: Path) -> tuple[Place, ...]:
    rows = [(line, row) for line, row in _rows(file, PLACE_COLUMNS)]
    places: dict[Place, int] = {}
    for line, row in rows:
        place = Place(
            kind=_one_of(row["kind"], PLACE_KINDS, file, line, "kind"),
            name=_required(row["name"], file, line, "name"),
            district=_required(row["district"], file, line, "district"),
            street=row["street"],
            community=row["community"],
        )
        if place in places:
            raise CityError(file, line, f"{place.kind} {place.name!r} stands twice (also line {places[place]})")
        places[place] = line
    districts = {place.name for place in places if place.kind == "district"}
    streets = {(place.district, place.name) for place in places if place.kind in {"street", "town"}}
    for place, line in places.items():
        if place.district not in districts:
            raise CityError(file, line, f"district {place.district!r} of {place.name!r} isn't in this file")
        if place.street and (place.district, place.street) not in streets:
            raise CityError(file, line, f"street {place.street!r} of {place.name!r} isn't in {place.district}")
    return tuple(places)


def _wording(folder: Path, codes: set[str]) -> tuple[tuple[str, str], ...]:
    """Citizens' wording: ``CODE.txt`` holds an utterance a line, any other file ``CODE<tab>utterance`` a line."""
    known = codes | {NO_MATTER}
    pairs: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.txt")):
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise CityError(file, None, f"not UTF-8 (byte {error.start}); save it as UTF-8") from error
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            code = file.stem
            if code not in known:
                code, tab, text = (part.strip() for part in text.partition("\t"))
                if code not in known or not (tab or text):
                    raise CityError(file, number, f"{code[:20]!r} is no code of duties.csv; write CODE<tab>utterance")
            if not text:
                raise CityError(file, number, "no utterance after the code")
            if len(text) > MOST_WORDING_CHARACTERS:
                raise CityError(file, number, f"{len(text)} characters; at most {MOST_WORDING_CHARACTERS} a line")
            pairs.append((code, text))
    return tuple(pairs)


def _version(root: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted([*root.glob("*.csv"), *(root / WORDING_FOLDER).glob("*.txt")]):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
