"""Every table. Times are UTC and aware on both databases; identifiers are a prefix and a UUIDv7 in hex."""

from api.storage.models.access import AccountSession, ApiKey, AuditEntry, IdempotencyKey, Operator, SignInFailure
from api.storage.models.automation import AutomationRule, BlindAnswer, BlindSample, Notice
from api.storage.models.base import Base, Json, UtcDateTime, new_id, utc_now
from api.storage.models.cities import CityActivation, CityVersion
from api.storage.models.intake import Call, CallLink, Recording, Transcript
from api.storage.models.processing import (
    IntermediateResult,
    OutboxEvent,
    PendingAudioDeletion,
    StepProgress,
    Transcription,
    Worker,
)
from api.storage.models.review import Reveal, ReviewAction, SearchDocument, TicketDraft
from api.storage.models.tickets import (
    Alert,
    Claim,
    Correction,
    SubOrder,
    Ticket,
    TicketEvent,
    TicketNumbering,
    TicketVersion,
)

__all__ = [
    "AccountSession",
    "Alert",
    "ApiKey",
    "AuditEntry",
    "AutomationRule",
    "Base",
    "BlindAnswer",
    "BlindSample",
    "Call",
    "CallLink",
    "CityActivation",
    "CityVersion",
    "Claim",
    "Correction",
    "IdempotencyKey",
    "IntermediateResult",
    "Json",
    "Notice",
    "Operator",
    "OutboxEvent",
    "PendingAudioDeletion",
    "Recording",
    "Reveal",
    "ReviewAction",
    "SearchDocument",
    "SignInFailure",
    "StepProgress",
    "SubOrder",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TicketNumbering",
    "TicketVersion",
    "Transcript",
    "Transcription",
    "UtcDateTime",
    "Worker",
    "new_id",
    "utc_now",
]
