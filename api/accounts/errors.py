"""Refusals around accounts that the HTTP edge answers with a problem."""

from datetime import datetime
from typing import Literal


class SignInRefusedError(Exception):
    """Login and password do not belong together, or the account is disabled: which of them stays open."""

    def __init__(self) -> None:
        super().__init__("登录名或密码不正确，或账号已停用。")


class LockedError(Exception):
    """Too many failed tries; ``until`` when the next one counts."""

    def __init__(self, until: datetime) -> None:
        super().__init__("登录失败次数过多，账号暂时锁定；请稍后再试，或请管理员重置密码。")
        self.until = until


class WrongPasswordError(Exception):
    """The present password is another one."""

    def __init__(self) -> None:
        super().__init__("当前密码不正确。")


class UnacceptablePasswordError(Exception):
    """The new password is too easily guessed; ``pointer`` is where it stands in what was sent."""

    def __init__(self, why: str, pointer: str) -> None:
        super().__init__(why)
        self.pointer = pointer


class LoginTakenError(Exception):
    """Another account signs in under this name."""

    def __init__(self, login: str) -> None:
        super().__init__(f"登录名 {login} 已被使用，请换一个。")


class LastAdminError(Exception):
    """Nobody could administer any more."""

    def __init__(self) -> None:
        super().__init__("这是最后一个可用的管理员账号，不能停用或改变角色；请先设置另一个管理员。")


ProviderRefusal = Literal[
    "stale",
    "cancelled",
    "refused",
    "unavailable",
    "invalid",
    "incomplete",
    "no-role",
    "disabled",
    "locked",
    "login-taken",
]
"""Why a sign-in through the identity provider did not succeed."""


class ProviderSignInError(Exception):
    """Nobody was signed in; ``why`` is what the page explains."""

    def __init__(self, why: ProviderRefusal) -> None:
        super().__init__(why)
        self.why = why


class PasswordSignInOffError(Exception):
    """Persons sign in through the identity provider only."""

    def __init__(self) -> None:
        super().__init__("已停用密码登录，请使用统一身份认证登录。")
