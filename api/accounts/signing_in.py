"""Signing in and out. A sign-in counts failures in a transaction of its own, so that a refusal keeps its count."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.accounts.errors import LockedError, SignInRefusedError, UnacceptablePasswordError, WrongPasswordError
from api.accounts.passwords import matches, outdated, password_hash, refusal
from api.security.keys import key_hash
from api.storage.models import AccountSession, Operator, SignInFailure, utc_now
from api.storage.unit_of_work import Database, UnitOfWork

MARK: Final = "account."
"""How a cookie that stands for an account begins."""
FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignInLimit:
    """After ``tries`` failures in a row a login is locked for ``lock``."""

    tries: int
    lock: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account with the cookie of its new session."""

    account: Operator
    cookie: str
    expires_at: datetime


def sign_in(database: Database, login: str, password: str, lifetime: timedelta, limit: SignInLimit) -> SignedIn:
    """Open a session.

    Raises:
        SignInRefusedError: login and password do not belong together, or the account is disabled.
        LockedError: too many failed tries.
    """
    account = verified(database, login, password, limit)
    with database.transaction() as uow:
        stored = uow.accounts.get(account.id, lock=True)
        if stored is None or stored.disabled_at is not None or stored.password_hash != account.password_hash:
            raise SignInRefusedError
        if stored.password_hash and outdated(stored.password_hash):
            stored.password_hash = password_hash(password)
        stored.last_sign_in_at = utc_now()
        uow.access.audit("operator", stored.id, "sign_in", stored.id)
        return open_session(uow, stored, lifetime)


def verified(database: Database, login: str, password: str, limit: SignInLimit) -> Operator:
    """The account of a login whose password this is; failures are counted.

    Raises:
        SignInRefusedError: see :func:`sign_in`.
        LockedError: see :func:`sign_in`.
    """
    mark = login_hash(login)
    with database.reading() as uow:
        failed = uow.accounts.failures(mark)
        account = uow.accounts.by_login(login)
    if failed is not None and failed.locked_until is not None and failed.locked_until > utc_now():
        raise LockedError(failed.locked_until)
    right = matches(password, account.password_hash if account else None)
    if account is None or not right or account.disabled_at is not None:
        with database.transaction() as uow:
            until = _count(uow, mark, limit)
            uow.access.audit("operator", account.id if account else "unknown", "sign_in_failed", "session")
        if until is not None:
            raise LockedError(until)
        raise SignInRefusedError
    if failed is not None:
        with database.transaction() as uow:
            uow.accounts.forget_failures(mark)
    return account


def open_session(uow: UnitOfWork, account: Operator, lifetime: timedelta) -> SignedIn:
    """A new session of an account that has proven who it is."""
    cookie, now = f"{MARK}{secrets.token_urlsafe(32)}", utc_now()
    uow.accounts.add_session(
        AccountSession(operator_id=account.id, token_hash=key_hash(cookie), created_at=now, expires_at=now + lifetime)
    )
    return SignedIn(account, cookie, now + lifetime)


def change_password(
    database: Database, account_id: str, current: str, new: str, *, lifetime: timedelta, limit: SignInLimit
) -> SignedIn:
    """Set a new password of one's own: all sessions end, a new one begins.

    Raises:
        WrongPasswordError: ``current`` isn't the present password.
        LockedError: too many failed tries.
        UnacceptablePasswordError: the new one is too easily guessed, or the old one.
    """
    with database.reading() as uow:
        account = uow.accounts.get(account_id)
    if account is None:
        raise WrongPasswordError
    if why := refusal(new, account.login) or ("新密码不得与当前密码相同" if new == current else None):
        raise UnacceptablePasswordError(why, "/new")
    try:
        verified(database, account.login, current, limit)
    except SignInRefusedError:
        raise WrongPasswordError from None
    hashed = password_hash(new)
    with database.transaction() as uow:
        stored = uow.accounts.get(account_id, lock=True)
        if stored is None:
            raise WrongPasswordError
        stored.password_hash, stored.must_change_password = hashed, False
        uow.accounts.end_sessions(account_id)
        uow.access.audit("operator", account_id, "change_password", account_id)
        return open_session(uow, stored, lifetime)


def login_hash(login: str) -> str:
    """Under what failures of a login are counted."""
    return hashlib.sha256(login.encode()).hexdigest()


def _count(uow: UnitOfWork, mark: str, limit: SignInLimit) -> datetime | None:
    """Count a failure; until when the login is locked now."""
    uow.lock(f"sign-in:{mark}")
    now = utc_now()
    uow.accounts.forget_failures_before(now - FORGOTTEN_AFTER)
    row = uow.accounts.failures(mark)
    if row is None:
        row = SignInFailure(login_hash=mark, failures=0)
        uow.accounts.add_failures(row)
    row.failures, row.last_at = row.failures + 1, now
    if row.failures >= limit.tries:
        row.failures, row.locked_until = 0, now + limit.lock
        return row.locked_until
    return None
