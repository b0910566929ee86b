"""Talks to an organisation's identity provider (OpenID Connect Core 1.0, authorization code flow with PKCE, RFC 7636).

The provider's metadata are asked for at the first sign-in and kept; its keys each time, so that a key that it withdrew
holds no longer.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError

from api.accounts.errors import ProviderSignInError
from api.accounts.provider_options import ProviderOptions
from api.accounts.roles import ROLES, Role

CLOCK_DIFFERENCE: Final = 30
"""Seconds by which the provider's clock may differ from this machine's."""
LONGEST_LOGIN: Final = 100
LONGEST_NAME: Final = 100
LONGEST_SUBJECT: Final = 255
"""Characters of ``sub`` at most (OpenID Connect Core 1.0, section 2)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person that the provider vouches for; ``role`` is the highest that his groups stand for, None without one."""

    issuer: str
    subject: str
    login: str
    name: str
    role: Role | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has begun: what must come back to the same browser (``state``), stand in the ID token (``nonce``)
    and prove that nobody else redeems the code (``verifier``).
    """

    state: str
    nonce: str
    verifier: str
    callback: str


class IdentityProvider:
    """The provider of ``options``."""

    def __init__(self, options: ProviderOptions) -> None:
        self._options = options
        self._client: Any = OAuth().register(
            "provider",
            client_id=options.client_id,
            client_secret=options.client_secret,
            server_metadata_url=f"{options.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": options.scope,
                "code_challenge_method": "S256",
                "timeout": options.timeout,
                # A client without a secret is known by PKCE alone.
                **({} if options.client_secret else {"token_endpoint_auth_method": "none"}),
            },
        )

    async def begin(self, callback: str) -> tuple[str, Attempt]:
        """Where the browser goes to sign in, and what to remember until it comes back to ``callback``.

        Raises:
            ProviderSignInError: the provider does not answer.
        """
        await self._metadata()
        begun = await self._client.create_authorization_url(callback)
        return str(begun["url"]), Attempt(begun["state"], begun["nonce"], begun["code_verifier"], callback)

    async def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        """Who came back; ``answer`` are the parameters of the provider's redirect.

        Raises:
            ProviderSignInError: the answer is not of this attempt or says no, the provider does not answer, or its ID
                token does not hold.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise ProviderSignInError("stale")
        if error := answer.get("error"):
            raise ProviderSignInError("cancelled" if error == "access_denied" else "refused")
        metadata = await self._metadata()
        token = await self._token(attempt, answer.get("code", ""))
        claims = await self._claims(token, attempt, metadata)
        return self._identity(claims)

    async def _metadata(self) -> Mapping[str, Any]:
        try:
            metadata: Mapping[str, Any] = await self._client.load_server_metadata()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError) as error:
            raise self._unavailable("metadata", error) from None
        # Otherwise one provider could speak for another (OpenID Connect Discovery 1.0, section 4.3).
        issuer = metadata.get("issuer")
        if issuer != self._options.issuer or not all(
            isinstance(metadata.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ):
            self._client.server_metadata.clear()
            log.error("the identity provider's metadata name another issuer than HOTLINE_OIDC_ISSUER or lack addresses")
            raise ProviderSignInError("unavailable")
        return metadata

    async def _token(self, attempt: Attempt, code: str) -> dict[str, Any]:
        try:
            token: dict[str, Any] = await self._client.fetch_access_token(
                redirect_uri=attempt.callback, code=code, code_verifier=attempt.verifier
            )
        except AuthlibBaseError as error:
            # Its description may hold anything; the code is one of RFC 6749's.
            log.warning("identity provider gave no token", error=str(error.error)[:40])
            raise ProviderSignInError("refused") from None
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            raise self._unavailable("token", error) from None
        return token

    async def _claims(
        self, token: Mapping[str, Any], attempt: Attempt, metadata: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        must_be = {
            "iss": {"essential": True, "value": self._options.issuer},
            "aud": {"essential": True, "value": self._options.client_id},
        }
        try:
            await self._client.fetch_jwk_set(force=True)
            claims = await self._client.parse_id_token(
                token, nonce=attempt.nonce, claims_options=must_be, leeway=CLOCK_DIFFERENCE
            )
        except httpx2.HTTPError as error:
            raise self._unavailable("keys", error) from None
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            log.warning("ID token does not hold", error=type(error).__name__)
            raise ProviderSignInError("invalid") from None
        if not claims or not isinstance(claims.get("sub"), str):
            raise ProviderSignInError("invalid")
        wanted = (self._options.login_claim, self._options.name_claim, self._options.role_claim)
        if all(_claim(claims, name) is not None for name in wanted) or not metadata.get("userinfo_endpoint"):
            return dict(claims)
        return {**await self._userinfo(token, claims["sub"]), **claims}

    async def _userinfo(self, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        try:
            told: Mapping[str, Any] = await self._client.userinfo(token=token)
        except (httpx2.HTTPError, AuthlibBaseError, ValueError, TypeError) as error:
            raise self._unavailable("userinfo", error) from None
        # It may be another person's (OpenID Connect Core 1.0, section 5.3.2).
        if told.get("sub") != subject:
            raise ProviderSignInError("invalid")
        return told

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        login, name = _line(_claim(claims, self._options.login_claim)), _line(_claim(claims, self._options.name_claim))
        subject = claims["sub"]
        if not login or len(login) > LONGEST_LOGIN or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise ProviderSignInError("incomplete")
        told = _claim(claims, self._options.role_claim)
        values = {told} if isinstance(told, str) else {each for each in told or () if isinstance(each, str)}
        roles = [self._options.roles[value] for value in values if value in self._options.roles]
        return Identity(
            issuer=self._options.issuer,
            subject=subject,
            login=login,
            name=(name or login)[:LONGEST_NAME],
            role=max(roles, key=ROLES.index, default=None),
        )

    def _unavailable(self, what: Literal["metadata", "token", "keys", "userinfo"], error: Exception) -> Exception:
        log.warning("identity provider does not answer", asked_for=what, error=type(error).__name__)
        return ProviderSignInError("unavailable")


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by name, or by path (``realm_access.roles``) where there is none of the whole name."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _line(value: object) -> str | None:
    """Text on one line without control characters; None for what is no text."""
    if not isinstance(value, str):
        return None
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())
