"""Making, changing, disabling and resetting accounts."""

from dataclasses import dataclass

from api.accounts.errors import LastAdminError, LoginTakenError, UnacceptablePasswordError
from api.accounts.passwords import made_password, password_hash, refusal
from api.accounts.roles import DOWNLOADS, Role
from api.accounts.signing_in import login_hash
from api.calls.errors import NotFoundError
from api.storage.models import Operator, utc_now
from api.storage.unit_of_work import UnitOfWork

ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who administers: ``kind`` as in the audit log."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class IssuedPassword:
    """An account with a password that its holder must change at the first sign-in; shown once, never kept."""

    account: Operator
    password: str


def add_account(
    uow: UnitOfWork,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: Role,
    may_download: bool | None = None,
    password: str | None = None,
) -> IssuedPassword:
    """Make an account.

    Raises:
        LoginTakenError: there is one of this login.
        UnacceptablePasswordError: ``password`` is too easily guessed.
    """
    uow.lock(f"login:{login}")
    if uow.accounts.by_login(login) is not None:
        raise LoginTakenError(login)
    issued = _acceptable(password, login)
    account = uow.accounts.add(
        Operator(
            login=login,
            name=name,
            role=role,
            may_download=role in DOWNLOADS if may_download is None else may_download,
            password_hash=password_hash(issued),
            must_change_password=True,
        )
    )
    uow.access.audit(actor.kind, actor.id, "add_account", account.id, {"login": login, "role": role})
    return IssuedPassword(account, issued)


def change_account(
    uow: UnitOfWork,
    actor: Actor,
    account_id: str,
    *,
    name: str | None = None,
    role: Role | None = None,
    may_download: bool | None = None,
    disabled: bool | None = None,
) -> Operator:
    """Change an account; None leaves a thing as it is. Its sessions end where it is disabled or its role changes.

    Raises:
        NotFoundError: there is no such account.
        LastAdminError: nobody could administer any more.
    """
    uow.lock(ADMINS)
    account = _account(uow, account_id)
    was_admin = account.role == "admin" and account.disabled_at is None
    changes = {"name": name, "role": role, "may_download": may_download, "disabled": disabled}
    if role is not None and role != account.role:
        uow.accounts.end_sessions(account_id)
        account.role = role
    if name is not None:
        account.name = name
    if may_download is not None:
        account.may_download = may_download
    if disabled is not None:
        account.disabled_at = (account.disabled_at or utc_now()) if disabled else None
        if disabled:
            uow.accounts.end_sessions(account_id)
    uow.session.flush()
    if was_admin and not uow.accounts.enabled_admins():
        raise LastAdminError
    told = {key: value for key, value in changes.items() if value is not None and key != "name"}
    uow.access.audit(actor.kind, actor.id, "change_account", account_id, told)
    return account


def reset_password(uow: UnitOfWork, actor: Actor, account_id: str, password: str | None = None) -> IssuedPassword:
    """Give an account a new password for its next sign-in; its sessions end and a lock is lifted.

    Raises:
        NotFoundError: there is no such account.
        UnacceptablePasswordError: ``password`` is too easily guessed.
    """
    account = _account(uow, account_id)
    issued = _acceptable(password, account.login)
    account.password_hash, account.must_change_password = password_hash(issued), True
    uow.accounts.end_sessions(account_id)
    uow.accounts.forget_failures(login_hash(account.login))
    uow.access.audit(actor.kind, actor.id, "reset_password", account_id)
    return IssuedPassword(account, issued)


def _account(uow: UnitOfWork, account_id: str) -> Operator:
    account = uow.accounts.get(account_id, lock=True)
    if account is None:
        raise NotFoundError("account", account_id)
    return account


def _acceptable(password: str | None, login: str) -> str:
    if password is None:
        return made_password()
    if why := refusal(password, login):
        raise UnacceptablePasswordError(why, "/password")
    return password
