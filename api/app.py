"""Puts the HTTP API together."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from api import problems
from api.accounts.errors import (
    LastAdminError,
    LockedError,
    LoginTakenError,
    PasswordSignInOffError,
    SignInRefusedError,
    UnacceptablePasswordError,
    WrongPasswordError,
)
from api.accounts.identity_provider import IdentityProvider
from api.audio_store import AudioMissingError, open_audio_store
from api.auditing import ViewLog
from api.calls.errors import IdempotencyConflictError, NotFoundError, NotReadyError, UnderWayError
from api.cities.in_force import CityInForce
from api.middleware import RequestContext
from api.observability import Metrics, configure_tracing
from api.page import ConsolePage, install_documentation
from api.problems import (
    Claimed,
    ClaimLost,
    Collected,
    Conflict,
    IdempotencyKeyReused,
    IdentityMasked,
    Locked,
    NotFound,
    PasswordSignInOff,
    ServiceUnavailable,
    Unauthenticated,
    Unprocessable,
    WrongPassword,
    pointer_error,
)
from api.queue_watch import QueueWatch
from api.review.errors import (
    ClaimedError,
    ClaimLostError,
    CollectedError,
    ImpossibleError,
    InvalidFieldsError,
    MaskedError,
    NotWaitingError,
)
from api.routes import (
    accounts,
    alerts,
    automation,
    calls,
    city,
    corrections,
    operations,
    queue,
    recordings,
    review,
    sessions,
    single_sign_on,
    supervision,
    transcriptions,
)
from api.security.access import Gatekeeper
from api.security.sessions import REQUEST_HEADER, Sessions, server_secret
from api.settings import Settings
from api.state import ApiState
from api.storage.models import utc_now
from api.storage.repositories.statistics import Statistics
from api.storage.unit_of_work import Database
from api.uploads import remove_stale
from api.workflows.queue import WorkQueue

DESCRIPTION: Final = """From a call recording of the 12345 hotline to a dispatched ticket (工单).

Send recordings to `POST /v1/recordings`; follow their call at `GET /v1/calls/{call_id}/events`; read the ticket at
`GET /v1/calls/{call_id}/ticket`. Every address but health and metrics needs an API key with one of the scopes
**intake** (send recordings, see the state of one's own), **review** (read all, do again), **supervise** (automatic
dispatch, figures, audit log), **admin** (delete, accounts), or the session of an account whose role has it.
Errors are `application/problem+json` (RFC 9457). Times are ISO 8601 with offset, durations seconds.
"""
CHECKPOINT_PAGES: Final = 20_000
"""Far more than the workers let SQLite's log grow to, so that they move it into the database and no request does."""
COMPRESSION: Final = 5
"""Of gzip, 1 to 9; beyond, text takes much longer and hardly shrinks."""
TAGS: Final = [
    {"name": "recordings", "description": "Sending recordings and what becomes of each."},
    {"name": "calls", "description": "Calls with their one ticket."},
    {"name": "queue", "description": "What waits for a person, and who works on it."},
    {"name": "review", "description": "Reviewing tickets."},
    {"name": "automation", "description": "Governing what goes out without a person."},
    {"name": "supervision", "description": "Figures for supervisors."},
    {"name": "alerts", "description": "Emergencies."},
    {"name": "OpenAI-compatible", "description": "Transcription for clients of OpenAI's audio API."},
    {"name": "city", "description": "The city in force and its versions."},
    {"name": "session", "description": "Signing in to the page."},
    {"name": "accounts", "description": "Persons, and who did what."},
    {"name": "operations", "description": "Health and measurements."},
]


