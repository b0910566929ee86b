"""What another version of the city would have done with the last tickets."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from api.calls.joining import joined_transcript
from api.storage.unit_of_work import Database

if TYPE_CHECKING:
    from tickets.call import Call
    from tickets.rerouting import Comparison


def last_calls(database: Database, limit: int) -> "Iterator[Call]":
    """The calls of the last tickets, newest first, as their transcripts stand now; those without one are left out."""
    from tickets.call import Call  # noqa: PLC0415 — heavy

    with database.reading() as uow:
        rows = uow.calls.last_ticketed(limit)
    for row in rows:
        with database.reading() as uow:
            transcript = joined_transcript(uow, row)
        if transcript["segments"]:
            yield Call.from_json(transcript)


def calls_of_file(file: Path) -> "Iterator[Call]":
    """Reference calls or transcripts, one a line.

    Raises:
        OSError: the file can't be read.
        ValueError: a line isn't a call; says which.
    """
    from tickets.call import Call  # noqa: PLC0415 — heavy

    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield Call.from_json(json.loads(line))
            except ValueError as error:
                raise ValueError(f"{file}:{number}: {error}") from error


def figures(compared: "Iterable[Comparison]") -> dict[str, int]:
    """How many were compared, would go elsewhere, would wait for a person that didn't, and the reverse."""
    items = list(compared)
    return {
        "compared": len(items),
        "moved": sum(item.moved for item in items),
        "now_reviewed": sum((item.before.mode, item.after.mode) == ("auto", "review") for item in items),
        "now_automatic": sum((item.before.mode, item.after.mode) == ("review", "auto") for item in items),
    }
