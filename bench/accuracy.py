"""Accuracy of reading and judging, over whole submissions: `python -m bench.accuracy [--full]`.

The bench draws submissions of the test split: every scenario, picture style and level of harm, as often as
fixtures/specimens says. It reads each page once and keeps the reading, so that changed rules are measured in seconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench import aggregate as tally
from bench.calibration_report import certainty_figures, claims, plot, series_of
from bench.cases import judged
from bench.metrics import Figure
from bench.readings import Library, Scan, ahead, library
from bench.report import Measured, Rows
from bench.runner import Bench, run_bench
from bench.scoring import Outcome, ScoredCase, ScoredField, ScoredPage, invented, score_case, score_fields, score_pages
from bench.tables import errors
from fixtures.pictures.files import content
from fixtures.specimens.sets import specimen
from fixtures.specimens.specimen import Specimen, expected
from fixtures.truth import Expected, Split
from models.result import Judgement
from pipeline.cases.read_files import StartedFile

SEED: Final = 1
BENCH: Final = Bench("accuracy", __doc__, SEED, "submissions", small=20, full=80)


class Drawn(NamedTuple):
    """A submission, its files' bytes and its truth."""

    specimen: Specimen
    scans: tuple[Scan, ...]
    expected: Expected


class Scored(NamedTuple):
    """One submission beside its truth."""

    fields: tuple[ScoredField, ...]
    pages: tuple[ScoredPage, ...]
    case: ScoredCase
    invented: int


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Score `count` submissions."""
    scored = tuple(score(split, count))
    made = claims(tuple(chain.from_iterable(one.fields for one in scored)))
    return Measured(figures(scored), details(scored), series_of(made))


def score(split: Split, count: int) -> Iterator[Scored]:
    """Read and judge `count` submissions, each against a register with the known children of its own scenario."""
    with library() as shelf:
        begun = (_begun(draw(split, number), shelf) for number in range(count))
        for drawn, started in track(ahead(begun), "submissions", total=count, console=errors):
            files = tuple(file.finish() for file in started)
            specimen_ = drawn.specimen
            yield _scored(drawn, judged(specimen_.submission, files, shelf.reader, specimen_.known))


def _begun(drawn: Drawn, shelf: Library) -> tuple[Drawn, tuple[StartedFile, ...]]:
    return drawn, shelf.start(drawn.scans)


def draw(split: Split, number: int) -> Drawn:
    """Draw the submission of this number."""
    made = specimen(split, SEED, number)
    scans = tuple(Scan(file.path, file.hint, content(file)) for file in made.files)
    return Drawn(made, scans, expected(made))


def figures(scored: tuple[Scored, ...]) -> tuple[Figure, ...]:
    """Every figure, in the order of the tables."""
    cases = tuple(one.case for one in scored)
    fields = tuple(chain.from_iterable(one.fields for one in scored))
    pages = tuple(chain.from_iterable(one.pages for one in scored))
    surplus = Figure(name="values read where none is printed", value=sum(one.invented for one in scored), unit="count")
    return (
        *tally.case_figures(cases),
        *certainty_figures(claims(fields)),
        surplus,
        *tally.page_figures(pages),
        *tally.person_figures(fields),
        *tally.field_figures(fields),
        *tally.scenario_figures(cases),
    )


def details(scored: tuple[Scored, ...]) -> Mapping[str, Rows]:
    """Every mistake, with its values: the people are made up."""
    fields = tuple(chain.from_iterable(one.fields for one in scored))
    wrong = tuple(field for field in fields if not field.value_right and field.printed.legibility)
    return {
        "cases not right": tuple(_case_row(one.case) for one in scored if not one.case.right),
        "page kinds not right": tuple(_page_row(page) for one in scored for page in one.pages if not page.right),
        "persons not right": _counted(_person_row(field) for field in fields if field.outcome is Outcome.MISPLACED),
        "values not right that a person could read": _counted(_field_row(field) for field in wrong),
    }


def _scored(drawn: Drawn, judgement: Judgement) -> Scored:
    return Scored(
        score_fields(drawn.expected, judgement),
        score_pages(drawn.expected, judgement),
        score_case(drawn.expected, judgement),
        invented(drawn.expected, judgement),
    )


def _case_row(case: ScoredCase) -> Mapping[str, JsonValue]:
    return {
        "submission": case.expected.name,
        "picture": ", ".join(sorted({page.style for page in case.expected.pages})),
        "expected": case.expected.decision,
        "decided": case.decided,
        "defensible": case.decision_right,
        "lacking": ", ".join("/".join(finding) for finding in case.lacking),
        "surplus": ", ".join("/".join(finding) for finding in case.surplus),
        "silently wrong": ", ".join(field.printed.field for field in case.silently_wrong),
    }


def _page_row(page: ScoredPage) -> Mapping[str, JsonValue]:
    first = page.documents[0]
    return {
        "page": f"{page.sample}/{first.file}#{first.page_no}",
        "picture": first.style,
        "harm": f"{first.damage.harm} {first.damage.level}" if first.damage else "",
        "printed": ", ".join(document.kind for document in page.documents),
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
        "picture": field.page.style,
        "harm": f"{field.page.damage.harm} {field.printed.level:.0f}" if field.page.damage else "",
        "field": f"{field.printed.person or ''}/{field.printed.field}",
        "printed": field.printed.value,
        "read": field.read or "",
        "confidence": "" if field.confidence is None else f"{field.confidence:.3f}",
    }


def _place(field: ScoredField) -> str:
    return f"{field.sample}/{field.page.file}#{field.page.page_no}"


def _counted(rows: Iterable[dict[str, str]]) -> Rows:
    """Merge rows that differ only in their location; each keeps its first location and how often it occurred."""
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[tuple(value for key, value in row.items() if key != "first in")].append(row)
    return tuple({**group[0], "times": len(group)} for group in groups.values())


if __name__ == "__main__":
    plot(*run_bench(BENCH, measure))