def create_app(settings: Settings) -> FastAPI:
    """The app on the database and audio store of ``settings``, whose schema must be up to date."""
    state = _state(settings)
    app = FastAPI(
        title="Hotline Intake",
        version=version("hotline-intake"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.hotline = state
    for module in (
        recordings,
        corrections,
        calls,
        automation,
        supervision,
        queue,
        review,
        alerts,
        transcriptions,
        city,
        sessions,
        single_sign_on,
        accounts,
        operations,
    ):
        app.include_router(module.router)
    install_documentation(app)
    app.router.default = ConsolePage()
    problems.install(app, _REFUSALS)
    # Audio stays as it is: its ranges count its own bytes. So do events, which must not wait for each other.
    app.add_middleware(
        GZipMiddleware,
        minimum_size=1000,
        compresslevel=COMPRESSION,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream"),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "Range",
                "If-Match",
                "If-Range",
                REQUEST_HEADER,
            ],
            expose_headers=["Location", "Content-Range", "Accept-Ranges", "ETag", "X-Request-Id"],
        )
    # Before the wrapping: the instrumentation expects the framework's own outermost middleware.
    app.state.stop_tracing = configure_tracing(app, settings)
    _wrap(app, state.metrics)
    _complete_openapi(app)
    return app


def _wrap(app: FastAPI, metrics: Metrics) -> None:
    """Put the request context around everything: middleware of the usual kind misses the answers to faults."""
    build = app.build_middleware_stack

    def build_wrapped() -> RequestContext:
        return RequestContext(build(), metrics)

    app.build_middleware_stack = build_wrapped  # type: ignore[method-assign]


def _invalid_fields(error: Exception) -> Unprocessable:
    assert isinstance(error, InvalidFieldsError)  # noqa: S101 -- by registration
    errors = [pointer_error(f"/fields{mistake.pointer}", mistake.detail) for mistake in error.mistakes]
    return Unprocessable(str(error), errors=errors)


def _unacceptable_password(error: Exception) -> Unprocessable:
    assert isinstance(error, UnacceptablePasswordError)  # noqa: S101 -- by registration
    return Unprocessable(str(error), errors=[pointer_error(error.pointer, str(error))])


def _locked(error: Exception) -> Locked:
    assert isinstance(error, LockedError)  # noqa: S101 -- by registration
    seconds = max(1, math.ceil((error.until - utc_now()).total_seconds()))
    return Locked(str(error), headers={"Retry-After": str(seconds)})


_REFUSALS: Final[problems.Refusals] = {
    NotFoundError: lambda error: NotFound(str(error)),
    AudioMissingError: lambda _: NotFound("The audio is no longer in the store."),
    UnderWayError: lambda error: Conflict(str(error)),
    NotReadyError: lambda error: Conflict(str(error)),
    IdempotencyConflictError: lambda error: IdempotencyKeyReused(str(error)),
    ClaimedError: lambda error: Claimed(str(error)),
    ClaimLostError: lambda error: ClaimLost(str(error)),
    NotWaitingError: lambda error: Conflict(str(error)),
    CollectedError: lambda error: Collected(str(error)),
    ImpossibleError: lambda error: Conflict(str(error)),
    MaskedError: lambda error: IdentityMasked(str(error)),
    InvalidFieldsError: _invalid_fields,
    SignInRefusedError: lambda error: Unauthenticated(str(error)),
    LockedError: _locked,
    PasswordSignInOffError: lambda error: PasswordSignInOff(str(error)),
    WrongPasswordError: lambda error: WrongPassword(str(error)),
    UnacceptablePasswordError: _unacceptable_password,
    LoginTakenError: lambda error: Conflict(str(error)),
    LastAdminError: lambda error: Conflict(str(error)),
    OperationalError: lambda _: ServiceUnavailable("The database does not answer.", headers={"Retry-After": "5"}),
    # All connections of the pool are in use.
    PoolTimeoutError: lambda _: ServiceUnavailable("The database is too busy.", headers={"Retry-After": "5"}),
    InterfaceError: lambda _: ServiceUnavailable("The database does not answer.", headers={"Retry-After": "5"}),
}


def _state(settings: Settings) -> ApiState:
    database = Database(settings.database, checkpoint_pages=CHECKPOINT_PAGES)
    own_key = settings.api_key.get_secret_value() if settings.api_key else None
    state_box: list[ApiState] = []

    def statistics() -> Statistics:
        with database.reading() as uow:
            return uow.statistics.all(state_box[0].settings.worker_dead_after)

    state = ApiState(
        settings=settings,
        database=database,
        audio=open_audio_store(settings),
        queue=WorkQueue(settings.database, settings.settle_time),
        gatekeeper=Gatekeeper(database, Sessions(server_secret(settings.data_dir), settings.session_lifetime), own_key),
        views=ViewLog(database),
        metrics=Metrics(statistics),
        cities=CityInForce(settings),
        queue_watch=QueueWatch(database),
        identity_provider=IdentityProvider(options) if (options := settings.identity_provider()) else None,
    )
    state_box.append(state)
    return state


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: ApiState = app.state.hotline
    await run_in_threadpool(remove_stale, state.incoming)
    yield
    app.state.stop_tracing()
    state.gatekeeper.close()
    state.views.close()
    state.queue.close()
    state.database.close()


def _complete_openapi(app: FastAPI) -> None:
    """Add what FastAPI cannot know: the schema of problems, and no validation error of its own form."""
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = problems.PROBLEM_SCHEMA
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for operations_of_path in document["paths"].values():
            for operation in operations_of_path.values():
                content = operation["responses"].get("422", {}).get("content", {})
                if problems.MEDIA_TYPE not in content:
                    operation["responses"].pop("422", None)
                content.pop("application/json", None)
                operation["responses"]["500"] = problems.responses(problems.InternalError)[500]
        app.openapi_schema = document
        return document

    app.openapi = complete  # type: ignore[method-assign]
