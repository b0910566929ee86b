"""What operators of the system see: Prometheus metrics and OpenTelemetry traces. Neither holds a citizen's data."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.settings import Settings
from api.storage.repositories.statistics import Statistics

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span

LATENCY_BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


class Metrics:
    """The metrics of one API process; what the database knows is read when they are scraped."""

    def __init__(self, statistics: Callable[[], Statistics]) -> None:
        self.registry = CollectorRegistry()
        PlatformCollector(registry=self.registry)
        ProcessCollector(registry=self.registry)
        self._latency = Histogram(
            "hotline_http_request_seconds",
            "Time until an answer begins, by route template.",
            ("method", "route", "status"),
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.received_bytes = Counter(
            "hotline_received_bytes", "Bytes of recordings that came in.", registry=self.registry
        )
        self.registry.register(_DatabaseCollector(statistics))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request."""
        self._latency.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)


class _DatabaseCollector(Collector):
    def __init__(self, statistics: Callable[[], Statistics]) -> None:
        self._statistics = statistics

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("hotline_database_up", "Whether the database answered this scrape.")
        try:
            statistics = self._statistics()
        except Exception as error:
            log.warning("no statistics for metrics", error=type(error).__name__)
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from _families(statistics)


def _families(statistics: Statistics) -> Iterator[Metric]:
    recordings = GaugeMetricFamily("hotline_recordings", "Recordings by state.", labels=("state",))
    for state, count in statistics.recordings.items():
        recordings.add_metric((state,), count)
    yield recordings
    calls = GaugeMetricFamily("hotline_calls", "Calls by state.", labels=("state",))
    for state, count in statistics.calls.items():
        calls.add_metric((state,), count)
    yield calls
    tickets = GaugeMetricFamily("hotline_tickets", "Tickets by mode and disposition.", labels=("mode", "disposition"))
    for (mode, disposition), count in statistics.tickets.items():
        tickets.add_metric((mode, disposition), count)
    yield tickets
    queue = GaugeMetricFamily("hotline_queue_depth", "Recordings that wait for their first step.")
    queue.add_metric((), statistics.queue_depth)
    yield queue
    workers = GaugeMetricFamily("hotline_workers_alive", "Workers with a fresh heartbeat.")
    workers.add_metric((), statistics.live_workers)
    yield workers
    # Gauges, since deleting a call takes its steps away.
    seconds = GaugeMetricFamily(
        "hotline_step_seconds", "Seconds that the finished steps on record took in all.", labels=("step",)
    )
    finished = GaugeMetricFamily("hotline_steps_finished", "Finished steps on record.", labels=("step",))
    for name, step in statistics.steps.items():
        seconds.add_metric((name,), step.seconds)
        finished.add_metric((name,), step.finished)
    yield seconds
    yield finished


def configure_tracing(app: FastAPI, settings: Settings) -> Callable[[], None]:
    """Send traces to ``HOTLINE_OTLP_ENDPOINT`` where it is set; gives back what ends it.

    Query strings are cut from spans: a search holds what a citizen said.
    """
    if settings.otlp_endpoint is None:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- optional
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    endpoint = str(settings.otlp_endpoint).rstrip("/")
    exporter = OTLPSpanExporter(endpoint if endpoint.endswith("/v1/traces") else f"{endpoint}/v1/traces")
    return instrument(app, BatchSpanProcessor(exporter))


def instrument(app: FastAPI, processor: "SpanProcessor") -> Callable[[], None]:
    """Trace requests of ``app`` into ``processor``."""
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "hotline-api"}))
    provider.add_span_processor(processor)
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls="healthz,readyz,metrics",
        server_request_hook=_without_query,
        exclude_spans=["receive", "send"],
    )

    def stop() -> None:
        FastAPIInstrumentor.uninstrument_app(app)
        provider.shutdown()

    return stop


def _without_query(span: "Span", scope: dict[str, object]) -> None:
    path = str(scope.get("path", ""))
    if span.is_recording():
        for name in ("http.url", "http.target", "url.full", "url.path"):
            span.set_attribute(name, path)
        span.set_attribute("url.query", "")
