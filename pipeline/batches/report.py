"""What a batch changed, field by field and finding by finding, and totals by kind of change; every value masked."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from models.cells import no_formula
from models.changes import Change
from models.masking import mask
from pipeline.ledger.batch_values import Batch, BatchItem
from pipeline.ledger.ledger import Ledger

_PAGE: Final = 500


class ChangeRow(NamedTuple):
    """A changed decision, finding or field of a case; values masked, "" where there was or is none.

    Attributes:
        state: What became of the case in the batch.
        what: `decision`, `finding` or `field`.
        of: Which field: document, person, field.
    """

    submission_id: str
    state: str
    what: str
    of: str
    before: str
    after: str


class ChangeKind(NamedTuple):
    """Changes that are alike; of a field whether it appeared, is gone, or is another now."""

    what: str
    of: str
    how: str


class Total(NamedTuple):
    """How many cases have a change of a kind."""

    kind: ChangeKind
    cases: int


class Report(NamedTuple):
    """A batch and all that it changed.

    Attributes:
        changed: Cases with any change.
    """

    batch: Batch
    changed: int
    totals: tuple[Total, ...]
    rows: tuple[ChangeRow, ...]


def report(ledger: Ledger, batch_id: str, most: int | None = None) -> Report:
    """The whole report; `most` rows of it, but totals over all.

    Raises:
        UnknownBatchError: There is no such batch.
    """
    batch, rows = ledger.batches.get(batch_id), list[ChangeRow]()
    kinds, changed = Counter[ChangeKind](), 0
    for item in items(ledger, batch_id):
        changed += bool(item.noted.changes)
        kinds.update({kind_of(change) for change in item.noted.changes})
        if most is None or len(rows) < most:
            rows.extend(rows_of(item))
    totals = (Total(kind, cases) for kind, cases in sorted(kinds.items()))
    return Report(batch, changed, tuple(totals), tuple(rows[:most]))


def items(ledger: Ledger, batch_id: str) -> Iterator[BatchItem]:
    """Every item of a batch, in order."""
    last = 0
    while page := ledger.batches.items(batch_id, after=last, limit=_PAGE):
        yield from page
        last = page[-1].number


def rows_of(item: BatchItem) -> Iterator[ChangeRow]:
    """A row a change of an item."""
    for change in item.noted.changes:
        before, after = shown(change, change.before), shown(change, change.after)
        yield ChangeRow(item.submission_id, str(item.state), change.what, place_of(change), before, after)


def place_of(change: Change) -> str:
    """Which field a change is of, "" where it is of none."""
    return "/".join(str(part) for part in (change.document, change.person, change.field) if part)


def shown(change: Change, value: str | None) -> str:
    """A value as people may see it; decisions and findings quote nobody."""
    if value is None:
        return ""
    return mask(change.field, value) if change.field else value


def kind_of(change: Change) -> ChangeKind:
    """What a change is counted as."""
    if change.what == "decision":
        return ChangeKind("decision", "", f"{change.before} → {change.after}")
    how = "appeared" if change.before is None else "gone" if change.after is None else "changed"
    if change.what == "finding":
        return ChangeKind("finding", (change.before or change.after or "").split(" ", maxsplit=1)[0], how)
    return ChangeKind("field", place_of(change), how)


def as_json(made: Report) -> dict[str, Any]:
    """The report as plain values."""
    batch = made.batch
    return {
        "batch": {
            "batch_id": batch.batch_id,
            "made_at": batch.made_at.isoformat(),
            "account": batch.account,
            "version": batch.version,
            "options": batch.options.model_dump(mode="json", exclude_none=True),
            "selected": batch.total,
        },
        "cases": {str(state): count for state, count in sorted(batch.counts.items())},
        "changed": made.changed,
        "totals": [{**total.kind._asdict(), "cases": total.cases} for total in made.totals],
        "changes": [row._asdict() for row in made.rows],
    }


def as_csv(rows: Iterable[ChangeRow]) -> Iterator[str]:
    """Lines of CSV with a heading; no cell begins as a formula does."""
    yield _line(ChangeRow._fields)
    for row in rows:
        yield _line(map(no_formula, row))


def as_text(made: Report) -> str:
    """The report as JSON."""
    return json.dumps(as_json(made), ensure_ascii=False)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
