"""How much of the committed samples is read and judged rightly: `python -m bench.accuracy`."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench import machine, tally
from bench.figures import Figure
from bench.report import Load, Report, Rows, Run, newest, report, write
from bench.scoring import (
    Outcome,
    ScoredCase,
    ScoredField,
    ScoredPage,
    invented,
    score_case,
    score_fields,
    score_pages,
)
from bench.tables import compared, console, errors, heading, observed
from bench.workplace import known_children, opened_desk, reading_processes
from fixtures.truth import SAMPLES, load, names
from models.documents import Field
from models.result import Result
from pipeline.intake import process
from pipeline.readers import PageReader
from pipeline.stores.folder import FolderStore

BENCH: Final = "accuracy"
_PROCESSES = 2


class Scored(NamedTuple):
    """One sample beside its truth, and the load while it was worked on."""

    fields: tuple[ScoredField, ...]
    pages: tuple[ScoredPage, ...]
    case: ScoredCase
    invented: int
    load: float


def main() -> None:
    """Run the bench: score every sample, keep the report, print it beside the newest earlier one."""
    before = newest(BENCH, {})
    began, commit, load_before = datetime.now(tz=UTC), machine.commit(), machine.load()
    with reading_processes(_PROCESSES) as readers:
        scored = tuple(_score(name, readers) for name in track(names(), "samples", console=errors))
    load_seen = Load(before=load_before, most=max(one.load for one in scored), after=machine.load())
    made = report(Run(bench=BENCH, began=began, commit=commit, load=load_seen), figures(scored), details(scored))
    write(made)
    show(made, before)


def run_sample(name: str, readers: PageReader) -> Result:
    """Process a sample the product's way, in a workspace of its own that knows the known children."""
    with tempfile.TemporaryDirectory() as folder, opened_desk(Path(folder), readers) as desk:
        desk.ledger.import_children(known_children())
        return process(FolderStore(SAMPLES), name, desk)


def figures(scored: tuple[Scored, ...]) -> tuple[Figure, ...]:
    """Every figure, in the order of the tables."""
    cases = tuple(one.case for one in scored)
    fields = tally.distinct_fields(chain.from_iterable(one.fields for one in scored))
    pages = tally.distinct_pages(chain.from_iterable(one.pages for one in scored))
    surplus = Figure(name="values read where none is printed", value=sum(one.invented for one in scored), unit="count")
    persons = tally.distinct_persons(chain.from_iterable(one.fields for one in scored))
    return (
        *tally.case_figures(cases),
        *tally.page_figures(pages),
        *tally.person_figures(persons),
        *tally.field_figures(fields),
        surplus,
    )


def details(scored: tuple[Scored, ...]) -> Mapping[str, Rows]:
    """Every sample, and everything that was not right; the people are made up, so values may stand here."""
    fields = tuple(chain.from_iterable(one.fields for one in scored))
    return {
        "samples": tuple(_case_row(one.case) for one in scored),
        "page kinds not right": _counted(_page_row(page) for one in scored for page in one.pages if not page.right),
        "persons not right": _counted(
            _person_row(field)
            for field in fields
            if field.outcome is Outcome.MISPLACED and field.printed.field is Field.NAME
        ),
        "values not right": _counted(_field_row(field) for field in fields if not field.value_right),
    }


def show(made: Report, before: Report | None) -> None:
    """Print a report beside an earlier one."""
    console.print(heading(made, before), highlight=False)
    single = ("field: ", "page kind: ")
    broad = (figure for figure in made.figures if not figure.name.startswith(single))
    console.print(compared("Samples, page kinds and fields", broad, before))
    fine = (figure for figure in made.figures if figure.name.startswith(single) and figure.value != 1)
    console.print(compared("Fields and page kinds that are not always right", fine, before))
    for title, rows in made.details.items():
        console.print(observed(title, rows))


def _score(name: str, readers: PageReader) -> Scored:
    expected, result = load(name), run_sample(name, readers)
    return Scored(
        score_fields(expected, result),
        score_pages(expected, result),
        score_case(expected, result),
        invented(expected, result),
        machine.load(),
    )


def _case_row(case: ScoredCase) -> Mapping[str, JsonValue]:
    return {
        "sample": case.sample,
        "expected": case.expected,
        "decided": case.decided,
        "lacking": ", ".join("/".join(finding) for finding in case.lacking),
        "surplus": ", ".join("/".join(finding) for finding in case.surplus),
        "silently wrong": ", ".join(field.printed.field for field in case.silently_wrong),
        "right": case.right,
    }


def _page_row(page: ScoredPage) -> dict[str, str]:
    return {
        "first in": f"{page.sample}/{page.page.file}#{page.page.page_no}",
        "condition": tally.condition(page.page),
        "printed": page.page.kind,
        "read": ", ".join(page.kinds),
    }


def _person_row(field: ScoredField) -> dict[str, str]:
    return {
        "first in": _place(field),
        "page kind": field.page.kind,
        "printed": str(field.printed.person),
        "read": str(field.person),
    }


def _field_row(field: ScoredField) -> dict[str, str]:
    return {
        "first in": _place(field),
        "condition": tally.condition(field.page),
        "person": str(field.printed.person or ""),
        "field": field.printed.field,
        "printed": field.printed.value,
        "read": field.read or "",
        "outcome": field.outcome,
    }


def _place(field: ScoredField) -> str:
    return f"{field.sample}/{field.page.file}#{field.page.page_no}"


def _counted(rows: Iterable[dict[str, str]]) -> Rows:
    """Rows that differ in more than where they stand, each with its first place and how often it was seen."""
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[tuple(value for key, value in row.items() if key != "first in")].append(row)
    return tuple({**group[0], "times": len(group)} for group in groups.values())


if __name__ == "__main__":
    main()
