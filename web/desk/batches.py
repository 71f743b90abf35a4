"""Batches of cases that were run again: what each came to, and every change, masked. They are moved by commands."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from starlette.responses import Response, StreamingResponse

from models.errors import UnknownBatchError
from models.masking import mask_numbers
from pipeline.batches.report import ChangeRow, Report, as_csv, items, report, rows_of
from pipeline.ledger.batch_values import Batch, ItemState
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.records import AuditKind
from web.desk.request_context import ErrorKind, PageError, RequestContext

_SHOWN: Final = 500  # changes on a page; all of them are in the file
_REPORTS: Final = 8  # that are kept


class BatchRow(NamedTuple):
    """A batch in the list."""

    batch: Batch
    counts: tuple[tuple[ItemState, int], ...]
    finished: int  # cases, of all


def batches(context: RequestContext) -> Response:
    """All batches, the newest first."""
    return context.page("batches.html", lines=[_line(one) for one in context.services.ledger.batches.list()])


def batch(context: RequestContext) -> Response:
    """A batch: totals by kind of change, and the changes."""
    made = _report(context)
    return context.page(
        "batch.html",
        line=_line(made.batch),
        made=made,
        rows=[row._replace(submission_id=mask_numbers(row.submission_id)) for row in made.rows],
        shown=_SHOWN,
        is_trial=made.batch.options.dry_run,
    )


def batch_csv(context: RequestContext) -> Response:
    """Every change of a batch as CSV for a spreadsheet; who fetched it is in the audit chain."""
    batch_id = _known(context).batch_id
    context.services.ledger.audit.note(
        AuditKind.FETCHED, {"account": context.account.name, "what": "batch", "batch": batch_id}
    )
    lines = chain(("\ufeff",), as_csv(_rows(context, batch_id)))
    named = {"Content-Disposition": f'attachment; filename="batch-{batch_id}.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=named)


def _rows(context: RequestContext, batch_id: str) -> Iterator[ChangeRow]:
    for item in items(context.services.ledger, batch_id):
        for row in rows_of(item):
            yield row._replace(submission_id=mask_numbers(row.submission_id))


def _known(context: RequestContext) -> Batch:
    try:
        return context.services.ledger.batches.get(context.request.path_params["batch_id"])
    except UnknownBatchError:
        raise PageError(ErrorKind.MISSING) from None


def _report(context: RequestContext) -> Report:
    known = _known(context)
    counts = frozenset(known.counts.items())
    # A ledger is hashed as the object that it is.
    return _reported(context.services.ledger, known.batch_id, counts)


@lru_cache(maxsize=_REPORTS)
def _reported(ledger: Ledger, batch_id: str, _counts: frozenset[tuple[ItemState, int]]) -> Report:
    """A report opens every item of its batch, so it is made anew only when the states of the items are others."""
    return report(ledger, batch_id, most=_SHOWN)


def _line(one: Batch) -> BatchRow:
    counts = tuple((state, one.counts[state]) for state in ItemState if one.counts.get(state))
    pending = one.counts.get(ItemState.PENDING, 0)
    return BatchRow(one, counts, one.total - pending)
