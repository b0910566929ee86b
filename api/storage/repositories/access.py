"""Queries on keys, operators, idempotency and the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage.models import ApiKey, AuditEntry, IdempotencyKey


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the audit log is narrowed by; None leaves a field open."""

    actor: str | None = None
    subject: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AccessRepository:
    """Access rows of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def key_by_hash(self, hashed: str) -> ApiKey | None:
        """The key with this hash, revoked and expired ones too."""
        return self._session.scalar(select(ApiKey).where(ApiKey.hash == hashed))

    def key(self, key_id: str) -> ApiKey | None:
        """One key."""
        return self._session.get(ApiKey, key_id)

    def keys(self) -> list[ApiKey]:
        """All keys in the order made."""
        return list(self._session.scalars(select(ApiKey).order_by(ApiKey.id)))

    def add_key(self, key: ApiKey) -> ApiKey:
        """Store a key."""
        self._session.add(key)
        self._session.flush()
        return key

    def idempotency(self, owner: str, key: str) -> IdempotencyKey | None:
        """What a key holder's Idempotency-Key was answered with."""
        return self._session.get(IdempotencyKey, (owner, key))

    def add_idempotency(self, row: IdempotencyKey) -> None:
        """Remember an answer."""
        self._session.add(row)
        self._session.flush()

    def audit(
        self, actor_kind: str, actor: str, action: str, subject: str, detail: dict[str, Any] | None = None
    ) -> None:
        """Write who did what to which object. ``detail`` must hold no citizen's data."""
        self._session.add(AuditEntry(actor_kind=actor_kind, actor=actor, action=action, subject=subject, detail=detail))
        self._session.flush()

    def add_audit(self, entries: Iterable[AuditEntry]) -> None:
        """Write entries made elsewhere."""
        self._session.add_all(entries)
        self._session.flush()

    def audit_of(self, subject: str) -> list[AuditEntry]:
        """All entries on one object in order."""
        return list(
            self._session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id))
        )

    def audit_page(self, narrowed: AuditFilter, limit: int, before: int | None) -> list[AuditEntry]:
        """Entries, newest first, with an id below ``before``."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntry.id < before)
        if narrowed.actor:
            query = query.where(AuditEntry.actor == narrowed.actor)
        if narrowed.subject:
            query = query.where(AuditEntry.subject == narrowed.subject)
        if narrowed.action:
            query = query.where(AuditEntry.action == narrowed.action)
        if narrowed.since:
            query = query.where(AuditEntry.at >= narrowed.since)
        if narrowed.until:
            query = query.where(AuditEntry.at < narrowed.until)
        return list(self._session.scalars(query))
