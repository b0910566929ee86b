"""One look at the queue for all pages that follow it."""

import threading
import time
from dataclasses import dataclass
from typing import Final

from api.review.presenting import queue_items
from api.schemas.review import QueueItem
from api.storage.clock import database_now
from api.storage.repositories.reviews import QueueView, TicketFilter
from api.storage.unit_of_work import Database

SHOWN: Final = 200
"""How much of the queue's beginning a page follows."""
FRESH_SECONDS: Final = 0.4


@dataclass(frozen=True, slots=True)
class _Look:
    at: float
    items: list[QueueItem]


class QueueWatch:
    """Looks at the queue for all pages of this process together: twenty open ones cost no more than one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._last: _Look | None = None

    def items(self) -> list[QueueItem]:
        """The beginning of the queue, at most :data:`FRESH_SECONDS` seconds old."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last.at > FRESH_SECONDS:
                with self._database.reading() as uow:
                    view = QueueView("all", "", database_now(uow.session))
                    items = queue_items(uow, uow.reviews.queue(TicketFilter(), view, SHOWN))
                self._last = _Look(time.monotonic(), items)
            return self._last.items
