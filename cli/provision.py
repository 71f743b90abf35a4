"""`intake provision`: what the service needs at its object store."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr
from rich.text import Text

from cli.console import print_table
from cli.workspace import CliContext
from models.errors import ExitCode
from pipeline.stores.provision import provision as provision_bucket
from pipeline.stores.provision import provision_folder
from pipeline.stores.provisioning import Events, Plan, Step, StepState, server_lines
from service.settings import Settings

_COLOURS = {StepState.DONE: "green", StepState.UNCHANGED: "dim", StepState.WOULD_DO: "yellow"}


def provision(
    context: typer.Context,
    *,
    events: Annotated[Events, typer.Option(help="How the server notifies the service of uploads.")] = Events.NONE,
    receiver: Annotated[str, typer.Option(help="URL of the service's receiver, as the server reaches it.")] = "",
    queue: Annotated[str, typer.Option(help="ARN of an SQS queue, or of a notification target.")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="Holds the receiver's token. [default: as the receiver's settings say]")
    ] = None,
    old_versions: Annotated[int, typer.Option(min=1, help="Days after which old versions expire.")] = 30,
    broken_uploads: Annotated[int, typer.Option(min=1, help="Days for an upload to be completed.")] = 7,
    expire_inbox: Annotated[int | None, typer.Option(min=1, help="Days after which inbox/ expires.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, and do nothing.")] = False,
) -> int:
    """Make what the service needs at its object store.

    A second time it changes nothing.
    """
    cli: CliContext = context.obj
    settings = cli.settings()
    scheme, _, where = settings.store_at.partition(":")
    if scheme == "file":
        _print_steps((provision_folder(Path(where.removeprefix("//")), dry_run=dry_run),))
        print("A folder needs nothing else: the service looks into it by itself.")
        return ExitCode.ACCEPTED
    plan = Plan(
        bucket=where.strip("/"),
        events=events,
        receiver=_checked_url(receiver, events),
        token=_token(settings, token_file) if events is Events.RGW else SecretStr(""),
        queue=_checked_queue(queue, events),
        old_version_days=old_versions,
        broken_upload_days=broken_uploads,
        inbox_days=expire_inbox,
    )
    _print_lines(server_lines(plan))
    _print_steps(provision_bucket(plan, settings.store, dry_run=dry_run))
    if events is Events.NONE:
        print("No events were asked for: the service finds uploads by looking into the bucket.")
    return ExitCode.ACCEPTED


def _checked_url(url: str, events: Events) -> str:
    """The receiver's URL, without a secret, since it is written to logs."""
    if events in {Events.NONE, Events.AWS}:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password or parts.query:
        raise typer.BadParameter("--receiver must be a URL such as http://intake.hospital.example:8099/s3-events.")
    return url


def _checked_queue(arn: str, events: Events) -> str:
    if (events is Events.AWS or arn) and not arn.startswith("arn:"):
        raise typer.BadParameter("--queue must be an ARN; --events aws needs that of an SQS queue.")
    return arn


def _token(settings: Settings, file: Path | None) -> SecretStr:
    """The first token of the file, else of the receiver's settings."""
    try:
        text = file.read_text("ascii") if file else settings.receiver.tokens.get_secret_value()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"The token's file {file} cannot be read: {type(error).__name__}.") from error
    words = text.split()
    if not words:
        raise typer.BadParameter(
            "The receiver has no token: name a file that holds it by --token-file, or set INTAKE_RECEIVER__TOKENS_FILE."
        )
    return SecretStr(words[0])


def _print_steps(steps: tuple[Step, ...]) -> None:
    print_table(("what", "state"), ((step.what, Text(step.state, style=_COLOURS[step.state])) for step in steps))


def _print_lines(lines: tuple[str, ...]) -> None:
    if lines:
        print("The object store's own environment must say, and it must be started again afterwards:")
    for line in lines:
        print(f"  {line}")
