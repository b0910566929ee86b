"""``hotline accounts``: make, list, disable and reset accounts of persons."""

import sys
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.table import Column, Table

from api.cli.keys import NEVER_CUT, open_database

app = typer.Typer(no_args_is_help=True, help="Accounts of persons.")
ACTOR = ("command", "hotline accounts")

Login = Annotated[str, typer.Argument(help="Name to sign in with.")]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="intake, operator, supervisor or admin.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the first password from standard input.")] = False,
) -> None:
    """Make an account and print its first password: this once, it must be changed at the first sign-in."""
    from pydantic import ValidationError

    from api.accounts.administration import Actor, add_account
    from api.accounts.errors import LoginTakenError, UnacceptablePasswordError
    from api.accounts.roles import Role
    from api.schemas.accounts import NewAccount

    try:
        wanted = NewAccount(login=login, name=name, role=cast(Role, role))
    except ValidationError as error:
        raise typer.BadParameter("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        with open_database() as database, database.transaction() as uow:
            issued = add_account(
                uow, Actor(*ACTOR), login=wanted.login, name=wanted.name, role=wanted.role, password=given
            )
    except (LoginTakenError, UnacceptablePasswordError) as error:
        raise typer.BadParameter(str(error)) from error
    _show(issued.account.login, issued.password, given)


@app.command("list")
def list_accounts() -> None:
    """Show all accounts."""
    columns = ("login", "name", "role", "made", "last sign-in", "state")
    table = Table(*(Column(name, no_wrap=True) for name in columns))
    with open_database() as database, database.reading() as uow:
        for account in uow.accounts.all():
            table.add_row(
                account.login,
                account.name,
                account.role,
                f"{account.created_at:%Y-%m-%d}",
                f"{account.last_sign_in_at:%Y-%m-%d %H:%M}" if account.last_sign_in_at else "never",
                "disabled" if account.disabled_at else "enabled",
            )
    Console(width=None if sys.stdout.isatty() else NEVER_CUT).print(table)


@app.command()
def disable(login: Login) -> None:
    """Let nobody sign in with an account any more; its sessions end at once."""
    from api.accounts.administration import Actor, change_account
    from api.accounts.errors import LastAdminError

    try:
        with open_database() as database, database.transaction() as uow:
            change_account(uow, Actor(*ACTOR), _id(uow.accounts.by_login(login), login), disabled=True)
    except LastAdminError as error:
        raise typer.BadParameter(str(error), param_hint="LOGIN") from error
    typer.echo(f"{login} is disabled")


@app.command()
def reset(login: Login) -> None:
    """Give an account a new password, lift a lock, end its sessions."""
    from api.accounts.administration import Actor, reset_password

    with open_database() as database, database.transaction() as uow:
        issued = reset_password(uow, Actor(*ACTOR), _id(uow.accounts.by_login(login), login))
    _show(login, issued.password, None)


def _id(account: object, login: str) -> str:
    identifier = getattr(account, "id", None)
    if not isinstance(identifier, str):
        raise typer.BadParameter(f"there is no account {login}; see `hotline accounts list`", param_hint="LOGIN")
    return identifier


def _show(login: str, password: str, given: str | None) -> None:
    Console(stderr=True).print(f"{login}: must be changed at the first sign-in, it is not shown again.")
    if given is None:
        typer.echo(password)
