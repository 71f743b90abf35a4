"""`intake people`: accounts of the review desk, and their roles."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import print_table
from cli.workspace import CliContext
from models.accounts import Account, checked_name
from models.errors import ExitCode
from models.overview import time_shown
from models.review import Role
from pipeline.ledger.database import utc_now
from pipeline.workers.process_identity import operator
from service.settings import SettingsError

people = typer.Typer(no_args_is_help=True, help="People who sign in at the review desk.")
_Name = Annotated[str, typer.Argument(help="Name of the account, such as the number of the employee.")]
_File = Annotated[
    Path | None, typer.Option(help="Holds the password in its first line; asked for twice without a file.")
]


@people.command()
def add(
    context: typer.Context,
    name: _Name,
    *,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    password_file: _File = None,
) -> int:
    """Add an account."""
    cli: CliContext = context.obj
    checked_name(name)  # before the password is typed in vain
    password = _password(password_file)
    with cli.ledger() as ledger:
        ledger.accounts.make(name, role, password, by=operator())
    print(f"{name} signs in as {role.value} from now on.")
    return ExitCode.ACCEPTED


@people.command("list")
def list_people(context: typer.Context) -> int:
    """List all accounts, and whether they can sign in."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        accounts = ledger.accounts.list()
    rows = ((one.name, one.role.value, _state(one), time_shown(one.made_at)) for one in accounts)
    print_table(("name", "role", "state", "made (Beijing time)"), rows)
    return ExitCode.ACCEPTED


@people.command()
def password(context: typer.Context, name: _Name, *, password_file: _File = None) -> int:
    """Change the password of an account; ends its sessions, and a lock."""
    cli: CliContext = context.obj
    chosen = _password(password_file)
    with cli.ledger() as ledger:
        ledger.accounts.change_password(name, chosen, by=operator())
    print(f"{name} has another password, and must sign in again.")
    return ExitCode.ACCEPTED


@people.command("role")
def change_role(context: typer.Context, name: _Name, role: Annotated[Role, typer.Argument(help="The new one.")]) -> int:
    """Change the role of an account; ends its sessions."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        ledger.accounts.change_role(name, role, by=operator())
    print(f"{name} is {role.value} from now on, and must sign in again.")
    return ExitCode.ACCEPTED


@people.command()
def disable(context: typer.Context, name: _Name) -> int:
    """Disable an account; ends its sessions. Its decisions stay."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        ledger.accounts.disable(name, by=operator())
    print(f"{name} cannot sign in any more.")
    return ExitCode.ACCEPTED


@people.command()
def enable(context: typer.Context, name: _Name) -> int:
    """Enable an account again; ends a lock too."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        ledger.accounts.enable(name, by=operator())
    print(f"{name} can sign in.")
    return ExitCode.ACCEPTED


def _password(file: Path | None) -> str:
    """Never an argument, which every user of the machine can see."""
    if file is None:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        return next(iter(file.read_text("utf-8-sig").splitlines()), "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The password file {file} cannot be read: {type(error).__name__}.") from error


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    if account.locked_until is not None and account.locked_until > utc_now():
        return f"locked until {time_shown(account.locked_until)}"
    return "open"
