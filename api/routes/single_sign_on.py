"""Signing in through the organisation's identity provider (OpenID Connect)."""

from dataclasses import asdict
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.accounts.errors import ProviderSignInError
from api.accounts.federation import sign_in_identity
from api.accounts.identity_provider import Attempt, IdentityProvider
from api.problems import NotFound, Unprocessable, responses
from api.routes.sessions import is_secure, set_session_cookie
from api.schemas.accounts import ProviderWay, SignInWays
from api.schemas.base import Line
from api.security.sessions import server_secret
from api.state import ApiState, State

router = APIRouter(prefix="/v1/session", tags=["session"])

START: Final = "/v1/session/oidc"
ATTEMPT_COOKIE: Final = "hotline_oidc"
ATTEMPT_SECONDS: Final = 600
"""How long a person may take at the provider."""
SIGN_IN_PAGE: Final = "/sign-in"
LONGEST_ANSWER: Final = 2000
"""Characters of a parameter that the provider sends back with the browser."""

PageAddress = Annotated[Line, StringConstraints(pattern=r"^/([^/\\][^\\]*)?$", max_length=500)]
"""An address of this page; ``//elsewhere`` and ``/\\elsewhere`` would lead away from it."""
Sent = Annotated[str, StringConstraints(max_length=LONGEST_ANSWER)]

_LEADS: Final[dict[int | str, dict[str, Any]]] = {
    303: {
        "description": "Where the browser goes on.",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
    }
}


@router.get("/ways", operation_id="listSignInWays", summary="How persons can sign in")
def list_ways(state: State) -> SignInWays:
    """Needs no session: the page asks it before anybody has signed in."""
    settings = state.settings
    provider = ProviderWay(label=settings.oidc_label, url=START) if state.identity_provider else None
    return SignInWays(password=settings.password_sign_in, oidc=provider)


@router.get(
    "/oidc",
    status_code=303,
    response_class=Response,
    operation_id="beginProviderSignIn",
    summary="Sign in through the identity provider",
    responses={**_LEADS, **responses(NotFound, Unprocessable)},
)
async def begin(
    request: Request,
    state: State,
    to: Annotated[PageAddress, Query(alias="next", description="Where the page goes on after it.")] = "/",
) -> Response:
    """For a link or the browser's location, not for a script. Leads to the provider; where that does not answer, back
    to the sign-in page with `oidc=unavailable`."""
    provider = _provider(state)
    settings = state.settings
    base = str(settings.public_url or request.base_url).rstrip("/")
    try:
        address, attempt = await provider.begin(f"{base}{START}/callback")
    except ProviderSignInError as error:
        return _back(error, to)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        ATTEMPT_COOKIE,
        _text(_serializer(state).dumps({"attempt": asdict(attempt), "next": to})),
        max_age=ATTEMPT_SECONDS,
        path=START,
        secure=is_secure(request, state),
        httponly=True,
        # The provider's redirect comes from another site: strict cookies would not come with it.
        samesite="lax",
    )
    return response


@router.get(
    "/oidc/callback",
    status_code=303,
    response_class=Response,
    operation_id="finishProviderSignIn",
    summary="Where the identity provider sends the browser back to",
    responses={**_LEADS, **responses(NotFound, Unprocessable)},
)
async def finish(
    request: Request,
    state: State,
    state_sent: Annotated[Sent, Query(alias="state")] = "",
    code: Sent = "",
    error: Sent = "",
) -> Response:
    """Sets the cookie of the session and leads to the page. Where nobody was signed in it leads to the sign-in page
    with the parameter `oidc`: stale, cancelled, refused, unavailable, invalid, incomplete, no-role, disabled, locked or
    login-taken."""
    provider = _provider(state)
    attempt, to = _attempt(request, state)
    try:
        if attempt is None:
            raise ProviderSignInError("stale")
        identity = await provider.finish(attempt, {"state": state_sent, "code": code, "error": error})
        signed = await run_in_threadpool(
            sign_in_identity,
            state.database,
            identity,
            state.settings.session_lifetime,
            link_existing=state.settings.oidc_link_existing,
        )
    except ProviderSignInError as refusal:
        response = _back(refusal, to)
    else:
        response = RedirectResponse(to, 303)
        set_session_cookie(request, response, state, signed.cookie)
    # An attempt counts once.
    response.delete_cookie(ATTEMPT_COOKIE, path=START, httponly=True, samesite="lax")
    return response


def _provider(state: ApiState) -> IdentityProvider:
    if state.identity_provider is None:
        raise NotFound("No identity provider is set (HOTLINE_OIDC_ISSUER).")
    return state.identity_provider


def _attempt(request: Request, state: ApiState) -> tuple[Attempt | None, str]:
    try:
        kept = _serializer(state).loads(request.cookies.get(ATTEMPT_COOKIE, ""), max_age=ATTEMPT_SECONDS)
    except BadSignature:
        return None, "/"
    return Attempt(**kept["attempt"]), str(kept["next"])


def _back(error: ProviderSignInError, to: str) -> Response:
    query = {"oidc": error.why, **({} if to == "/" else {"next": to})}
    return RedirectResponse(f"{SIGN_IN_PAGE}?{urlencode(query)}", 303)


def _serializer(state: ApiState) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(server_secret(state.settings.data_dir), salt="hotline-oidc-1")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
