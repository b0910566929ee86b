"""``hotline keys``: make, list and revoke API keys."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.settings import get_settings

if TYPE_CHECKING:
    from api.storage.unit_of_work import Database

app = typer.Typer(no_args_is_help=True, help="API keys with scopes.")
NEVER_CUT = 250


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what holds the key, e.g. recorder-1.")],
    scope: Annotated[
        list[str], typer.Option(help="intake (send, own states), review (read all, do again), admin (delete).")
    ],
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; never when left out.")] = None,
) -> None:
    """Make a key and print it: this once, it is not kept."""
    from api.security.keys import new_key, parse_scopes
    from api.storage.models import ApiKey

    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise typer.BadParameter("a name has 1 to 100 printable characters", param_hint="NAME")
    try:
        scopes = parse_scopes(scope)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--scope") from error
    key = new_key()
    with open_database() as database, database.transaction() as uow:
        stored = uow.access.add_key(
            ApiKey(
                name=name.strip(),
                prefix=key.prefix,
                hash=key.hash,
                scopes=sorted(scopes),
                expires_at=datetime.now(UTC) + timedelta(days=days) if days else None,
            )
        )
        uow.access.audit("command", "hotline keys", "create_key", stored.id, {"scopes": sorted(scopes)})
    Console(stderr=True).print(f"{stored.id}: keep this key now, it is not shown again.")
    typer.echo(key.secret)


@app.command("list")
def list_keys() -> None:
    """Show all keys by their first characters."""
    table = Table(
        *(Column(name, no_wrap=True) for name in ("id", "name", "key", "scopes", "made", "last used", "state"))
    )
    now = datetime.now(UTC)
    with open_database() as database, database.reading() as uow:
        for key in uow.access.keys():  # noqa: SIM118 -- not a dict
            expired = key.expires_at is not None and key.expires_at <= now
            table.add_row(
                key.id,
                key.name,
                f"{key.prefix}…",
                " ".join(key.scopes),
                f"{key.created_at:%Y-%m-%d}",
                f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
                "revoked" if key.revoked_at else "expired" if expired else "valid",
            )
    # A script or a pager reads the rest: an id is never cut.
    Console(width=None if sys.stdout.isatty() else NEVER_CUT).print(table)


@app.command()
def revoke(identifier: Annotated[str, typer.Argument(help="The key's id, as `hotline keys list` shows it.")]) -> None:
    """Make a key, and all sessions that stand for it, invalid at once."""
    with open_database() as database, database.transaction() as uow:
        key = uow.access.key(identifier)
        if key is None:
            raise typer.BadParameter(f"there is no key {identifier}; see `hotline keys list`", param_hint="IDENTIFIER")
        if key.revoked_at is None:
            key.revoked_at = datetime.now(UTC)
            uow.access.audit("command", "hotline keys", "revoke_key", key.id)
    typer.echo(f"{identifier} is revoked")


@contextmanager
def open_database() -> Iterator["Database"]:
    """The database of the settings with the newest schema."""
    from api.storage.database import upgrade
    from api.storage.unit_of_work import Database

    url = get_settings().database
    upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
