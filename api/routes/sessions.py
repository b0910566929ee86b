"""Sessions of the page: a key or a login is exchanged for a cookie that scripts cannot read."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.accounts.errors import PasswordSignInOffError
from api.accounts.signing_in import MARK, SignedIn, SignInLimit, change_password, sign_in
from api.problems import (
    BadRequest,
    Forbidden,
    Locked,
    PasswordSignInOff,
    Unauthenticated,
    Unprocessable,
    WrongPassword,
    responses,
)
from api.schemas.accounts import PasswordChange, Session, SessionAccount, SignIn
from api.security.access import AnyHolder
from api.security.keys import KeyHolder, key_hash
from api.security.sessions import COOKIE
from api.state import ApiState, State

router = APIRouter(prefix="/v1/session", tags=["session"])


@router.post(
    "",
    operation_id="openSession",
    summary="Sign in with a key",
    responses=responses(Unauthenticated, Forbidden),
)
def open_session(holder: AnyHolder, request: Request, response: Response, state: State) -> Session:
    """Send the key as `Authorization: Bearer KEY`. Sets the cookie `hotline_session` (HttpOnly, SameSite=Strict),
    which stands for the key until it ends or the key is revoked; with the cookie itself it is renewed. The session of
    an account stays as it is."""
    if holder.person is not None:
        return _session(holder)
    sessions = state.gatekeeper.sessions
    set_session_cookie(request, response, state, sessions.issue(holder.key_id))
    return _session(holder, datetime.now(UTC) + sessions.lifetime)


@router.post(
    "/sign-in",
    operation_id="signIn",
    summary="Sign in with login and password",
    responses=responses(BadRequest, Unauthenticated, PasswordSignInOff, Locked, Unprocessable),
)
def sign_in_person(demand: SignIn, request: Request, response: Response, state: State) -> Session:
    """Sets the cookie. Unknown login, wrong password and disabled account are answered alike; after some failures in a
    row the login is locked for a while (429, `Retry-After`). 403 where persons sign in through the identity provider
    only."""
    if not state.settings.password_sign_in:
        raise PasswordSignInOffError
    signed = sign_in(
        state.database,
        demand.login,
        demand.password.get_secret_value(),
        state.settings.session_lifetime,
        _limit(state),
    )
    return _signed_in(signed, request, response, state)


@router.get("", operation_id="getSession", summary="Who is signed in", responses=responses(Unauthenticated, Forbidden))
def get_session(holder: AnyHolder) -> Session:
    """The key or account behind the session or header."""
    return _session(holder)


@router.delete("", status_code=204, operation_id="closeSession", summary="Sign out")
def close_session(request: Request, response: Response, state: State) -> None:
    """Ends the session and removes the cookie. Needs none: signing out twice does no harm."""
    cookie = request.cookies.get(COOKIE, "")
    if cookie.startswith(MARK):
        with state.database.transaction() as uow:
            if account_id := uow.accounts.end_session(key_hash(cookie)):
                uow.access.audit("operator", account_id, "sign_out", account_id)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.delete(
    "/everywhere",
    status_code=204,
    operation_id="closeAllSessions",
    summary="Sign out everywhere",
    responses=responses(Unauthenticated, Forbidden),
)
def close_all_sessions(holder: AnyHolder, response: Response, state: State) -> None:
    """Ends all sessions of the account that is signed in, in every browser."""
    _person(holder)
    with state.database.transaction() as uow:
        uow.accounts.end_sessions(holder.key_id)
        uow.access.audit("operator", holder.key_id, "sign_out_everywhere", holder.key_id)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.put(
    "/password",
    operation_id="changePassword",
    summary="Change one's password",
    responses=responses(BadRequest, Unauthenticated, Forbidden, WrongPassword, Locked, Unprocessable),
)
def put_password(
    demand: PasswordChange, holder: AnyHolder, request: Request, response: Response, state: State
) -> Session:
    """All sessions of the account end; this one goes on under a new cookie."""
    _person(holder)
    signed = change_password(
        state.database,
        holder.key_id,
        demand.current.get_secret_value(),
        demand.new.get_secret_value(),
        lifetime=state.settings.session_lifetime,
        limit=_limit(state),
    )
    return _signed_in(signed, request, response, state)


def _person(holder: KeyHolder) -> None:
    if holder.person is None:
        raise Forbidden("This needs an account, not a key.")


def _limit(state: ApiState) -> SignInLimit:
    return SignInLimit(state.settings.sign_in_tries, state.settings.sign_in_lock)


def _signed_in(signed: SignedIn, request: Request, response: Response, state: ApiState) -> Session:
    set_session_cookie(request, response, state, signed.cookie)
    holder = state.gatekeeper.holder_of_session(signed.cookie)
    if holder is None:
        raise Unauthenticated("The account was disabled meanwhile.")
    return _session(holder, signed.expires_at)


def is_secure(request: Request, state: ApiState) -> bool:
    """Whether the browser reaches the page by TLS, also where a proxy ends it."""
    return request.url.scheme == "https" or str(state.settings.public_url or "").startswith("https:")


def set_session_cookie(request: Request, response: Response, state: ApiState, value: str) -> None:
    """Give the browser the cookie of a session."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(state.gatekeeper.sessions.lifetime.total_seconds()),
        path="/",
        secure=is_secure(request, state),
        httponly=True,
        samesite="strict",
    )


def _session(holder: KeyHolder, expires_at: datetime | None = None) -> Session:
    account = holder.person and SessionAccount.model_validate(
        {
            "id": holder.key_id,
            "login": holder.person.login,
            "name": holder.name,
            "role": holder.person.role,
            "may_download": holder.person.may_download,
            "must_change_password": holder.person.must_change_password,
        }
    )
    return Session(name=holder.name, scopes=sorted(holder.scopes), expires_at=expires_at, account=account)
