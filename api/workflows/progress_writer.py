"""Writes how far a step is while it runs, and stops it when nobody wants its result any more."""

import time

import structlog

from api.storage.models.processing import StepName
from api.storage.unit_of_work import Database
from api.workflows.runtime import database_away

log = structlog.get_logger(__name__)

INTERVAL = 1.0
"""Seconds between two writes."""


class SupersededError(Exception):
    """The recording was deleted or a newer attempt has begun."""


class ProgressWriter:
    """Called with the fraction done, 0…1, as often as a step likes."""

    def __init__(self, database: Database, subject_id: str, name: StepName, attempt: int) -> None:
        self._database = database
        self._step = (subject_id, name, attempt)
        self._next = time.monotonic() + INTERVAL

    def __call__(self, fraction: float) -> None:
        """Write the fraction, unless one was written within the last second or the database is away.

        Raises:
            SupersededError: the step isn't the current one any more.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + INTERVAL
        if not self._write(min(max(fraction, 0.0), 1.0)):
            raise SupersededError

    def _write(self, fraction: float) -> bool:
        try:
            with self._database.transaction(durable=False) as uow:
                return uow.processing.set_fraction(*self._step, fraction)
        except Exception as error:
            # What the step has done so far is worth more than the display of how far it is.
            if not database_away(error):
                raise
            log.warning("progress not written: the database is away")
            return True
