"""``hotline audit``: who saw, re-ran or deleted something."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.settings import get_settings

NEVER_CUT = 250


def audit(subject: Annotated[str, typer.Argument(help="Id of a call, recording or key.")]) -> None:
    """Show the audit log of one call, recording or key, oldest first."""
    from api.storage.database import upgrade
    from api.storage.unit_of_work import Database

    url = get_settings().database
    upgrade(url)
    database = Database(url)
    table = Table(*(Column(name, no_wrap=True) for name in ("when (UTC)", "who", "what", "detail")))
    try:
        with database.reading() as uow:
            for entry in uow.access.audit_of(subject):
                detail = " ".join(f"{name}={value}" for name, value in (entry.detail or {}).items())
                table.add_row(
                    f"{entry.at:%Y-%m-%d %H:%M:%S}", f"{entry.actor_kind} {entry.actor}", entry.action, detail
                )
    finally:
        database.close()
    Console(width=None if sys.stdout.isatty() else NEVER_CUT).print(table)
