"""`intake`: arguments in, text and exit codes out. A command's module is imported when the command is called."""

import sys
from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from cli.console import stderr
from cli.workspace import CliContext
from models.errors import ExitCode, PipelineError


class _Entry(NamedTuple):
    """A command or a group of commands: where it is defined, and the first sentences of its own help."""

    where: str
    help: str


COMMANDS: Final[Mapping[str, _Entry]] = MappingProxyType(
    {
        "process": _Entry("cli.process:process", "Run the whole pipeline on submission folders and record the cases."),
        "show": _Entry("cli.show:show", "Print the latest result of a case."),
        "result": _Entry("cli.result:result", "Print published results, one a line, as JSON."),
        "serve": _Entry(
            "cli.serve:serve", "Take uploads in until interrupted: receiver, review desk, Prefect, worker."
        ),
        "prefect": _Entry("cli.prefect:prefect", "Run the Prefect server alone, for several machines."),
        "reseal": _Entry("cli.reseal:reseal", "Encrypt every object under the newest key. Stop the service first."),
        "provision": _Entry("cli.provision:provision", "Make what the service needs at its object store."),
        "doctor": _Entry("cli.doctor:doctor", "Check everything that the service needs; change no data."),
        "codes": _Entry("cli.codes:codes", "Print every code and reason, what it means, and what to do next."),
        "settings": _Entry(
            "cli.settings:settings", "Print every setting, its variable and its value; secrets stay hidden."
        ),
        "children": _Entry("cli.children:children", "The register of known children, used for 4005."),
        "reprocess": _Entry("cli.reprocess:reprocess", "Run stored cases again; every earlier run stays."),
        "people": _Entry("cli.people:people", "People who sign in at the review desk."),
        "corrections": _Entry("cli.corrections:corrections", "What reviewers saw beside what was read."),
        "audit": _Entry("cli.audit:audit", "The audit chain: what was done, and whether the past was changed."),
        "retention": _Entry("cli.retention:retention", "Erase what is no longer needed."),
    }
)


class _LazyGroup(TyperGroup):
    """Lists commands from the table alone; imports the one that is called."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.commands = {name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command itself, which accepts the options of `intake` as well."""
        name, _, rest = super().resolve_command(ctx, args)
        command = _imported(name or "")
        _accept(command, [param for param in self.params if param.name != "help"])
        return name, command, rest


def _choose_workspace(context: typer.Context, workspace: Path | None) -> None:
    """In front of a command or behind it; the later one wins."""
    if workspace is not None or context.obj is None:
        context.obj = CliContext(workspace)


app = typer.Typer(
    name="intake",
    cls=_LazyGroup,
    help="Document intake for children's hospitals: scans and typed data in, a decision with findings out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _options(
    *,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Holds the embedded store, ledger and results, ./workspace by default; in front of a command or "
            "behind it.",
            callback=_choose_workspace,
            expose_value=False,
        ),
    ] = None,
) -> None:
    """Stand in front of every command."""


def _imported(name: str) -> Any:
    found = resolve_name(COMMANDS[name].where)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(found)
        return typer.main.get_command(alone)
    group = typer.main.get_group(found)
    group.name = name
    return group


def _accept(command: Any, options: list[Any]) -> None:
    """Let a command, and every command of a group, accept options."""
    command.params.extend(options)
    for within in command.commands.values() if isinstance(command, TyperGroup) else ():
        _accept(within, options)


def main() -> None:
    """Run a command; every foreseen error is a sentence on stderr and an exit code of docs/contract.md, section 2."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code. A bug keeps its traceback."""
    try:
        return int(app(arguments, standalone_mode=False) or 0)
    except typer.TyperException as error:
        print(error.format_message(), file=sys.stderr)
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        stderr.print("Interrupted. Finished cases are recorded; run the command again for the rest.")
        return ExitCode.INTERRUPTED
    except PipelineError as error:
        stderr.print(str(error), markup=False)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last resort: a bug is reported as one, with its traceback
        stderr.print_exception(show_locals=False)
        return ExitCode.BUG


if __name__ == "__main__":
    main()
