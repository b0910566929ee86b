"""Sessions at the HTTP edge."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import Answer
from api.security.keys import Scope


class Session(Answer):
    """Who is signed in."""

    name: str = Field(description="Name of the key.")
    scopes: list[Scope]
    expires_at: datetime | None = Field(description="When the session just made ends; null where it was made before.")
