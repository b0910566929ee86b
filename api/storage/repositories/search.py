"""Full text over calls: pairs of characters in SQLite's FTS5 or in a PostgreSQL array under GIN."""

from sqlalchemy import ColumnElement, Select, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from api.storage.models import Call, SearchDocument, Ticket, utc_now
from api.storage.search_terms import normalised, terms

_FTS = table("search_index", column("rowid"), column("search_index"))
_GIN = table("search_index", column("document_id"), column("terms", ARRAY(Text)))


class SearchRepository:
    """Search documents of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._on_postgresql = session.get_bind().dialect.name == "postgresql"

    def put(self, call_id: str, words: str) -> None:
        """Let a call be found by these words and no others."""
        kept = normalised(words)
        document = self._session.scalar(select(SearchDocument).where(SearchDocument.call_id == call_id))
        if document is None:
            document = SearchDocument(call_id=call_id, text=kept)
            self._session.add(document)
        elif document.text == kept:
            return
        document.text, document.updated_at = kept, utc_now()
        self._session.flush()
        self._session.execute(text(f"DELETE FROM search_index WHERE {self._key} = :id"), {"id": document.id})  # noqa: S608
        found = terms(kept)
        self._session.execute(
            text(f"INSERT INTO search_index ({self._key}, terms) VALUES (:id, :terms)"),  # noqa: S608
            {"id": document.id, "terms": list(found) if self._on_postgresql else " ".join(found)},
        )

    def remove(self, call_id: str) -> None:
        """Let a call not be found any more."""
        document = self._session.scalar(select(SearchDocument).where(SearchDocument.call_id == call_id))
        if document is not None:
            self._session.delete(document)
            self._session.flush()

    def matching(self, words: str) -> Select[str] | None:
        """Ids of the calls in which each of these words stands; None where they hold no two characters in a row."""
        wanted = normalised(words)
        pairs = terms(wanted)
        if not pairs:
            return None
        holding: ColumnElement[bool]
        if self._on_postgresql:
            holding = SearchDocument.id.in_(
                select(_GIN.c.document_id).where(_GIN.c.terms.op("@>")(cast(list(pairs), ARRAY(Text))))
            )
        else:
            query = " AND ".join(f'"{pair}"' for pair in pairs)
            holding = SearchDocument.id.in_(select(_FTS.c.rowid).where(_FTS.c.search_index.op("MATCH")(query)))
        return select(SearchDocument.call_id).where(
            holding, *(SearchDocument.text.contains(word, autoescape=True) for word in wanted.split())
        )

    def unindexed(self, limit: int) -> list[str]:
        """Calls with a ticket that cannot be found yet."""
        query = (
            select(Ticket.call_id)
            .join(Call, Call.id == Ticket.call_id)
            .outerjoin(SearchDocument, SearchDocument.call_id == Ticket.call_id)
            .where(SearchDocument.id.is_(None), Ticket.matter == 0)
            .limit(limit)
        )
        return list(self._session.scalars(query))

    @property
    def _key(self) -> str:
        return "document_id" if self._on_postgresql else "rowid"
