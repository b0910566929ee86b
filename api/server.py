"""The server process: the API in this process, the models in workers beside it."""

import asyncio
import gc
import signal
from collections.abc import Callable

import uvicorn

from api.logging import configure_logging
from api.settings import Settings
from api.storage.database import upgrade
from api.supervisor import WorkerSupervisor


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` gets the address once requests are answered."""
    from api.app import create_app  # noqa: PLC0415 — needs logging to be configured

    configure_logging(settings)
    upgrade(settings.database)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    )
    keep_pauses_short()
    supervisor = WorkerSupervisor(settings)
    # Uvicorn raises the signal that ended it once more; the workers are still to be stopped then.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    supervisor.start()
    try:
        asyncio.run(_serve(server, ready))
    finally:
        supervisor.stop()


def keep_pauses_short() -> None:
    """Spare requests a pause that takes longer than most answers.

    A full garbage collection walks everything that was imported, over 0.1 s in which every request waits; none of it
    is ever garbage, so it is set aside.
    """
    gc.collect()
    gc.freeze()


async def _serve(server: uvicorn.Server, ready: Callable[[str], None]) -> None:
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.05)
    if server.started:
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    await serving
