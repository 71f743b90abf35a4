"""`intake process`: submission folders in, results out, without any server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.console import stderr
from cli.show import print_report
from cli.workspace import CliContext
from models.errors import (
    BadManifestError,
    ExitCode,
    ManifestMissingError,
    ObjectMissingError,
    PipelineError,
    StoreError,
)
from models.result import EXIT_OF_DECISION, Result
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process as process_folder
from pipeline.stores.base import ObjectInfo
from pipeline.stores.folder import FolderStore

_WORST_FIRST = (ExitCode.BAD_MANIFEST, ExitCode.RETURNED, ExitCode.REVIEW, ExitCode.ACCEPTED)


class _Refused(NamedTuple):
    """A folder that holds no valid submission, and all reasons."""

    reasons: tuple[str, ...]


class _UnreadableError(PipelineError):
    """A submission's folder cannot be read, unlike the store of the workspace, whose failure ends the command."""

    exit_code = ExitCode.BAD_MANIFEST


class _Folder(FolderStore):
    """A submission's folder."""

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read a file; raises _UnreadableError where a link leads out of the folder, or the system refuses."""
        with _unreadable():
            return super().get(key, limit=limit)

    def stat(self, key: str, /) -> ObjectInfo:
        """Describe a file; raises as `get` does."""
        with _unreadable():
            return super().stat(key)


@contextmanager
def _unreadable() -> Iterator[None]:
    try:
        yield
    except ObjectMissingError:
        raise
    except StoreError as error:
        raise _UnreadableError(str(error)) from error


def process(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Submission folders.", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One result a line, in input order.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes that read pages. [default: settings]")] = None,
) -> int:
    """Run the whole pipeline on submission folders and record the cases."""
    cli: CliContext = context.obj
    with cli.resources(jobs) as resources:
        endings = _with_progress(paths, resources.context())
        codes = [_print_ending(path, ending, as_json=as_json) for path, ending in endings]
    return min(codes, key=_WORST_FIRST.index)


def _with_progress(paths: list[Path], context: PipelineContext) -> Iterator[tuple[Path, Result | _Refused]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=len(paths))
        for number, path in enumerate(paths, start=1):
            bar.update(task, description=f"submission {number} of {len(paths)}", completed=number - 1)
            yield path, _ending(path, context)


def _ending(path: Path, context: PipelineContext) -> Result | _Refused:
    if not path.is_dir():
        return _Refused(("it is not a folder; name a folder that holds submission.json",))
    try:
        return process_folder(_Folder(path), "", context)
    except _UnreadableError as error:
        return _Refused((str(error),))
    except BadManifestError as error:
        return _Refused(tuple(f"{key}: {problem}" for key, problem in error.problems))
    except ManifestMissingError:
        return _Refused(("it holds no submission.json",))


def _print_ending(path: Path, ending: Result | _Refused, *, as_json: bool) -> ExitCode:
    """Print an ending: results on stdout, refusals on stderr."""
    if isinstance(ending, _Refused):
        stderr.print(f"{path} is refused as a whole; nothing was recorded:", markup=False)
        for reason in ending.reasons:
            stderr.print(f"  {reason}", markup=False)
        return ExitCode.BAD_MANIFEST
    if as_json:
        print(ending.to_json(), flush=True)
    else:
        print_report(ending)
    return EXIT_OF_DECISION[ending.decision]
