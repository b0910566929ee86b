"""Accounts, sessions and the audit log at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, SecretStr, StringConstraints

from api.accounts.roles import Role
from api.schemas.base import Answer, Demand, Line, Moment, PageQuery
from api.security.keys import Scope

AccountId = Annotated[str, StringConstraints(pattern="^op_[0-9a-f]{32}$")]
Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{2,100}$")]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1000)]


class SignIn(Demand):
    """Who signs in."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    password: Password


class PasswordChange(Demand):
    """A new password of one's own."""

    current: Password
    new: Password


class SessionAccount(Answer):
    """The account that is signed in."""

    id: AccountId
    login: str
    name: str
    role: Role
    may_download: bool
    must_change_password: bool


class Session(Answer):
    """Who is signed in."""

    name: str = Field(description="Name of the key or person.")
    scopes: list[Scope]
    expires_at: datetime | None = Field(description="When the session just made ends; null where it was made before.")
    account: SessionAccount | None = Field(None, description="Null where a key is signed in.")


class ProviderWay(Answer):
    """Signing in through the organisation's identity provider."""

    label: str = Field(description="What people call it.", examples=["统一身份认证"])
    url: str = Field(description="Where the browser goes to sign in.", examples=["/v1/session/oidc"])


class SignInWays(Answer):
    """How persons can sign in."""

    password: bool = Field(description="With login and password.")
    oidc: ProviderWay | None = Field(description="Null where no identity provider is set.")


class Colleague(Answer):
    """Somebody who can be asked."""

    id: AccountId
    name: str
    role: Role


class Account(Answer):
    """The account of a person."""

    id: AccountId
    login: str
    name: str
    role: Role
    may_download: bool = Field(description="May have recordings as files.")
    must_change_password: bool
    created_at: datetime
    disabled_at: datetime | None
    last_sign_in_at: datetime | None
    issuer: str | None = Field(
        description="The identity provider that the person signs in through; null for accounts made here."
    )


class NewAccount(Demand):
    """An account to make. Without a password one is made."""

    login: Login
    name: Name
    role: Role
    may_download: bool | None = None
    password: Password | None = None


class AccountChange(Demand):
    """What is to change; what is left out stays."""

    name: Name | None = None
    role: Role | None = None
    may_download: bool | None = None
    disabled: bool | None = None


class IssuedPassword(Answer):
    """An account with a password for its next sign-in, shown this once."""

    account: Account
    password: str


class AuditEntry(Answer):
    """Somebody did or saw something."""

    id: int
    at: datetime
    actor_kind: str
    actor: str
    actor_name: str | None = None
    action: str
    subject: str
    detail: dict[str, Any] | None


class AuditPage(Answer):
    """Some entries, newest first."""

    items: list[AuditEntry]
    next_cursor: int | None = Field(None, description="Pass as cursor to get the next page.")


class AuditQuery(PageQuery):
    """What the audit log is narrowed by."""

    actor: Annotated[Line, StringConstraints(max_length=100)] | None = None
    subject: Annotated[Line, StringConstraints(max_length=100)] | None = None
    action: Annotated[Line, StringConstraints(max_length=50)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    cursor: Annotated[int, Field(ge=1, le=2**62)] | None = None
