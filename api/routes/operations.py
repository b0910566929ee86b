"""For those who run the system: is it alive, is it ready, what does it measure. No key, and no citizen's data."""

from typing import Literal

import structlog
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from api.problems import ServiceUnavailable, responses
from api.state import ApiState, State

router = APIRouter(tags=["operations"])
log = structlog.get_logger(__name__)

PROBE_KEY = "probe/readiness"


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Each part that is needed answers."""

    status: Literal["ready"] = "ready"
    database: Literal["ok"] = "ok"
    audio_store: Literal["ok"] = "ok"
    workers: int = Field(description="Workers with a fresh heartbeat.", ge=1)


@router.get("/healthz", operation_id="getHealth", summary="Whether the process answers")
async def health() -> Health:
    """Restart the process where this does not answer."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Whether database, audio store and a worker answer",
    responses=responses(ServiceUnavailable),
)
def readiness(state: State) -> Readiness:
    """503 says what is missing. Recordings are accepted without a worker too, and wait."""
    missing = {}
    workers = 0
    try:
        workers = _live_workers(state)
        if not workers:
            missing["worker"] = "no worker lives; start one with `hotline worker`"
    except Exception as error:
        log.warning("database not ready", error=type(error).__name__)
        missing["database"] = "the database does not answer; see HOTLINE_DATABASE_URL"
    try:
        next(state.audio.keys(PROBE_KEY), None)
    except Exception as error:
        log.warning("audio store not ready", error=type(error).__name__)
        missing["audio_store"] = "the audio store does not answer; see HOTLINE_AUDIO_STORE_URL"
    if missing:
        raise ServiceUnavailable("; ".join(missing.values()) + ".", headers={"Retry-After": "5"}, missing=missing)
    return Readiness(workers=workers)


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Measurements for Prometheus",
    response_class=PlainTextResponse,
)
def metrics(state: State) -> Response:
    """Latencies by route, recordings and calls by state, tickets by mode and disposition, seconds by step."""
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _live_workers(state: ApiState) -> int:
    with state.database.reading() as uow:
        return uow.statistics.live_workers(state.settings.worker_dead_after)
