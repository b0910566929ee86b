"""Read a city folder and check every value: what is wrong is said with file, line, value and what to do."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

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

DEPARTMENTS, DUTIES, PLACES = "departments.csv", "duties.csv", "places.csv"
DEPARTMENT_COLUMNS = ("department", "kind", "duties")
DUTY_COLUMNS = ("code", "level1", "level2", "lead", "co_handlers", "level", "grassroots_role", "basis", "note")
PLACE_COLUMNS = ("kind", "name", "district", "street", "community")
WORDING_FOLDER, CONFIRMED_FOLDER = "wording", "confirmed"
MOST_WORDING_CHARACTERS = 2000
Value = TypeVar("Value", bound=str)
Report = Callable[[CityError], None]
"""What is done with an error: raise it, or keep it and read on."""


def read_city(folder: Path | None = None) -> City:
    """Read and check a city folder; the packaged sample city when ``folder`` is None.

    Raises:
        CityError: a file or column is missing, or a value breaks a rule of the format (docs/city-folder.md).
    """
    return read_reporting(Path(str(files("tickets") / "sample_city")) if folder is None else folder, _refuse)


def read_reporting(root: Path, report: Report) -> City:
    """Read a city folder and report each error; without what is wrong where ``report`` doesn't raise."""
    if not root.is_dir():
        report(CityError(root, None, f"no such city folder; give a folder with {DEPARTMENTS}, {DUTIES}, {PLACES}"))
        return City("", (), (), ())
    departments = _departments(root / DEPARTMENTS, report)
    duties = _duties(root / DUTIES, departments, report)
    places = _places(root / PLACES, report)
    wording = _wording(root / WORDING_FOLDER, {duty.code for duty in duties}, report)
    return City(content_version(root), tuple(departments.values()), duties, places, wording, root)


def content_files(root: Path) -> list[Path]:
    """The files that a city's version is made of, in a fixed order."""
    learnt = (*(root / WORDING_FOLDER).glob("*.txt"), *(root / CONFIRMED_FOLDER).glob("*.jsonl"))
    return sorted([*root.glob("*.csv"), *learnt])


def content_version(root: Path) -> str:
    """The hash of a city folder's content: the same content has the same version."""
    digest = hashlib.sha256()
    for file in content_files(root):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def lines_of_codes(root: Path) -> Mapping[str, int]:
    """The line of each duty in ``duties.csv``."""
    return {row["code"]: row.line for row in _rows(root / DUTIES, DUTY_COLUMNS, _refuse)}


def _refuse(error: CityError) -> None:
    raise error


class _Row:
    """A line of a file: gives its values, and reports those that break a rule."""

    def __init__(self, file: Path, line: int, values: Mapping[str, str], report: Report) -> None:
        self.line = line
        self.sound = True
        self._file, self._values, self._report = file, values, report

    def __getitem__(self, column: str) -> str:
        return self._values[column]

    def wrong(self, problem: str) -> None:
        self.sound = False
        self._report(CityError(self._file, self.line, problem))

    def required(self, column: str) -> str:
        if not self._values[column]:
            self.wrong(f"{column} is empty; give a value")
        return self._values[column]

    def one_of(self, column: str, allowed: tuple[Value, ...]) -> Value:
        value = self._values[column]
        found = next((each for each in allowed if each == value), None)
        if found is None:
            self.wrong(f"{column} {value!r} unknown; use one of {', '.join(allowed)}")
        return found or allowed[0]


def _rows(file: Path, columns: tuple[str, ...], report: Report) -> Iterator[_Row]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        report(CityError(file, None, f"file missing; it needs the columns {', '.join(columns)}"))
        return
    except UnicodeDecodeError as error:
        report(CityError(file, None, f"not UTF-8 (byte {error.start}); save it as UTF-8"))
        return
    reader = csv.DictReader(text.splitlines(), strict=True)
    header = reader.fieldnames or ()
    missing = [column for column in columns if column not in header]
    if missing:
        said = ", ".join(map(repr, missing))
        report(CityError(file, 1, f"column {said} missing; the header has {', '.join(header) or 'nothing'}"))
        return
    found = False
    try:
        for row in reader:
            found = True
            if None in row or any(row[column] is None for column in columns):
                report(CityError(file, reader.line_num, f"needs {len(header)} values, as the header has"))
                continue
            yield _Row(file, reader.line_num, {column: row[column].strip() for column in columns}, report)
    except csv.Error as error:
        report(CityError(file, reader.line_num, f"not valid CSV: {error}; the rest of the file wasn't read"))
    if not found:
        report(CityError(file, 2, "no rows; at least one is needed"))


def _departments(file: Path, report: Report) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for row in _rows(file, DEPARTMENT_COLUMNS, report):
        name = row.required("department")
        if name in departments:
            row.wrong(f"department {name!r} stands twice; remove one line")
        kind = row.one_of("kind", DEPARTMENT_KINDS)
        tasks = tuple(task for task in row["duties"].replace("，", "、").split("、") if task)
        # One of a wrong kind stays known, else its duties would be reported too.
        departments.setdefault(name, Department(name, kind, tasks))
    if sum(department.kind == "grassroots" for department in departments.values()) > 1:
        report(CityError(file, None, "more than one department of kind 'grassroots'; streets and towns are one entry"))
    return departments


