"""``hotline settings``: every setting, its environment variable and its value."""

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
        value = getattr(values, name)
        shown = "••••" if isinstance(value, SecretStr) else "" if value is None else str(value)
        table.add_row(_variable(name), shown, field.description)
    Console().print(table)


def _markdown() -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `{_variable(name)}` | {default} | {(field.description or '').replace('|', chr(92) + '|')} |"


def _variable(name: str) -> str:
    return f"{Settings.model_config['env_prefix']}{name}".upper()
