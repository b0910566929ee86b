"""``hotline serve``: the API and the console, with their workers."""

from typing import Annotated

import typer
from rich.console import Console

from api.settings import get_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HOTLINE_HOST when left out.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; HOTLINE_PORT when left out.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; HOTLINE_WORKERS when left out.")] = None,
    show_key: Annotated[bool, typer.Option(help="Print the console's address with HOTLINE_API_KEY in it.")] = False,
) -> None:
    """Serve the API and the console and process what comes in, until stopped."""
    from api.server import run

    given = {"host": host, "port": port, "workers": workers}
    settings = get_settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    console = Console(stderr=True)

    def ready(address: str) -> None:
        console.print(f"Hotline Intake listens on {address}", soft_wrap=True)
        if show_key and settings.api_key:
            here = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
            console.print(f"Console: {here}/#key={settings.api_key.get_secret_value()}", soft_wrap=True)

    run(settings, ready)
