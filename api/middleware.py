"""Around every request: an id, one log line without citizens' data, a measurement, and security headers."""

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observability import METHODS, Metrics
from api.security.access import KEY_ID

REQUEST_ID: Final = "X-Request-Id"
_ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Data is never a page: nothing in it may be run or loaded. The page's own answers carry their own policy.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    # Nobody between us and the reader keeps a citizen's data.
    "Cache-Control": "no-store",
}
TRANSPORT_SECURITY: Final = "max-age=31536000"

log = structlog.get_logger("hotline.access")


class RequestContext:
    """ASGI middleware: request id (theirs where it is plain, else ours), log context, access log, metrics, headers.

    Logged are method, route template, status, duration and the key's id: never path, query, address or the key itself.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _ACCEPTABLE_ID.match(given) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 500
        started = time.perf_counter()
        to_first_byte = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status, to_first_byte
            if message["type"] == "http.response.start":
                status = int(message["status"])
                to_first_byte = time.perf_counter() - started
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            # A fault that was logged and answered already; the server would log it again.
            if to_first_byte is None or status != 500:
                raise
        finally:
            route = route_template(scope)
            seconds = time.perf_counter() - started
            # A stream of events lasts for hours; what is measured is when an answer begins.
            self._metrics.observe(scope["method"], route, status, to_first_byte or seconds)
            if route not in _QUIET:
                log.info(
                    "request",
                    method=scope["method"] if scope["method"] in METHODS else "other",
                    route=route,
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                    key=scope.get(KEY_ID),
                )


def route_template(scope: Scope) -> str:
    """The route that a request was matched to, ``/v1/calls/{call_id}``, never its ids; ``unmatched`` without one."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) and path else "unmatched"
