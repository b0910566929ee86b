"""What all tables share: naming of constraints, aware UTC times, JSON columns and identifiers."""

from datetime import UTC, datetime
from typing import Any

import uuid_utils
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A growing 64-bit key; SQLite numbers rows only where the column is declared INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite has no zones, so it keeps the UTC wall time; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC before storing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[str]: Json}  # noqa: RUF012


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def new_id(prefix: str) -> str:
    """A new identifier such as ``rec_0192…``; later ones sort after earlier ones (UUIDv7, RFC 9562)."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"
