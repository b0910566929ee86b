"""One transaction over all repositories. Who opens a unit of work commits it; services and repositories never do."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.storage.database import CHECKPOINT_PAGES, create_engine
from api.storage.repositories.access import AccessRepository
from api.storage.repositories.accounts import AccountRepository
from api.storage.repositories.automation import AutomationRepository
from api.storage.repositories.calls import CallRepository
from api.storage.repositories.cities import CityRepository
from api.storage.repositories.figures import FigureRepository
from api.storage.repositories.processing import ProcessingRepository
from api.storage.repositories.recordings import RecordingRepository
from api.storage.repositories.reviews import ReviewRepository
from api.storage.repositories.search import SearchRepository
from api.storage.repositories.statistics import StatisticsRepository
from api.storage.repositories.tickets import TicketRepository


class UnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.calls = CallRepository(session)
        self.recordings = RecordingRepository(session)
        self.tickets = TicketRepository(session)
        self.processing = ProcessingRepository(session)
        self.access = AccessRepository(session)
        self.accounts = AccountRepository(session)
        self.automation = AutomationRepository(session)
        self.cities = CityRepository(session)
        self.reviews = ReviewRepository(session)
        self.search = SearchRepository(session)
        self.figures = FigureRepository(session)
        self.statistics = StatisticsRepository(session)

    def lock(self, *names: str) -> None:
        """Hold back other transactions that lock one of the same names until this one ends.

        For rows that don't exist yet. SQLite needs nothing: its writers come one after another.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            for name in sorted(set(names)):
                self.session.execute(
                    sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
                )


class Database:
    """The database of this process: opens units of work."""

    def __init__(self, url: str, *, checkpoint_pages: int = CHECKPOINT_PAGES) -> None:
        self.url = url
        self.engine = create_engine(url, checkpoint_pages=checkpoint_pages)
        self._reading_engine = self.engine.execution_options(read_only=True)
        self._hasty_engine = self.engine.execution_options(durable=False)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[UnitOfWork]:
        """A unit of work that is committed at the end of the block, or rolled back by an exception.

        ``durable`` False is for what is soon written again: it doesn't wait for the disk, and holds others up less.
        """
        engine = self.engine if durable else self._hasty_engine
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield UnitOfWork(session)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """A unit of work that only reads: it never waits for writers, and what it changes is dropped."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            try:
                yield UnitOfWork(session)
            finally:
                # What was loaded stays usable after the block; a rollback would expire it.
                session.expunge_all()
                session.rollback()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
