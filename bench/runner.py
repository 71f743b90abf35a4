"""How every bench is conducted: asked for a size, measured, kept as dated JSON, shown beside the newest earlier run."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from bench import machine
from bench.report import Load, Measured, Report, Run, newest, report, write
from bench.tables import compared, console, heading, observed

_SKIPPED: Final = 3  # exit status: something was not measured, which is never a pass
_SHOWN: Final = 40  # rows of a table of single observations


class Bench(NamedTuple):
    """A question that is measured.

    Attributes:
        doc: What it measures; the first line is shown by `--help`.
        seed: Of the specimens that are drawn for it.
        unit: What its size counts.
        small: The size that takes minutes.
        full: The real size.
    """

    name: str
    doc: str | None
    seed: int
    unit: str
    small: int
    full: int


def conduct(bench: Bench, measure: Callable[[int], Measured]) -> tuple[Report, Path]:
    """Ask for the size, measure, keep the report, and print it beside the newest committed one of the same size.

    Args:
        bench: Which question.
        measure: Takes the size.

    Returns:
        The report, and the file that it was written to.

    Raises:
        SystemExit: Something was skipped, which is said in the table too.
    """
    settings = {bench.unit: _asked(bench)}
    before = newest(bench.name, settings)
    began, commit = datetime.now(tz=UTC), machine.commit()
    with machine.watched_load() as seen:
        found = measure(settings[bench.unit])
    load = Load(before=seen[0], most=max(seen), after=seen[-1])
    run = Run(bench=bench.name, began=began, commit=commit, load=load, seed=bench.seed, settings=settings)
    made = report(run, found)
    path = write(made)
    show(made, before)
    if made.skipped:
        sys.exit(_SKIPPED)
    return made, path


def show(made: Report, before: Report | None) -> None:
    """Print a report beside an earlier one: figures that could be measured, then single observations."""
    console.print(heading(made, before), highlight=False)
    console.print(compared(made.bench, (figure for figure in made.figures if figure.value is not None), before))
    for title, rows in made.details.items():
        console.print(observed(title, rows[:_SHOWN], of=len(rows)))


def _asked(bench: Bench) -> int:
    description = (bench.doc or "").split("\n", maxsplit=1)[0]
    parser = argparse.ArgumentParser(prog=f"python -m bench.{bench.name}", description=description)
    parser.add_argument("--full", action="store_true", help=f"the real size, {bench.full} {bench.unit}")
    parser.add_argument("--count", type=int, help=f"so many {bench.unit}; {bench.small} if nothing is said")
    told = parser.parse_args()
    count: int = told.count if told.count is not None else (bench.full if told.full else bench.small)
    if count < 1:
        parser.error("--count must be at least 1")
    return count
