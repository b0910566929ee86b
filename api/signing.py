"""Signs what is posted to others in the form of Standard Webhooks, so that they can tell who sent it and when.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

MARK: Final = "whsec_"
KEY_BYTES: Final = range(24, 65)


def signing_key(secret: str) -> bytes:
    """The key that a secret such as ``whsec_MfKQ…`` stands for.

    Raises:
        ValueError: it lacks the mark, is no base64, or has fewer than 24 or more than 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(MARK), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(MARK) or len(key) not in KEY_BYTES:
        # Without the value, which must not come into a log.
        raise ValueError(f"a secret is {MARK} and 24 to 64 random bytes in base64: {MARK}$(openssl rand -base64 32)")
    return key


def signed_headers(secret: str | None, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message: its id, the seconds since 1970, and the signature where there is a secret."""
    headers = {"webhook-id": message_id, "webhook-timestamp": str(timestamp)}
    if secret is not None:
        content = f"{message_id}.{timestamp}.".encode() + body
        digest = hmac.new(signing_key(secret), content, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers
