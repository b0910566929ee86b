"""Queries on accounts, their sessions and failed sign-ins."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.storage.models import AccountSession, Operator, SignInFailure


class AccountRepository:
    """Accounts of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, account_id: str, *, lock: bool = False) -> Operator | None:
        """One account."""
        query = select(Operator).where(Operator.id == account_id).execution_options(populate_existing=lock)
        return self._session.scalar(query.with_for_update() if lock else query)

    def by_login(self, login: str) -> Operator | None:
        """The account that signs in under this name."""
        return self._session.scalar(select(Operator).where(Operator.login == login))

    def by_identity(self, issuer: str, subject: str) -> Operator | None:
        """The account of a person as an identity provider knows him."""
        return self._session.scalar(
            select(Operator).where(Operator.issuer == issuer, Operator.subject == subject).with_for_update()
        )

    def all(self) -> list[Operator]:
        """All accounts by login, disabled ones too."""
        return list(self._session.scalars(select(Operator).order_by(Operator.login)))

    def names(self, account_ids: Collection[str | None]) -> dict[str, str]:
        """Names by id; ids that are no account's are left out."""
        wanted = {each for each in account_ids if each}
        if not wanted:
            return {}
        rows = self._session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(wanted)))
        return {account_id: name for account_id, name in rows}  # noqa: C416 -- rows are no tuples

    def enabled_admins(self) -> int:
        """How many administrators can sign in."""
        query = select(func.count(Operator.id)).where(Operator.role == "admin", Operator.disabled_at.is_(None))
        return self._session.scalar(query) or 0

    def add(self, account: Operator) -> Operator:
        """Store an account."""
        self._session.add(account)
        self._session.flush()
        return account

    def session_holder(self, token_hash: str, now: datetime) -> tuple[AccountSession, Operator] | None:
        """The session of a token with its account, while neither is over."""
        query = (
            select(AccountSession, Operator)
            .join(Operator, Operator.id == AccountSession.operator_id)
            .where(
                AccountSession.token_hash == token_hash,
                AccountSession.expires_at > now,
                Operator.disabled_at.is_(None),
            )
        )
        row = self._session.execute(query).first()
        return (row[0], row[1]) if row else None

    def add_session(self, session: AccountSession) -> None:
        """Store a session, and drop those that are over."""
        self._session.execute(delete(AccountSession).where(AccountSession.expires_at < session.created_at))
        self._session.add(session)
        self._session.flush()

    def end_session(self, token_hash: str) -> str | None:
        """Remove the session of a token; whose it was."""
        return self._session.scalar(
            delete(AccountSession)
            .where(AccountSession.token_hash == token_hash)
            .returning(AccountSession.operator_id)
            .execution_options(synchronize_session=False)
        )

    def end_sessions(self, account_id: str) -> None:
        """Remove all sessions of an account."""
        self._session.execute(delete(AccountSession).where(AccountSession.operator_id == account_id))

    def failures(self, login_hash: str) -> SignInFailure | None:
        """Failed tries under a login."""
        return self._session.get(SignInFailure, login_hash)

    def add_failures(self, row: SignInFailure) -> None:
        """Store the first failed try under a login."""
        self._session.add(row)
        self._session.flush()

    def forget_failures(self, login_hash: str) -> None:
        """Remove what failed under a login."""
        self._session.execute(delete(SignInFailure).where(SignInFailure.login_hash == login_hash))

    def forget_failures_before(self, moment: datetime) -> None:
        """Remove what failed longer ago."""
        self._session.execute(delete(SignInFailure).where(SignInFailure.last_at < moment))
