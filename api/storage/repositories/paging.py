"""Keyset paging over identifiers that grow with time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, newest first; ``next_cursor`` is the id to go on from, None at the end."""

    items: Sequence[Row]
    next_cursor: str | None


def page_of(rows: Sequence[Row], limit: int, ids: Sequence[str]) -> Page[Row]:
    """Cut the one row too many that was read to know whether more follow."""
    more = len(rows) > limit
    return Page(rows[:limit], ids[limit - 1] if more else None)
