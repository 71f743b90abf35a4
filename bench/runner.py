"""Run a bench: take its size from the command line, measure, write dated JSON, print it beside the last run."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from bench import machine
from bench.report import Load, Measured, Report, Run, newest, report, write
from bench.tables import compared, console, heading, observed

_SKIPPED: Final = 3  # exit status if something was not measured
_SHOWN: Final = 40  # rows of a table of single observations that are printed


class Bench(NamedTuple):
    """The description of a bench.

    Attributes:
        doc: What it measures; `--help` shows the first line.
        seed: Of its specimens.
        unit: The things that its size counts, in the plural.
        small: The default size, which takes minutes.
        full: The size with `--full`.
    """

    name: str
    doc: str | None
    seed: int
    unit: str
    small: int
    full: int


def run_bench(bench: Bench, measure: Callable[[int], Measured]) -> tuple[Report, Path]:
    """Parse the size, measure, write the report, and print it beside the newest committed one of the same size.

    Args:
        bench: The bench to run.
        measure: Measures; takes the size.

    Returns:
        The report, and its file.

    Raises:
        SystemExit: Something was skipped; the exit status is 3, and the table says what.
    """
    settings = {bench.unit: _parse_size(bench)}
    before = newest(bench.name, settings)
    began, commit = datetime.now(tz=UTC), machine.commit()
    with machine.watched_load() as loads:
        found = measure(settings[bench.unit])
    load = Load(before=loads[0], most=max(loads), after=loads[-1])
    run = Run(bench=bench.name, began=began, commit=commit, load=load, seed=bench.seed, settings=settings)
    made = report(run, found)
    path = write(made)
    show(made, before)
    if made.skipped:
        sys.exit(_SKIPPED)
    return made, path


def show(made: Report, before: Report | None) -> None:
    """Print a report beside an earlier one: the figures that have a value, then single observations."""
    console.print(heading(made, before), highlight=False)
    console.print(compared(made.bench, (figure for figure in made.figures if figure.value is not None), before))
    for title, rows in made.details.items():
        console.print(observed(title, rows[:_SHOWN], of=len(rows)))


def _parse_size(bench: Bench) -> int:
    description = (bench.doc or "").split("\n", maxsplit=1)[0]
    parser = argparse.ArgumentParser(prog=f"python -m bench.{bench.name}", description=description)
    parser.add_argument("--full", action="store_true", help=f"run the full size, {bench.full} {bench.unit}")
    parser.add_argument("--count", type=int, help=f"number of {bench.unit} (default: {bench.small})")
    arguments = parser.parse_args()
    count: int = arguments.count if arguments.count is not None else (bench.full if arguments.full else bench.small)
    if count < 1:
        parser.error("--count must be at least 1")
    return count
