"""``hotline worker``: another worker on the same database."""

from typing import Annotated

import typer

from api.settings import get_settings


def worker(
    name: Annotated[
        str | None, typer.Option(help="Fixed name of this worker; the first free one of this host when left out.")
    ] = None,
) -> None:
    """Process recordings and calls of the database until stopped."""
    from api.worker import run

    settings = get_settings()
    run(settings.model_copy(update={"worker_id": name}) if name else settings)