def _duties(file: Path, departments: Mapping[str, Department], report: Report) -> tuple[Duty, ...]:
    duties: dict[str, Duty] = {}
    basis = ""
    for row in _rows(file, DUTY_COLUMNS, report):
        code = row.required("code")
        # 同上 (as above) stands for the basis of the row before.
        basis = basis if row["basis"] == "同上" else row["basis"]
        duty = Duty(
            code=code,
            level1=row.required("level1"),
            level2=row.required("level2"),
            lead=row["lead"] or None,
            co_handlers=tuple(name for name in row["co_handlers"].split(";") if name),
            level=row.one_of("level", DUTY_LEVELS),
            grassroots_role=row.one_of("grassroots_role", GRASSROOTS_ROLES),
            basis=basis,
            note=row["note"],
        )
        if code in duties:
            row.wrong(f"code {code!r} stands twice; give the other one its own code")
        if code == NO_MATTER:
            row.wrong(f"code {code!r} is reserved for calls without a matter; use another one")
        if row.sound and departments:
            _check_duty(duty, departments, row)
        # One with a wrong department stays known, else its wording would be reported too.
        duties.setdefault(code, duty if row.sound else replace(duty, lead=None, co_handlers=()))
    return tuple(duties.values())


def _check_duty(duty: Duty, departments: Mapping[str, Department], row: _Row) -> None:
    for name in (*((duty.lead,) if duty.lead else ()), *duty.co_handlers):
        if name not in departments:
            row.wrong(f"department {name!r} of {duty.code} isn't in {DEPARTMENTS}; add it there or mend the name")
    if not row.sound:
        return
    if duty.dispatched and not duty.lead:
        row.wrong(f"{duty.code} has level {duty.level!r} and so needs a lead")
    kind = departments[duty.lead].kind if duty.lead else None
    if duty.dispatched and kind == "external":
        row.wrong(f"lead {duty.lead!r} of {duty.code} is external: nothing is dispatched to it; use level redirect")
    if (duty.level == "grassroots") != (kind == "grassroots"):
        row.wrong(f"{duty.code}: level {duty.level!r} doesn't fit lead {duty.lead!r} ({kind or 'no department'})")
    if (duty.level == "grassroots") != (duty.grassroots_role == "lead"):
        row.wrong(f"{duty.code}: level {duty.level!r} doesn't fit grassroots_role {duty.grassroots_role!r}")
    assists = any(departments[name].kind == "grassroots" for name in duty.co_handlers)
    if assists and duty.grassroots_role != "assist":
        row.wrong(
            f"{duty.code}: grassroots_role {duty.grassroots_role!r}, but {duty.co_handlers} has the grassroots; "
            "use assist, or take it out"
        )


def _places(file: Path, report: Report) -> tuple[Place, ...]:
    places: dict[Place, _Row] = {}
    for row in _rows(file, PLACE_COLUMNS, report):
        place = Place(
            kind=row.one_of("kind", PLACE_KINDS),
            name=row.required("name"),
            district=row.required("district"),
            street=row["street"],
            community=row["community"],
        )
        if place in places:
            row.wrong(f"{place.kind} {place.name!r} stands twice (also line {places[place].line}); remove one line")
        if row.sound:
            places[place] = row
    districts = {place.name for place in places if place.kind == "district"}
    streets = {(place.district, place.name) for place in places if place.kind in {"street", "town"}}
    for place, row in places.items():
        if place.district not in districts:
            row.wrong(f"district {place.district!r} of {place.name!r} isn't in this file; add a line of kind district")
        elif place.street and (place.district, place.street) not in streets:
            row.wrong(f"street {place.street!r} of {place.name!r} isn't in {place.district}; add it or mend the name")
    return tuple(places)


def _wording(folder: Path, codes: set[str], report: Report) -> tuple[tuple[str, str], ...]:
    """Citizens' wording: ``CODE.txt`` holds an utterance a line, any other file ``CODE<tab>utterance`` a line."""
    known = codes | {NO_MATTER}
    pairs: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.txt")):
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            report(CityError(file, None, f"not UTF-8 (byte {error.start}); save it as UTF-8"))
            continue
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            code = file.stem
            if code not in known:
                code, tab, text = (part.strip() for part in text.partition("\t"))
                if code not in known or not (tab or text):
                    report(CityError(file, number, f"{code[:20]!r} is no code of {DUTIES}; write CODE<tab>utterance"))
                    continue
            if not text:
                report(CityError(file, number, "no utterance after the code"))
            elif len(text) > MOST_WORDING_CHARACTERS:
                report(CityError(file, number, f"{len(text)} characters; at most {MOST_WORDING_CHARACTERS} a line"))
            else:
                pairs.append((code, text))
    return tuple(pairs)
