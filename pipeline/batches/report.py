"""The report of a batch: every changed decision, finding and field, and totals by kind of change; values masked."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from models.changes import Change
from models.masking import mask, no_formula
from pipeline.ledger.batch_values import Batch, BatchItem
from pipeline.ledger.ledger import Ledger

_PAGE: Final = 500


class ChangeRow(NamedTuple):
    """A changed decision, finding or field of a case; values masked, "" for no value.

    Attributes:
        state: The state of the case in the batch.
        what: `decision`, `finding` or `field`.
        of: The field, as document/person/field; "" for other changes.
    """

    submission_id: str
    state: str
    what: str
    of: str
    before: str
    after: str


class ChangeKind(NamedTuple):
    """A kind of change; `how` is `appeared`, `gone` or `changed`, or the two decisions."""

    what: str
    of: str
    how: str


class Total(NamedTuple):
    """The number of cases with a kind of change."""

    kind: ChangeKind
    cases: int


class Report(NamedTuple):
    """A batch and its changes.

    Attributes:
        changed: The number of cases with any change.
    """

    batch: Batch
    changed: int
    totals: tuple[Total, ...]
    rows: tuple[ChangeRow, ...]


def report(ledger: Ledger, batch_id: str, most: int | None = None) -> Report:
    """Build the report with at most `most` rows; totals count all changes.

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
    """One row for each change of an item."""
    for change in item.noted.changes:
        before, after = shown(change, change.before), shown(change, change.after)
        yield ChangeRow(item.submission_id, str(item.state), change.what, place_of(change), before, after)


def place_of(change: Change) -> str:
    """The changed field as document/person/field; "" for a decision or finding."""
    return "/".join(str(part) for part in (change.document, change.person, change.field) if part)


def shown(change: Change, value: str | None) -> str:
    """The masked value; decisions and findings contain no personal data."""
    if value is None:
        return ""
    return mask(change.field, value) if change.field else value


def kind_of(change: Change) -> ChangeKind:
    """The kind of a change."""
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
