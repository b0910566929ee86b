"""Structured logs (structlog), one form for the product and the libraries beneath. Never holds a citizen's data."""

import logging
import sys

import structlog
from structlog.typing import Processor

from api.settings import Settings

QUIET = (
    "authlib",
    "dbos",
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "alembic",
    "faster_whisper",
    "multipart",
    "python_multipart",
)
"""Libraries whose information is noise here, or holds what proves a sign-in; their warnings are kept."""


def configure_logging(settings: Settings) -> None:
    """Send all log lines of this process to standard error in the form and from the level of the settings.

    Context (``request_id``, ``call_id``, ``recording_id``…) is bound with ``structlog.contextvars``.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.log_format == "json"
        # Local variables in a traceback would show citizens' words.
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
