"""Sessions of the page: a signed cookie that stands for a key, so that the key itself is not kept in the browser.

The cookie holds the key's id and is signed with a secret of the server, not with anything in the database: whoever
reads the database cannot make one. It ends with its lifetime and with the key's revocation, whichever is first.
"""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE: Final = "hotline_session"
REQUEST_HEADER: Final = "X-Hotline-Request"
"""With a cookie, unsafe methods need this header: another site's form cannot set it, its script would need CORS."""


class Sessions:
    """Makes and reads session cookies of a ``lifetime``, signed with ``secret``."""

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="hotline-session-1")
        self.lifetime = lifetime

    def issue(self, key_id: str) -> str:
        """A cookie for the holder of ``key_id``."""
        value = self._serializer.dumps(key_id)
        return value if isinstance(value, str) else value.decode()

    def key_id(self, cookie: str) -> str | None:
        """The key that ``cookie`` stands for; ``None`` where it is forged or over."""
        with suppress(BadSignature):
            value = self._serializer.loads(cookie, max_age=int(self.lifetime.total_seconds()))
            return value if isinstance(value, str) else None
        return None


def server_secret(folder: Path) -> bytes:
    """The secret of this installation, made on first use in ``folder``, readable by its owner only."""
    path = folder / "session.secret"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".session.secret-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    # Of several processes starting at once one wins, and all read the winner's.
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    return path.read_bytes()
