"""Time of a submission and of a start, growth of memory, share of each stage: `python -m bench.speed`."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from rich.progress import track
from rich.table import Table

from bench import machine
from bench.contender_process import ContenderProcess
from bench.contenders import CONTENDERS, Taken
from bench.endurance import memory_figures, startup_figures
from bench.metrics import Figure, percentile
from bench.report import Load, Measured, Report, Rows, Run, newest, report, write
from bench.stages import stage_figures
from bench.submissions import PAGES, SEED, write_submission
from bench.tables import compared, console, errors, heading, words

BENCH: Final = "speed"


class Amount(NamedTuple):
    """The sizes: submissions in the race, pages for memory growth, pages for the stages."""

    submissions: int
    pages: int
    staged: int


_SMALL, _FULL = Amount(4, 100, 12), Amount(20, 2000, 24)


class Round(NamedTuple):
    """One contender's result on one submission, and the load average afterwards."""

    contender: str
    submission: int
    taken: Taken
    load: float


def main() -> None:
    """Run the bench, write the report, and print it beside the newest earlier one of the same size."""
    amount = _parse_amount()
    settings = {"submissions": amount.submissions, "pages": amount.pages, "staged": amount.staged}
    before = newest(BENCH, settings)
    began, commit, load_before = datetime.now(tz=UTC), machine.commit(), machine.load()
    rounds, peaks = race(amount.submissions)
    load = Load(before=load_before, most=max(one.load for one in rounds), after=machine.load())
    run = Run(bench=BENCH, began=began, commit=commit, load=load, seed=SEED, settings=settings)
    alone = (*startup_figures(), *stage_figures(amount.staged), *memory_figures(amount.pages))
    made = report(run, Measured((*figures(rounds, peaks), *alone), {"rounds": details(rounds)}))
    write(made)
    show(made, before)


def race(count: int) -> tuple[tuple[Round, ...], dict[str, float]]:
    """Let the contenders take every submission in turn, so that a disturbance affects all of them.

    One further submission comes first and does not count; it warms memory and caches.

    Returns:
        The turns, and each contender's peak resident memory in megabytes.
    """
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory()))
        contenders = [
            resources.enter_context(ContenderProcess(name, CONTENDERS[name], _made(folder / name)))
            for name in CONTENDERS
        ]
        for contender in contenders:
            contender.ready()
        warm = write_submission(count, folder)
        for contender in contenders:
            contender.take(warm)
        turns = (
            turn
            for number in track(range(count), "submissions", console=errors)
            for turn in _round(number, contenders, folder)
        )
        return tuple(turns), {contender.name: contender.peak_mb for contender in contenders}


def figures(rounds: tuple[Round, ...], peaks: dict[str, float]) -> Iterator[Figure]:
    """All figures of every contender; seconds a page are the seconds of a submission divided by its pages."""
    for name in CONTENDERS:
        own = [one.taken for one in rounds if one.contender == name]
        seconds = [taken.seconds for taken in own]
        for percent in (50, 95):
            value = percentile(seconds, percent)
            yield Figure(name=f"{name}: seconds a page, p{percent}", value=value / PAGES, unit="s")
            yield Figure(name=f"{name}: seconds a submission, p{percent}", value=value, unit="s")
        yield Figure(name=f"{name}: pages a minute", value=60 * PAGES * len(own) / sum(seconds), unit="pages/min")
        yield Figure(name=f"{name}: peak memory", value=peaks[name], unit="MB")
        judging = [taken.judging_ms for taken in own if taken.judging_ms is not None]
        if judging:
            yield Figure(name=f"{name}: judging, p50", value=percentile(judging, 50), unit="ms")
            yield Figure(name=f"{name}: judging, p95", value=percentile(judging, 95), unit="ms")


def details(rounds: tuple[Round, ...]) -> Rows:
    """Every turn."""
    return tuple(
        {
            "contender": one.contender,
            "submission": one.submission,
            "seconds": round(one.taken.seconds, 3),
            "judging_ms": one.taken.judging_ms and round(one.taken.judging_ms, 2),
            "outcome": one.taken.outcome,
            "load": one.load,
        }
        for one in rounds
    )


def show(made: Report, before: Report | None) -> None:
    """Print a report beside an earlier one: one row a figure, with a column before and now for every contender."""
    console.print(heading(made, before), highlight=False)
    title = f"{made.settings['submissions']} submissions of {PAGES} pages"
    table = Table("figure", title=title, title_justify="left")
    for name in CONTENDERS:
        table.add_column(f"{name}\nbefore", justify="right")
        table.add_column("\nnow", justify="right")
    raced = [figure for figure in made.figures if figure.name.startswith(tuple(CONTENDERS))]
    for title in dict.fromkeys(figure.name.split(": ")[1] for figure in raced):
        names = [f"{name}: {title}" for name in CONTENDERS]
        pairs = ((words(before.figure(name) if before else None), words(made.figure(name))) for name in names)
        table.add_row(title, *(word for pair in pairs for word in pair))
    console.print(table)
    alone = (figure for figure in made.figures if figure not in raced)
    console.print(compared(f"Start, stages, memory over {made.settings['pages']} pages", alone, before))
    decided = sorted({f"{row['contender']}: {row['outcome']}" for row in made.details["rounds"]})
    console.print(f"outcomes: {'; '.join(decided)}", highlight=False)


def _round(number: int, contenders: list[ContenderProcess[Taken]], folder: Path) -> Iterator[Round]:
    """Run one submission; another contender begins each time."""
    submission = write_submission(number, folder)
    first = number % len(contenders)
    for contender in (*contenders[first:], *contenders[:first]):
        yield Round(contender.name, number, contender.take(submission), machine.load())


def _made(workspace: Path) -> Path:
    workspace.mkdir()
    return workspace


def _parse_amount() -> Amount:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"run the full size, {_FULL} (default: {_SMALL})")
    parser.add_argument("--submissions", type=int, help="number of submissions, at least 1")
    parser.add_argument("--pages", type=int, help="number of pages for memory growth, at least 1")
    arguments = parser.parse_args()
    base = _FULL if arguments.full else _SMALL
    amount = base._replace(submissions=arguments.submissions or base.submissions, pages=arguments.pages or base.pages)
    if min(amount) < 1:
        parser.error("--submissions and --pages must be at least 1")
    return amount


if __name__ == "__main__":
    main()
