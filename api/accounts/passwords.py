"""Passwords: their hash (argon2id, RFC 9106), what is acceptable, and ones made for a first sign-in."""

import secrets
import threading
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

FEWEST_CHARACTERS: Final = 10
MOST_CHARACTERS: Final = 200
AT_ONCE: Final = 2
"""Hashes computed at the same time: each takes 64 MiB, and guesses must not take the server's memory."""
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher: Final = argon2.PasswordHasher()
_turn: Final = threading.BoundedSemaphore(AT_ONCE)
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$Ot4mVU2TuuDLi3SPhKg7mw$Bnjcj4kS4fS99c+gY2hPbeYu9HQVNeK6FybR+/xQxk8"
"""A hash of nothing that is ever accepted, so that an unknown login takes as long as a known one."""


def refusal(password: str, login: str) -> str | None:
    """Why a new password is not acceptable; None where it is (NIST SP 800-63B: length counts, not composition)."""
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return f"密码长度须为 {FEWEST_CHARACTERS} 至 {MOST_CHARACTERS} 个字符"
    if login.lower() in password.lower() or len(set(password)) < 4:
        return "密码过于简单：不得包含登录名，且至少有四个不同的字符"
    return None


def password_hash(password: str) -> str:
    """The form in which a password is kept."""
    with _turn:
        return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; takes as long where none is stored."""
    with _turn:
        try:
            return _hasher.verify(stored or _NOBODY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def made_password() -> str:
    """A password for a first sign-in: 80 random bits without characters that look alike."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
