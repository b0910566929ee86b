"""Errors of the HTTP API as ``application/problem+json`` (RFC 9457), each saying what is wrong and what to do."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem, StatusProblem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MEDIA_TYPE = "application/problem+json"
TYPE_URI = "urn:hotline:problem:{type}"

log = structlog.get_logger(__name__)


class BadRequest(StatusProblem):
    """The request itself is malformed."""

    status = HTTPStatus.BAD_REQUEST
    title = "Malformed request"
    type_ = "malformed-request"


class Unauthenticated(StatusProblem):
    """No key, or one that is not or no longer valid."""

    status = HTTPStatus.UNAUTHORIZED
    title = "Authentication required"
    type_ = "unauthenticated"
    headers_ = {"WWW-Authenticate": 'Bearer realm="hotline"'}  # noqa: RUF012 -- the library's own class attribute


class Forbidden(StatusProblem):
    """The key is valid and its scopes do not allow this."""

    status = HTTPStatus.FORBIDDEN
    title = "Not allowed"
    type_ = "forbidden"


class PasswordChangeRequired(Forbidden):
    """The account has a password that somebody else gave it; it must be changed first."""

    title = "Password must be changed"
    type_ = "password-change-required"


class WrongPassword(Forbidden):
    """The present password is another one."""

    title = "Wrong password"
    type_ = "wrong-password"


class PasswordSignInOff(Forbidden):
    """Persons sign in through the identity provider only."""

    title = "Password sign-in is off"
    type_ = "password-sign-in-off"


class Locked(StatusProblem):
    """Too many failed tries; Retry-After says when the next one counts."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Locked after failed tries"
    type_ = "locked"


class NotFound(StatusProblem):
    """There is no such thing, or not yet, or no longer."""

    status = HTTPStatus.NOT_FOUND
    title = "Not found"
    type_ = "not-found"


class Conflict(StatusProblem):
    """The request does not fit the present state of the thing."""

    status = HTTPStatus.CONFLICT
    title = "Conflict"
    type_ = "conflict"


class Claimed(Conflict):
    """Another operator has the ticket; ``holder`` says who."""

    title = "Claimed by another operator"
    type_ = "claimed"


class ClaimLost(Conflict):
    """The lease on the ticket is over or was never taken."""

    title = "Not claimed"
    type_ = "claim-lost"


class Collected(Conflict):
    """A handler has begun with what should be taken back."""

    title = "Collected by the handler"
    type_ = "collected"


class ChangedMeanwhile(StatusProblem):
    """The thing was changed since it was read; ``current`` is how it stands now."""

    status = HTTPStatus.PRECONDITION_FAILED
    title = "Changed meanwhile"
    type_ = "changed-meanwhile"


class IdentityMasked(Forbidden):
    """Names and numbers are hidden from whoever asks; reveal them first."""

    title = "Identity is masked"
    type_ = "identity-masked"


class ContentTooLarge(StatusProblem):
    """More bytes than ``HOTLINE_MAX_UPLOAD_BYTES`` or another limit allows."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Content too large"
    type_ = "content-too-large"


class UnsupportedMediaType(StatusProblem):
    """The body is in a form that this address does not take."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Unsupported media type"
    type_ = "unsupported-media-type"


class RangeNotSatisfiable(StatusProblem):
    """No byte of the range asked for exists (RFC 9110, 15.5.17)."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    title = "Range not satisfiable"
    type_ = "range-not-satisfiable"


class Unprocessable(StatusProblem):
    """Well-formed, and a value in it cannot be accepted; ``errors`` points at each."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Invalid value"
    type_ = "invalid-value"


class IdempotencyKeyReused(Unprocessable):
    """The same Idempotency-Key came with another request before."""

    title = "Idempotency-Key was used with another request"
    type_ = "idempotency-key-reused"


class FetchFailed(Unprocessable):
    """The recording could not be fetched from its URL."""

    title = "Recording could not be fetched"
    type_ = "fetch-failed"


class FetchRefused(Unprocessable):
    """The URL leads where this server does not go."""

    title = "URL refused"
    type_ = "fetch-refused"


class ServiceUnavailable(StatusProblem):
    """A part that is needed does not answer now; trying again later helps."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Service unavailable"
    type_ = "service-unavailable"


class InternalError(StatusProblem):
    """A fault of ours. Says nothing about the inside."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = "Internal error"
    type_ = "internal-error"


