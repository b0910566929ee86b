"""Serves the page (built by Vite into ``web/dist``) and the documentation of the API, all from this server alone."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any, Final

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

BUILT_PAGE: Final = Path(__file__).resolve().parent.parent / "web" / "dist"
ASSETS: Final = "assets/"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATED: Final = "no-cache"

# The player draws in a shadow tree with a style element of its own; scripts come from files of this server only.
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

UNBUILT: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>热线工单台</title></head>
<body><h1>页面尚未构建</h1>
<p>接口已经可以使用（<a href="/docs">接口文档</a>）。构建页面：</p>
<pre>cd web
npm ci
npm run build</pre>
<p>构建完成后刷新本页即可，不必重启。</p></body></html>
"""


class _Files(StaticFiles):
    """Files whose tag is weak, since they go out compressed or not (RFC 9110, 8.8.1)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
        return response


class ConsolePage:
    """ASGI app for all addresses that are none of the API's: files of the page, or the page itself for its own routes.

    Files whose name carries a hash of their content may be cached for ever; the page is asked for anew each time.
    """

    path = "page"
    """As a route's: under what name requests are measured."""

    def __init__(self, folder: Path = BUILT_PAGE) -> None:
        self._folder = folder
        self._files = _Files(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises 404 for what is neither file nor page."""
        if scope["type"] != "http":
            raise HTTPException(404)
        if scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith("/v1/"):
            raise HTTPException(404)
        scope["route"] = self
        response = await self._response(scope)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        path = scope["path"].lstrip("/")
        try:
            if not path:
                raise HTTPException(404)
            response = await self._files.get_response(self._files.get_path(scope), scope)
            response.headers["Cache-Control"] = IMMUTABLE if path.startswith(ASSETS) else REVALIDATED
            return response
        except HTTPException:
            if not _wants_page(path, Headers(scope=scope)):
                raise HTTPException(404) from None
        try:
            response = await self._files.get_response("index.html", scope)
        except HTTPException:
            return HTMLResponse(UNBUILT, 503 if path else 200, {"Cache-Control": "no-store"})
        response.headers["Cache-Control"] = REVALIDATED
        return response


def _wants_page(path: str, headers: Headers) -> bool:
    return not path or (not path.startswith(ASSETS) and "text/html" in headers.get("accept", ""))


def install_documentation(app: FastAPI) -> None:
    """Serve Swagger UI at /docs from files of this server (networks of governments often reach no other)."""
    files = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs/files", _Files(directory=files), name="documentation")
    page = bytes(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=f"{app.title} — API",
            swagger_js_url="/docs/files/swagger-ui-bundle.js",
            swagger_css_url="/docs/files/swagger-ui.css",
            swagger_favicon_url="/docs/files/favicon.png",
        ).body
    )
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)
    policy = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @app.get("/docs", include_in_schema=False)
    def documentation() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": REVALIDATED})
