"""`intake`: arguments in, words and exit codes out."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.audit import audit
from cli.children import children
from cli.codes import codes
from cli.corrections import corrections
from cli.doctor import doctor
from cli.people import people
from cli.process import process
from cli.provision import provision
from cli.reprocess import reprocess
from cli.reseal import reseal
from cli.retention import retention
from cli.serve import serve
from cli.settings import settings
from cli.show import show
from cli.workspace import CliContext
from models.errors import ExitCode, PipelineError

_stderr = Console(stderr=True, highlight=False)

app = typer.Typer(
    name="intake",
    help="Document intake for children's hospitals: scans and typed data in, a decision with findings out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(process)
app.add_typer(children, name="children")
app.command()(show)
app.add_typer(reprocess, name="reprocess")
app.command()(serve)
app.add_typer(people, name="people")
app.add_typer(corrections, name="corrections")
app.add_typer(audit, name="audit")
app.command()(reseal)
app.add_typer(retention, name="retention")
app.command()(provision)
app.command()(doctor)
app.command()(codes)
app.command()(settings)


@app.callback()
def _common(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option(help="Holds the embedded store, ledger and results. [default: ./workspace]")
    ] = None,
) -> None:
    context.obj = CliContext(workspace)


def main() -> None:
    """Run a command; every foreseen error is a sentence on stderr and an exit code of contract section 2."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and hand on its exit code. A bug keeps its traceback."""
    try:
        return int(app(arguments, standalone_mode=False) or 0)
    except typer.TyperException as error:
        print(error.format_message(), file=sys.stderr)
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        _stderr.print("Interrupted. Finished cases are recorded; run the command again for the rest.")
        return ExitCode.INTERRUPTED
    except PipelineError as error:
        _stderr.print(str(error), markup=False)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last resort: a bug is told as one, with its traceback
        _stderr.print_exception(show_locals=False)
        return ExitCode.BUG


if __name__ == "__main__":
    main()
