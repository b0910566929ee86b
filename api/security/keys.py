"""API keys: their form, how they are kept, and the scopes they carry."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

MARK: Final = "hotline"
SECRET_BYTES: Final = 32
PREFIX_CHARACTERS: Final = len(MARK) + 1 + 8


class Scope(StrEnum):
    """What a key may do. Each stands alone: a recorder's intake key reads no ticket."""

    INTAKE = "intake"
    REVIEW = "review"
    SUPERVISE = "supervise"
    ADMIN = "admin"


ALL_SCOPES: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. ``secret`` is shown once and never kept; ``prefix`` lets people recognise it later."""

    secret: str
    prefix: str
    hash: str


def new_key() -> NewKey:
    """A key from 256 bits of the system's randomness."""
    secret = f"{MARK}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return NewKey(secret, secret[:PREFIX_CHARACTERS], key_hash(secret))


def key_hash(secret: str) -> str:
    """The form in which a key is stored and looked up: its sha256 in hex.

    A slow, salted hash protects passwords because people choose guessable ones. These keys have 256 random bits: no
    table or search reaches them, a plain digest can be looked up by index, and checking a request stays cheap
    (NIST SP 800-63B, 5.1.2.2 asks salt and stretching only below 112 bits of entropy).
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def same_key(given: str, expected: str) -> bool:
    """Whether two keys are the same, in a time that does not tell how much of them agrees."""
    return hmac.compare_digest(given.encode(), expected.encode())


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person who is signed in; ``session`` is the hash of the session's token."""

    login: str
    role: str
    may_download: bool
    must_change_password: bool
    session: str


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whoever asks: a key's id (``settings`` for the one of ``HOTLINE_API_KEY``), name and scopes; for a person his
    account's, with ``person``.
    """

    key_id: str
    name: str
    scopes: frozenset[Scope]
    person: Person | None = None

    @property
    def kind(self) -> Literal["operator", "api_key"]:
        """As what it stands in the audit log."""
        return "operator" if self.person else "api_key"

    def may(self, *scopes: Scope) -> bool:
        """Whether one of ``scopes`` is granted."""
        return not self.scopes.isdisjoint(scopes)


def parse_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Scopes by name; raises ``ValueError`` that names an unknown one."""
    known = {scope.value for scope in Scope}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise ValueError(f"no such scope: {name!r}; there are {', '.join(sorted(known))}")
    return frozenset(Scope(name) for name in wanted)
