"""Accounts of persons that an identity provider vouches for: made and brought up to date at each sign-in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from api.accounts.errors import ProviderRefusal, ProviderSignInError
from api.accounts.identity_provider import Identity
from api.accounts.roles import DOWNLOADS, Role
from api.accounts.signing_in import SignedIn, login_hash, open_session
from api.storage.models import Operator, utc_now
from api.storage.unit_of_work import Database, UnitOfWork

ACTOR_KIND: Final = "provider"
"""As what the provider stands in the audit log; its host name is the actor."""
LONGEST_ACTOR: Final = 100


@dataclass(frozen=True, slots=True)
class _Refused:
    why: ProviderRefusal
    account_id: str = "unknown"


def sign_in_identity(
    database: Database, identity: Identity, lifetime: timedelta, *, link_existing: bool = False
) -> SignedIn:
    """Open a session for a person that the provider vouches for; his account is made at the first sign-in.

    Name, login and role follow the provider at each sign-in: other sessions end where the role changes or no role is
    left. With ``link_existing`` the account of the same login that was made by hand becomes his.

    Raises:
        ProviderSignInError: no role, the account is disabled or its login locked, or the login is another person's.
    """
    with database.transaction() as uow:
        outcome = _signed_in(uow, identity, lifetime, link_existing=link_existing)
        if isinstance(outcome, _Refused):
            detail = {"through": "oidc", "why": outcome.why}
            uow.access.audit("operator", outcome.account_id, "sign_in_failed", "session", detail)
    # Outside, so that the entry, and the end of sessions, is kept.
    if isinstance(outcome, _Refused):
        raise ProviderSignInError(outcome.why)
    return outcome


def _signed_in(uow: UnitOfWork, identity: Identity, lifetime: timedelta, *, link_existing: bool) -> SignedIn | _Refused:
    uow.lock(f"identity:{identity.issuer} {identity.subject}", f"login:{identity.login}")
    account = uow.accounts.by_identity(identity.issuer, identity.subject)
    same_login = uow.accounts.by_login(identity.login)
    known = account is not None
    if account is None and same_login is not None:
        if not link_existing or same_login.subject is not None:
            return _Refused("login-taken", same_login.id)
        account = same_login
    if refused := _refusal(uow, account, identity):
        if account is not None and known and identity.role is None:
            uow.accounts.end_sessions(account.id)
        return refused
    assert identity.role is not None  # noqa: S101 -- refused above
    if account is None:
        account = _add(uow, identity, identity.role)
    elif not known:
        account.issuer, account.subject = identity.issuer, identity.subject
        uow.access.audit(ACTOR_KIND, _actor(identity), "link_account", account.id)
    _refresh(uow, account, identity, identity.role, rename=same_login is None)
    account.last_sign_in_at = utc_now()
    uow.access.audit("operator", account.id, "sign_in", account.id, {"through": "oidc"})
    return open_session(uow, account, lifetime)


def _refusal(uow: UnitOfWork, account: Operator | None, identity: Identity) -> _Refused | None:
    account_id = account.id if account else "unknown"
    if account is not None and account.disabled_at is not None:
        return _Refused("disabled", account_id)
    if identity.role is None:
        return _Refused("no-role", account_id)
    failed = uow.accounts.failures(login_hash(account.login)) if account else None
    if failed is not None and failed.locked_until is not None and failed.locked_until > utc_now():
        return _Refused("locked", account_id)
    return None


def _add(uow: UnitOfWork, identity: Identity, role: Role) -> Operator:
    account = uow.accounts.add(
        Operator(
            login=identity.login,
            name=identity.name,
            role=role,
            may_download=role in DOWNLOADS,
            issuer=identity.issuer,
            subject=identity.subject,
        )
    )
    detail = {"login": identity.login, "role": role}
    uow.access.audit(ACTOR_KIND, _actor(identity), "add_account", account.id, detail)
    return account


def _refresh(uow: UnitOfWork, account: Operator, identity: Identity, role: Role, *, rename: bool) -> None:
    account.name = identity.name
    if rename:
        account.login = identity.login
    if account.role != role:
        uow.accounts.end_sessions(account.id)
        # What an administrator allowed, he allowed in the former role.
        account.role, account.may_download = role, role in DOWNLOADS
        uow.access.audit(ACTOR_KIND, _actor(identity), "change_account", account.id, {"role": role})
    if account.must_change_password:
        # Somebody else gave it, nobody took it up, and the holder needs none.
        account.password_hash, account.must_change_password = None, False


def _actor(identity: Identity) -> str:
    return (urlsplit(identity.issuer).hostname or identity.issuer)[:LONGEST_ACTOR]
