"""An overview as tables of text: the dashboard shows them beside its plots, and the CSV file holds them."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from models.catalogue import TITLES
from models.codes import Code
from models.documents import PageKind
from models.masking import no_formula
from models.overview import Overview, Share, time_shown
from models.result import Decision
from models.review import ReviewOutcome
from web.desk.rendering import Translator

_BOM: Final = "\ufeff"  # by which Excel recognises UTF-8
Row = tuple[str, ...]
Counts = dict[Decision, tuple[int, int]]  # cases, and how many of them a person decided


class Table(NamedTuple):
    """A table; `words/` holds its title and columns under `dashboard.NAME`."""

    name: str
    columns: Row
    rows: tuple[Row, ...]


def tables(overview: Overview, words: Translator) -> dict[str, Table]:
    """Every table of an overview, by name."""
    made = (
        _table("decisions", words, _decisions(overview)),
        _codes(overview, words),
        _table("pages", words, _pages(overview, words)),
        _table("queue", words, _queue(overview, words)),
        _table("months", words, ((f"{one.month:%Y-%m}", *_share(one.looks)) for one in overview.months)),
        _table("agreements", words, ((one.account, *_share(one.looks)) for one in overview.agreements)),
        _table("reviewers", words, _reviewers(overview)),
        _table("versions", words, ((one.version, str(one.cases)) for one in overview.versions)),
        _table("batches", words, _batches(overview, words)),
    )
    return {table.name: table for table in made}


def as_csv(made: Iterable[Table], words: Translator) -> bytes:
    """All tables one below the other, each under its title; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for table in made:
        title = words(f"dashboard.{table.name}.title")
        for row in ((title,), table.columns, *table.rows, ()):
            writer.writerow([no_formula(cell) for cell in row])
    return (_BOM + out.getvalue()).encode()


def days_of(overview: Overview) -> tuple[date, ...]:
    """Every day of the period."""
    count = (overview.until - overview.since).days + 1
    return tuple(overview.since + timedelta(days=number) for number in range(count))


def by_day(overview: Overview) -> dict[date, Counts]:
    """The counts of each day and decision."""
    counts = {day: dict.fromkeys(Decision, (0, 0)) for day in days_of(overview)}
    for one in overview.decisions:
        counts[one.day][one.decision] = (one.cases, one.by_person)
    return counts


def without_person(counts: Counts) -> Share:
    """The share of a day's cases that the machine decided."""
    decided = [counts[decision] for decision in (Decision.ACCEPTED, Decision.RETURNED)]
    return Share(sum(cases - by_person for cases, by_person in decided), sum(cases for cases, _ in counts.values()))


def percent(share: float | None) -> str:
    """A share as text, such as 12.5%; a dash for None."""
    return "–" if share is None else f"{100 * share:.1f}%"


def code_title(code: Code) -> str:
    """A code, and its title if it has one."""
    return f"{code.value} {TITLES[code]}" if code in TITLES else code.value


def page_title(kind: PageKind | None, words: Translator) -> str:
    """The title of a page kind; None stands for findings that point at no page."""
    return words(f"dashboard.page.{kind.value if kind else 'none'}")


def _table(name: str, words: Translator, rows: Iterable[Row]) -> Table:
    prefix = f"dashboard.{name}.columns."
    columns = tuple(text for key, text in words.texts.items() if key.startswith(prefix))
    return Table(name, columns, tuple(rows))


def _decisions(overview: Overview) -> Iterable[Row]:
    for day, counts in by_day(overview).items():
        cases = [str(counts[decision][0]) for decision in Decision]
        by_person = sum(count for _, count in counts.values())
        yield (day.isoformat(), *cases, str(by_person), percent(without_person(counts).value))


def _codes(overview: Overview, words: Translator) -> Table:
    counts = {(one.day, one.code): one.cases for one in overview.codes}
    codes = [code for code in Code if any(code is found for _, found in counts)]
    columns = (words("dashboard.codes.columns.day"), *map(code_title, codes))
    rows = ((day.isoformat(), *(str(counts.get((day, code), 0)) for code in codes)) for day in days_of(overview))
    return Table("codes", columns, tuple(rows) if codes else ())


def _pages(overview: Overview, words: Translator) -> Iterable[Row]:
    for one in overview.pages:
        reason = words(f"reason.{one.reason.value}")
        yield page_title(one.page_kind, words), code_title(one.code), reason, str(one.cases)


def _queue(overview: Overview, words: Translator) -> Iterable[Row]:
    for one in overview.queue:
        hours = [f"{waited / timedelta(hours=1):.1f}" for waited in (one.median, one.p95, one.oldest)]
        yield words(f"why.{one.why.value}"), str(one.cases), *hours


def _share(share: Share) -> Row:
    low, high = share.interval or (None, None)
    return str(share.total), str(share.right), percent(share.value), percent(low), percent(high)


def _reviewers(overview: Overview) -> Iterable[Row]:
    for one in overview.reviewers:
        counts = [one.outcomes.get(outcome, 0) for outcome in ReviewOutcome]
        yield (one.account, *map(str, counts), str(sum(counts)))


def _batches(overview: Overview, words: Translator) -> Iterable[Row]:
    for one in overview.batches:
        states = ", ".join(f"{words(f'batches.state.{state}')} {count}" for state, count in one.states.items())
        yield one.batch_id, time_shown(one.made_at), one.version, str(one.total), states