INTERNAL_DETAIL = "Something failed inside the server; it was logged under the request id of this answer."


def pointer_error(pointer: str, detail: str) -> dict[str, str]:
    """One entry of ``errors``: a JSON pointer (RFC 6901) into the body, and what is wrong there."""
    return {"pointer": pointer, "detail": detail}


def validation_errors(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Pydantic's errors as entries of ``errors``. The values themselves, which may be a citizen's, are left out."""
    entries = []
    for error in errors:
        place, *path = [str(part) for part in error["loc"]] or ["body"]
        entry = {"in": place, "detail": str(error["msg"]), "code": str(error["type"])}
        if place == "body":
            entry["pointer"] = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
        elif path:
            entry["parameter"] = ".".join(path)
        entries.append(entry)
    return entries


def _invalid_request(_handler: ExceptionHandler, _request: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- by registration
    errors = validation_errors(error.errors())
    if any(entry["code"] == "json_invalid" for entry in errors):
        return BadRequest("The body is not valid JSON.", errors=errors)
    return Unprocessable("A value of the request cannot be accepted; see errors.", errors=errors)


_OF_STATUS: Mapping[int, type[StatusProblem]] = {
    problem.status: problem
    for problem in (
        BadRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        ContentTooLarge,
        UnsupportedMediaType,
        RangeNotSatisfiable,
        Unprocessable,
        ServiceUnavailable,
        InternalError,
    )
}
_DETAILS = {404: "There is nothing at this address.", 405: "This address does not take this method; see Allow."}


def _http_exception(_handler: ExceptionHandler, _request: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101 -- by registration
    phrase = HTTPStatus(error.status_code).phrase
    detail = _DETAILS.get(error.status_code, phrase) if error.detail == phrase else error.detail
    headers = dict(error.headers or {})
    if known := _OF_STATUS.get(error.status_code):
        return known(detail, headers=headers)
    return Problem(phrase, phrase.lower().replace(" ", "-"), detail, error.status_code, headers)


def _disconnected(_handler: ExceptionHandler, _request: Request, _error: Exception) -> Problem:
    return BadRequest("The connection ended before the whole body had come; send it again.")


def _unexpected(_handler: ExceptionHandler, request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    log.error("unhandled error", method=request.method, exc_info=(type(error), error, error.__traceback__))
    return InternalError(INTERNAL_DETAIL)


Refusals = Mapping[type[Exception], Callable[[Exception], Problem]]
"""Which problem an exception of an inner layer is answered with."""


def install(app: FastAPI, refusals: Refusals) -> None:
    """Answer every error of ``app`` in this form."""

    def refused(_handler: ExceptionHandler, _request: Request, error: Exception) -> Problem:
        return next(answer(error) for kind, answer in refusals.items() if isinstance(error, kind))

    handler = new_exception_handler(
        documentation_uri_template=TYPE_URI,
        http_exception_handler=_http_exception,
        request_validation_handler=_invalid_request,
        handlers={ClientDisconnect: _disconnected, **dict.fromkeys(refusals, refused)},
    )
    # The first that fits is taken: Exception stands last.
    handler.handlers = {**handler.handlers, Exception: _unexpected}
    # The library's own changes to OpenAPI (a generic 4XX and 5XX everywhere) would hide which errors each address has.
    openapi = app.openapi
    add_exception_handler(app, handler, generic_swagger_defaults=False)
    app.add_exception_handler(ClientDisconnect, handler)
    for kind in refusals:
        app.add_exception_handler(kind, handler)
    app.openapi = openapi  # type: ignore[method-assign]


PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "An error (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Stable, machine-readable kind."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened here and what to do."},
        "errors": {
            "type": "array",
            "description": "Each value that cannot be accepted.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "in": {"type": "string", "enum": ["body", "query", "path", "header", "cookie"]},
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def responses(*problems: type[StatusProblem]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of these problems, those of one status together, each with an example."""
    entries: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        example = problem(str(problem.__doc__).splitlines()[0]).marshal(uri=TYPE_URI)
        entry = entries.setdefault(
            int(problem.status),
            {
                "description": problem.title,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        entry["content"][MEDIA_TYPE]["examples"][problem.type_] = {"summary": problem.title, "value": example}
        if "WWW-Authenticate" in (problem.headers_ or {}):
            entry["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return entries
