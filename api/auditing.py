"""Writes down who saw which ticket, transcript or audio, apart from the requests that showed it."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog

from api.security.keys import KeyHolder
from api.storage.models import AuditEntry, utc_now
from api.storage.unit_of_work import Database

WRITE_EVERY: Final = 1.0
"""Seconds between two writes: what a crash can lose."""
LONGEST_WAIT: Final = 60.0
"""Seconds to the next attempt at most, while the database takes nothing."""
REPEATED_WITHIN: Final = timedelta(minutes=1)
"""How long seeing the same again counts as the same view: a page asks anew, a player asks for piece after piece."""

log = structlog.get_logger(__name__)


class View(StrEnum):
    """What was seen of a call or recording."""

    TICKET = "view_ticket"
    TRANSCRIPT = "view_transcript"
    AUDIO = "view_audio"
    DOWNLOAD = "download_audio"
    DRAFT = "save_draft"
    """No view, but as frequent: the page saves while somebody types."""


@dataclass(frozen=True, slots=True)
class _Viewing:
    actor_kind: str
    actor: str
    view: View
    subject: str


class ViewLog:
    """Adds views to the audit log in batches from a thread: no request waits for the database's writer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._noted: dict[_Viewing, datetime] = {}
        self._unwritten: list[tuple[_Viewing, datetime]] = []
        self._timer: threading.Timer | None = None
        self._failures = 0
        self._closed = False

    def note(self, holder: KeyHolder, view: View, subjects: Iterable[str]) -> None:
        """Remember that ``holder`` has seen something of these calls or recordings."""
        now = utc_now()
        with self._lock:
            for subject in subjects:
                viewing = _Viewing(holder.kind, holder.key_id, view, subject)
                if (before := self._noted.get(viewing)) is None or now - before >= REPEATED_WITHIN:
                    self._noted[viewing] = now
                    self._unwritten.append((viewing, now))
            if self._unwritten and self._timer is None:
                self._schedule()

    def close(self) -> None:
        """Write what is left."""
        with self._lock:
            timer, self._timer = self._timer, None
            self._closed = True
        if timer is not None:
            timer.cancel()
            timer.join()
        self._write()

    def _schedule(self) -> None:
        self._timer = threading.Timer(min(LONGEST_WAIT, WRITE_EVERY * 2**self._failures), self._write)
        self._timer.daemon = True
        self._timer.start()

    def _write(self) -> None:
        with self._lock:
            self._timer = None
            viewings, self._unwritten = self._unwritten, []
            since = utc_now() - REPEATED_WITHIN
            self._noted = {viewing: at for viewing, at in self._noted.items() if at > since}
        if not viewings:
            return
        try:
            with self._database.transaction() as uow:
                uow.access.add_audit(
                    AuditEntry(
                        at=at,
                        actor_kind=viewing.actor_kind,
                        actor=viewing.actor,
                        action=viewing.view,
                        subject=viewing.subject,
                    )
                    for viewing, at in viewings
                )
        except Exception as error:
            log.warning("views not written yet", number=len(viewings), error=type(error).__name__)
            with self._lock:
                self._unwritten = viewings + self._unwritten
                self._failures = min(self._failures + 1, 10)
                if self._timer is None and not self._closed:
                    self._schedule()
        else:
            with self._lock:
                self._failures = 0
