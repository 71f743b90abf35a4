"""`intake reprocess`: stored cases again with today's code or rules; earlier runs stay."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.workspace import Place
from flows.resources import Resources
from models.changes import Change, changes
from models.errors import ExitCode, PipelineError
from models.findings import Code
from models.masking import mask
from pipeline.intake import reprocess as reprocess_case
from pipeline.ledger.values import Selection
from pipeline.replay import Outcome, replay

_BEIJING = ZoneInfo("Asia/Shanghai")
_stderr = Console(stderr=True, highlight=False)


def reprocess(
    context: typer.Context,
    *,
    since: Annotated[datetime | None, typer.Option(help="Cases opened then or later, Beijing time.")] = None,
    code: Annotated[Code | None, typer.Option(help="Cases whose latest result has this code.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every case.")] = False,
    from_readings: Annotated[bool, typer.Option(help="Judge what was read before, without OCR.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes that judge. [default: settings]")] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Let results be told that differ from what was told.")] = False,
) -> int:
    """Run stored cases again and print a line for every changed field or finding, values masked."""
    if not (every or since or code):
        raise typer.BadParameter("Say which cases: --all, --since or --code.")
    selection = Selection(since=since.replace(tzinfo=_BEIJING) if since else None, code=code)
    place: Place = context.obj
    worst = ExitCode.ACCEPTED
    with place.resources() as resources:
        cases = tuple(resources.desk().ledger.cases(selection))
        for outcome in _with_progress(cases, resources, from_readings=from_readings, jobs=jobs):
            if outcome.error:
                _stderr.print(f"{outcome.submission_id}: {outcome.error}", markup=False)
                worst = max(worst, outcome.error.exit_code)
            elif tell:
                resources.desk().ledger.tell(outcome.submission_id)
            for change in outcome.changes or ():
                print(_line(outcome.submission_id, change), flush=True)
    _stderr.print(f"{len(cases)} cases were run again.")
    return worst


def _with_progress(
    cases: tuple[str, ...], resources: Resources, *, from_readings: bool, jobs: int | None
) -> Iterator[Outcome]:
    processes = jobs or resources.settings.readers.processes
    again = replay(cases, resources.judging(), processes) if from_readings else map(Outcome, cases)
    columns = (TextColumn("reprocess"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_stderr, disable=not _stderr.is_terminal) as bar:
        for outcome in bar.track(again, total=len(cases)):
            done = outcome.error or outcome.changes is not None
            yield outcome if done else _read_again(outcome.submission_id, resources, from_readings=from_readings)


def _read_again(submission_id: str, resources: Resources, *, from_readings: bool) -> Outcome:
    """The way over bytes and readings, for a case whose content cannot be judged as it is."""
    try:
        before, after = reprocess_case(submission_id, resources.desk(), from_readings=from_readings)
    except PipelineError as error:
        return Outcome(submission_id, error=error)
    return Outcome(submission_id, changes(before, after))


def _line(submission_id: str, change: Change) -> str:
    subject = "/".join(str(part) for part in (change.what, change.document, change.person, change.field) if part)
    before, after = (_shown(change, value) for value in (change.before, change.after))
    return f"{submission_id}\t{subject}\t{before}\t{after}"


def _shown(change: Change, value: str | None) -> str:
    if value is None:
        return "-"
    return mask(change.field, value) if change.field else value
