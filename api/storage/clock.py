"""The one clock that all processes share."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.storage.models import utc_now

_NOW: Final = sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))


def database_now(session: Session) -> datetime:
    """The time by PostgreSQL's clock, aware. All processes on a SQLite file share this machine's, so that one."""
    if session.get_bind().dialect.name != "postgresql":
        return utc_now()
    now: datetime = session.execute(sa.select(_NOW)).scalar_one()
    return now
