"""Errors of the ticket side that a person can act on."""

from pathlib import Path


class CityError(Exception):
    """A city folder is wrong: says in which file and line, which value, and what is expected there."""

    def __init__(self, file: Path, line: int | None, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        where = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{where}: {problem}")


class CallError(ValueError):
    """A call's JSON can't be read: names the key and what is expected there."""
