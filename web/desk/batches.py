"""Batches of cases that were processed again, and the changes of each, masked; commands start and stop them."""

from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from starlette.responses import Response, StreamingResponse

from models.errors import UnknownBatchError
from models.masking import mask_numbers
from pipeline.batches.change_titles import Title, kind_words, place_words, value_words
from pipeline.batches.report import ChangeRow, Report, as_csv, items, report, rows_of
from pipeline.ledger.batch_values import Batch, ItemState
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import AuditKind
from web.desk.request_context import ErrorKind, PageError, RequestContext

_SHOWN: Final = 500  # changes on a page; the CSV file has all of them
_CACHED_REPORTS: Final = 8


class BatchRow(NamedTuple):
    """A batch in the list."""

    batch: Batch
    counts: tuple[tuple[ItemState, int], ...]
    finished: int  # cases


def batches(context: RequestContext) -> Response:
    """All batches, the newest first."""
    return context.page("batches.html", rows=[_row(one) for one in context.services.ledger.batches.list()])


def batch(context: RequestContext) -> Response:
    """A batch: totals by kind of change, and the changes."""
    found = _requested(context)
    made = _report(context.services.ledger, found.batch_id, frozenset(found.counts.items()))
    return context.page(
        "batch.html",
        summary=_row(made.batch),
        report=made,
        totals=[total._replace(kind=kind_words(total.kind, context.words)) for total in made.totals],
        rows=[_titled(_masked(row), context.words) for row in made.rows],
        shown=_SHOWN,
        is_trial=made.batch.options.dry_run,
    )


def batch_csv(context: RequestContext) -> Response:
    """Every change of a batch as CSV for a spreadsheet; the audit chain records who fetched it."""
    ledger, batch_id = context.services.ledger, _requested(context).batch_id
    ledger.audit.note(AuditKind.FETCHED, {"account": context.account.name, "what": "batch", "batch": batch_id})
    rows = (_masked(row) for item in items(ledger, batch_id) for row in rows_of(item))
    headers = {"Content-Disposition": f'attachment; filename="batch-{batch_id}.csv"'}
    return StreamingResponse(chain(("\ufeff",), as_csv(rows)), media_type="text/csv; charset=utf-8", headers=headers)


def _masked(row: ChangeRow) -> ChangeRow:
    return row._replace(submission_id=mask_numbers(row.submission_id))


def _titled(row: ChangeRow, title: Title) -> ChangeRow:
    before, after = (value_words(row.what, value, title) for value in (row.before, row.after))
    return row._replace(of=place_words(row.of, title), before=before, after=after)


def _requested(context: RequestContext) -> Batch:
    try:
        return context.services.ledger.batches.get(context.request.path_params["batch_id"])
    except UnknownBatchError:
        raise PageError(ErrorKind.MISSING) from None


@lru_cache(maxsize=_CACHED_REPORTS)
def _report(ledger: Ledger, batch_id: str, _counts: frozenset[tuple[ItemState, int]]) -> Report:
    """The report of a batch, cached while the counts of its states are the same, since it opens every item."""
    return report(ledger, batch_id, most=_SHOWN)


def _row(batch: Batch) -> BatchRow:
    counts = tuple((state, batch.counts[state]) for state in ItemState if batch.counts.get(state))
    return BatchRow(batch, counts, batch.total - batch.counts.get(ItemState.PENDING, 0))
