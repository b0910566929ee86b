"""Sessions of the page: a key is exchanged for a cookie that scripts cannot read."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.problems import Forbidden, Unauthenticated, responses
from api.schemas.sessions import Session
from api.security.access import AnyHolder
from api.security.sessions import COOKIE
from api.state import State

router = APIRouter(prefix="/v1/session", tags=["session"])


@router.post(
    "",
    operation_id="openSession",
    summary="Sign in with a key",
    responses=responses(Unauthenticated, Forbidden),
)
def open_session(holder: AnyHolder, request: Request, response: Response, state: State) -> Session:
    """Send the key as `Authorization: Bearer KEY`. Sets the cookie `hotline_session` (HttpOnly, SameSite=Strict),
    which stands for the key until it ends or the key is revoked; with the cookie itself it is renewed."""
    sessions = state.gatekeeper.sessions
    secure = request.url.scheme == "https" or str(state.settings.public_url or "").startswith("https:")
    response.set_cookie(
        COOKIE,
        sessions.issue(holder.key_id),
        max_age=int(sessions.lifetime.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return Session(name=holder.name, scopes=sorted(holder.scopes), expires_at=datetime.now(UTC) + sessions.lifetime)


@router.get("", operation_id="getSession", summary="Who is signed in", responses=responses(Unauthenticated, Forbidden))
def get_session(holder: AnyHolder) -> Session:
    """The key behind the session or header."""
    return Session(name=holder.name, scopes=sorted(holder.scopes), expires_at=None)


@router.delete("", status_code=204, operation_id="closeSession", summary="Sign out")
def close_session(response: Response) -> None:
    """Removes the cookie. Needs none: signing out twice does no harm."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
