"""``hotline settings``: every setting, its environment variable and its value."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from api.settings import Settings, get_settings


def settings(
    markdown: Annotated[bool, typer.Option(help="Print names, defaults and meanings for the docs.")] = False,
) -> None:
    """Show every setting; secrets are masked."""
    if markdown:
        typer.echo("\n".join(_markdown()))
        return
    table = Table("variable", "value", "meaning")
    values = get_settings()
    for name, field in Settings.model_fields.items():
        table.add_row(_variable(name), _shown(getattr(values, name)), field.description)
    Console().print(table)


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "••••"
    # A URL can hold a password, or a token in its query.
    return re.sub(r"://([^/@:]*):[^/@]*@|\?.*$", _masked, str(value)) if value is not None else ""


def _masked(found: re.Match[str]) -> str:
    return f"://{found[1]}:••••@" if found[1] is not None else "?••••"


def _markdown() -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `{_variable(name)}` | {default} | {(field.description or '').replace('|', chr(92) + '|')} |"


def _variable(name: str) -> str:
    return f"{Settings.model_config['env_prefix']}{name}".upper()
