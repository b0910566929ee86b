"""``hotline database``: the schema."""

import typer
from rich.console import Console

from api.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.callback()
def database() -> None:
    """The database."""


@app.command()
def upgrade() -> None:
    """Bring the schema to the newest form. Server and workers do this by themselves when they start."""
    from sqlalchemy.engine import make_url

    from api.storage.database import upgrade as upgrade_schema

    url = get_settings().database
    upgrade_schema(url)
    Console(stderr=True).print(f"{make_url(url).render_as_string(hide_password=True)}: up to date", soft_wrap=True)
