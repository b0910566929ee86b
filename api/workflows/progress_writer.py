"""Writes how far a step is while it runs, and stops it when nobody wants its result any more."""

import time

from api.storage.models.processing import StepName
from api.storage.unit_of_work import Database

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
        """Write the fraction, unless one was written within the last second.

        Raises:
            SupersededError: the step isn't the current one any more.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + INTERVAL
        with self._database.transaction() as uow:
            if not uow.processing.set_fraction(*self._step, min(max(fraction, 0.0), 1.0)):
                raise SupersededError
