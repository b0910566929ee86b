"""OpenAI-compatible transcription (https://platform.openai.com/docs/api-reference/audio/createTranscription)."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi_problem.error import Problem
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.problems import (
    BadRequest,
    ContentTooLarge,
    Forbidden,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
    Unprocessable,
    UnsupportedMediaType,
    pointer_error,
    responses,
)
from api.security.access import IntakeHolder, StateReader
from api.state import State
from api.transcribing import OPENAI_MODEL, parse_demand, transcribe, written
from api.uploads import receive_form


class OpenAIRoute(APIRoute):
    """Problems of these addresses also have the member ``error`` in the form that clients of OpenAI read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with its problems extended."""
        handler = super().get_route_handler()

        async def extended(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                problem.extras["error"] = _openai_error(problem)
                raise
            except RequestValidationError as error:
                raise BadRequest("A value of the request cannot be accepted.") from error

        return extended


_CODES: Final = {401: "invalid_api_key", 404: "model_not_found", 413: "file_too_large"}


def _openai_error(problem: Problem) -> dict[str, str | None]:
    errors = problem.extras.get("errors") or [{}]
    return {
        "message": problem.detail or problem.title,
        "type": "invalid_request_error" if problem.status < 500 else "server_error",
        "param": errors[0].get("pointer", "").lstrip("/") or None,
        "code": problem.extras.get("code") or _CODES.get(problem.status),
    }


router = APIRouter(
    prefix="/v1",
    tags=["OpenAI-compatible"],
    route_class=OpenAIRoute,
    responses=responses(Unauthenticated, Forbidden),
)


class Transcribed(BaseModel):
    """The answer in the format json."""

    text: str


class TranscribedSegment(BaseModel):
    """A turn; times in seconds."""

    id: int
    seek: int
    start: float
    end: float
    text: str
    tokens: list[int]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float
    speaker: str
    role: str


class TranscribedWord(BaseModel):
    """A word; times in seconds."""

    word: str
    start: float
    end: float


class TranscribedVerbosely(BaseModel):
    """The answer in the format verbose_json."""

    task: str
    language: str
    duration: float
    text: str
    segments: list[TranscribedSegment] | None = None
    words: list[TranscribedWord] | None = None


class Model(BaseModel):
    """A model that can be named."""

    id: str
    object: str = "model"
    created: int = Field(0, description="Not known.")
    owned_by: str = "hotline"


class Models(BaseModel):
    """All models that can be named."""

    object: str = "list"
    data: list[Model]


_TEXT: Final = {"schema": {"type": "string"}}
LANGUAGE: Final = (
    "zh, yue, wuu, nan, hak…, or a dialect label such as cantonese. Checked, but without effect: one model hears all."
)
_FORM: Final = {
    "type": "object",
    "required": ["file", "model"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "Audio in any form that recorders write."},
        "model": {"type": "string", "description": f"A name of GET /v1/models; {OPENAI_MODEL} is the one in use."},
        "language": {"type": "string", "description": LANGUAGE},
        "prompt": {"type": "string", "description": "Names and words to expect."},
        "response_format": {"type": "string", "enum": ["json", "text", "srt", "verbose_json", "vtt"]},
        "timestamp_granularities[]": {"type": "array", "items": {"type": "string", "enum": ["word", "segment"]}},
        "temperature": {"type": "number", "description": "Accepted and ignored."},
    },
}
_JSON_SCHEMA: Final = {
    "anyOf": [Transcribed.model_json_schema(), {"$ref": "#/components/schemas/TranscribedVerbosely"}]
}


@router.post(
    "/audio/transcriptions",
    operation_id="createTranscription",
    summary="Transcribe audio that belongs to no call",
    response_model=TranscribedVerbosely,
    responses={
        200: {
            "description": "The transcript in the format asked for.",
            "content": {"application/json": {"schema": _JSON_SCHEMA}, "text/plain": _TEXT, "text/vtt": _TEXT},
        },
        **responses(BadRequest, NotFound, ContentTooLarge, UnsupportedMediaType, Unprocessable, ServiceUnavailable),
    },
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
async def create_transcription(request: Request, state: State, _holder: IntakeHolder) -> Response:
    """Waits for the result. Nothing of it is kept: the audio is deleted once it was transcribed.

    Speakers and roles stand beside each segment of `verbose_json`. Problems also carry `error` as OpenAI's do.
    """
    form = await receive_form(request, state.incoming, state.settings.max_upload_bytes)
    if form.file is None:
        raise BadRequest("The field `file` is missing.", errors=[pointer_error("/file", "missing")])
    try:
        demand = parse_demand(form.fields, state.settings.speech_model)
        transcript = await transcribe(request, state, form.file, demand)
    finally:
        form.file.discard()
    answer = written(transcript, demand)
    if isinstance(answer, dict):
        return JSONResponse(answer)
    return PlainTextResponse(answer, media_type="text/vtt" if demand.response_format == "vtt" else "text/plain")


@router.get("/models", operation_id="listModels", summary="Models that can be named")
def list_models(state: State, _holder: StateReader) -> Models:
    """The model in use, under its own name and under OpenAI's."""
    return Models(data=[Model(id=state.settings.speech_model), Model(id=OPENAI_MODEL, owned_by="openai")])
