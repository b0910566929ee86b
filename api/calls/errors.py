"""Refusals that the HTTP edge answers with a problem, and the form in which failures are kept."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a recording or call failed: a stable ``code``, the ``reason`` and the ``remedy``; no citizen's words."""

    code: str
    reason: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """The form kept in the database."""
        return asdict(self)


class NotFoundError(Exception):
    """There is no such recording, call or transcription."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"There is no {kind} {identifier}.")
        self.kind = kind
        self.identifier = identifier


class UnderWayError(Exception):
    """What was asked would collide with work under way."""

    def __init__(self, identifier: str, state: str) -> None:
        super().__init__(f"{identifier} is {state}; wait until its work has ended.")
        self.identifier = identifier
        self.state = state


class NotReadyError(Exception):
    """What a step needs isn't there yet."""

    def __init__(self, identifier: str, lacking: str, remedy: str) -> None:
        super().__init__(f"{identifier} has no {lacking} yet. {remedy}")
        self.identifier = identifier
        self.lacking = lacking
        self.remedy = remedy


class IdempotencyConflictError(Exception):
    """An ``Idempotency-Key`` was used before for another recording."""

    def __init__(self, key: str) -> None:
        super().__init__("This Idempotency-Key was used before for another recording; use a new one.")
        self.key = key
