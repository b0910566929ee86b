"""The command ``hotline``. Each command's module imports its heavy parts only when called."""

import typer

from api.cli import (
    accounts,
    audit,
    city,
    database,
    explain,
    export,
    keys,
    models,
    process,
    serve,
    settings,
    show,
    structure,
    train,
    transcribe,
    worker,
)

app = typer.Typer(
    name="hotline",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="From a call recording to a dispatched ticket.",
)
app.add_typer(models.app, name="models")
app.add_typer(database.app, name="database")
app.add_typer(city.app, name="city")
app.add_typer(accounts.app, name="accounts")
app.add_typer(export.app, name="export")
app.add_typer(keys.app, name="keys")
app.command()(audit.audit)
app.command()(explain.explain)
app.command()(process.process)
app.command()(serve.serve)
app.command()(worker.worker)
app.command()(show.show)
app.command()(settings.settings)
app.command()(structure.structure)
app.command()(train.train)
app.command()(transcribe.transcribe)


def main() -> None:
    """Entry point of the command."""
    app()
