"""Finds out who sends a request, and refuses those who may not: FastAPI dependencies."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from api.accounts.roles import SCOPES_OF
from api.accounts.signing_in import MARK
from api.problems import Forbidden, PasswordChangeRequired, Unauthenticated
from api.security.keys import ALL_SCOPES, KeyHolder, Person, Scope, key_hash, parse_scopes, same_key
from api.security.sessions import COOKIE, REQUEST_HEADER, Sessions
from api.storage.models import ApiKey
from api.storage.unit_of_work import Database

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
USE_NOTED_EVERY: Final = timedelta(minutes=5)

KEY_ID: Final = "hotline.key_id"
"""Where the id of the key that a request came with stands in its ASGI scope."""

bearer = HTTPBearer(scheme_name="ApiKey", description="An API key, made with `hotline keys create`.", auto_error=False)
session_cookie = APIKeyCookie(
    scheme_name="Session",
    name=COOKIE,
    description=f"A session of POST /v1/session or /v1/session/sign-in. Unsafe methods need `{REQUEST_HEADER}: 1` too.",
    auto_error=False,
)


class Gatekeeper:
    """Knows the holders of keys. ``own_key`` is the key of ``HOTLINE_API_KEY``, with all scopes."""

    def __init__(self, database: Database, sessions: Sessions, own_key: str | None) -> None:
        self._database = database
        self._own_key = own_key
        # A new value of the setting must end the sessions of the old one.
        self._own_id = f"settings:{key_hash(own_key)[:16]}" if own_key else None
        self.sessions = sessions
        self._noting = ThreadPoolExecutor(1, thread_name_prefix="key-use")

    def holder_of(self, secret: str) -> KeyHolder | None:
        """Who holds the key ``secret``; ``None`` where it is unknown, revoked or expired."""
        if self._own_key is not None and same_key(secret, self._own_key):
            return self._own()
        with self._database.reading() as unit:
            return self._holder(unit.access.key_by_hash(key_hash(secret)))

    def holder_of_session(self, cookie: str) -> KeyHolder | None:
        """Who a session cookie stands for; ``None`` where it, its key or its account is no longer valid."""
        if cookie.startswith(MARK):
            return self._person(key_hash(cookie))
        key_id = self.sessions.key_id(cookie)
        if key_id is None:
            return None
        if key_id == self._own_id:
            return self._own()
        with self._database.reading() as unit:
            return self._holder(unit.access.key(key_id))

    def still_valid(self, holder: KeyHolder) -> bool:
        """Whether the key or session of ``holder`` is neither revoked nor expired by now."""
        if holder.person is not None:
            return self._person(holder.person.session) == holder
        if holder.key_id == self._own_id:
            return True
        with self._database.reading() as unit:
            return self._holder(unit.access.key(holder.key_id)) is not None

    def close(self) -> None:
        """Wait until the last uses are noted."""
        self._noting.shutdown()

    def _own(self) -> KeyHolder:
        return KeyHolder(str(self._own_id), "HOTLINE_API_KEY", ALL_SCOPES)

    def _person(self, token_hash: str) -> KeyHolder | None:
        with self._database.reading() as unit:
            found = unit.accounts.session_holder(token_hash, datetime.now(UTC))
        if found is None:
            return None
        account = found[1]
        person = Person(account.login, account.role, account.may_download, account.must_change_password, token_hash)
        return KeyHolder(account.id, account.name, SCOPES_OF[account.role], person)

    def _holder(self, key: ApiKey | None) -> KeyHolder | None:
        now = datetime.now(UTC)
        if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
            return None
        if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
            # Apart from the request: a write would wait for other writers.
            self._noting.submit(self._note_use, key.id)
        return KeyHolder(key.id, key.name, parse_scopes(key.scopes))

    def _note_use(self, key_id: str) -> None:
        with self._database.transaction(durable=False) as unit:
            if key := unit.access.key(key_id):
                key.last_used_at = datetime.now(UTC)


def identify(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    cookie: Annotated[str | None, Depends(session_cookie)],
) -> KeyHolder:
    """Who sends ``request``; raises :class:`Unauthenticated` or, for a forged request of a session, Forbidden."""
    gatekeeper: Gatekeeper = request.app.state.hotline.gatekeeper
    if credentials is not None:
        holder = gatekeeper.holder_of(credentials.credentials)
        if holder is None:
            raise Unauthenticated("This API key is not valid, or was revoked, or has expired.")
    elif cookie is not None and "authorization" not in request.headers:
        holder = gatekeeper.holder_of_session(cookie)
        if holder is None:
            raise Unauthenticated("The session is over; sign in again.")
        if request.method not in SAFE_METHODS and request.headers.get(REQUEST_HEADER) != "1":
            raise Forbidden(f"With a session, this method needs the header {REQUEST_HEADER}: 1.")
    else:
        raise Unauthenticated("Send an API key as `Authorization: Bearer KEY`; `hotline keys create` makes one.")
    request.scope[KEY_ID] = holder.key_id
    return holder


def requires(*scopes: Scope) -> Callable[[KeyHolder], Awaitable[KeyHolder]]:
    """A dependency that lets in holders of one of ``scopes``."""

    # Not for waiting, but because FastAPI would run a plain function in a thread.
    async def check(holder: Annotated[KeyHolder, Depends(identify)]) -> KeyHolder:
        if holder.person is not None and holder.person.must_change_password:
            raise PasswordChangeRequired("请先修改初始密码。")
        if not holder.may(*scopes):
            raise Forbidden(f"This needs a key or account with the scope {' or '.join(scopes)}.")
        return holder

    return check


def persons(*scopes: Scope) -> Callable[[KeyHolder], Awaitable[KeyHolder]]:
    """A dependency that lets in persons with one of ``scopes``: a machine takes no decision in their place."""

    async def check(holder: Annotated[KeyHolder, Depends(requires(*scopes))]) -> KeyHolder:
        if holder.person is None:
            raise Forbidden("This needs an account, not a key: a person is responsible for it.")
        return holder

    return check


AnyHolder = Annotated[KeyHolder, Depends(identify)]
IntakeHolder = Annotated[KeyHolder, Depends(requires(Scope.INTAKE))]
StateReader = Annotated[KeyHolder, Depends(requires(Scope.INTAKE, Scope.REVIEW))]
Reviewer = Annotated[KeyHolder, Depends(requires(Scope.REVIEW))]
Supervisor = Annotated[KeyHolder, Depends(requires(Scope.SUPERVISE))]
ReviewingPerson = Annotated[KeyHolder, Depends(persons(Scope.REVIEW))]
SupervisingPerson = Annotated[KeyHolder, Depends(persons(Scope.SUPERVISE))]
Administrator = Annotated[KeyHolder, Depends(requires(Scope.ADMIN))]
