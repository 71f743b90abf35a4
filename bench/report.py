"""Reports of benches: dated JSON files, and the newest earlier one to compare with."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import Field, JsonValue

from bench import machine
from bench.machine import Machine, versions
from bench.metrics import Figure
from models.base import Model

Rows: TypeAlias = tuple[Mapping[str, JsonValue], ...]
RESULTS: Final = Path(__file__).parent / "results"


class Load(Model):
    """Load averages of a minute: before the run, the maximum during it, and after it."""

    before: float
    most: float
    after: float


class Run(Model):
    """When a bench ran, under which load, and with which input.

    Attributes:
        commit: The checked-out commit when the run began.
        settings: The sizes of the run; only runs with the same settings are compared.
        seed: Of the generated input; None if nothing is random.
    """

    bench: str
    began: datetime
    commit: str | None
    load: Load
    seed: int | None = None
    settings: Mapping[str, int] = {}


class Report(Run):
    """A run of a bench, and its results.

    Attributes:
        seconds: Duration of the whole run.
        details: Single observations behind the figures, by table.
        series: Curves behind the figures, for plots; not printed.
        skipped: What was not measured, and why; a run that skipped something does not pass.
    """

    version: Literal["child-intake/bench@1"] = Field(default="child-intake/bench@1", alias="schema")
    seconds: float
    machine: Machine
    versions: Mapping[str, str]
    figures: tuple[Figure, ...]
    details: Mapping[str, Rows] = {}
    series: Mapping[str, Rows] = {}
    skipped: tuple[str, ...] = ()

    def figure(self, name: str) -> Figure | None:
        """The figure of this name; None if this run has none."""
        return next((figure for figure in self.figures if figure.name == name), None)


class Measured(NamedTuple):
    """Results of a bench: figures, the observations and curves behind them, and what it could not measure."""

    figures: tuple[Figure, ...]
    details: Mapping[str, Rows] = {}
    series: Mapping[str, Rows] = {}
    skipped: tuple[str, ...] = ()


def report(run: Run, found: Measured) -> Report:
    """The report of a run that ends now, on this machine."""
    return Report(
        **dict(run),
        seconds=round((datetime.now(tz=UTC) - run.began).total_seconds(), 1),
        machine=machine.machine(),
        versions=versions(),
        **found._asdict(),
    )


def write(made: Report, folder: Path = RESULTS) -> Path:
    """Write a report to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(made)
    content = made.model_dump(mode="json", by_alias=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def file_name(made: Report) -> str:
    """The name of a report's file: the bench and the time in UTC."""
    return f"{made.bench}-{made.began.astimezone(UTC):%Y%m%dT%H%M%SZ}.json"


def newest(bench: str, settings: Mapping[str, int], folder: Path = RESULTS) -> Report | None:
    """The newest committed report of a bench with the same settings; None if there is none.

    Outside a checkout every report in the folder counts.

    Raises:
        ValidationError: A report is damaged; restore or remove its file.
    """
    committed = machine.committed(folder)
    files = sorted(folder.glob(f"{bench}-*.json"), reverse=True)
    kept = (file for file in files if committed is None or file.name in committed)
    found = (Report.model_validate_json(file.read_bytes()) for file in kept)
    return next((earlier for earlier in found if earlier.settings == settings), None)
