"""The way over bytes and readings, for a case that is to be read again, or whose content cannot be judged as it is."""

import time

from models.errors import EngineError, LostLeaseError, PipelineError
from pipeline.batches.judging import record_judged
from pipeline.batches.outcomes import ItemOutcome, broken
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import content_of, perceive_case
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState


def read_item(item: BatchItem, lease: BatchLease, desk: PipelineContext, *, from_readings: bool) -> ItemOutcome:
    """Read a case, judge it, and record what follows.

    Args:
        item: That is pending.
        lease: On its batch.
        desk: Where it is worked on.
        from_readings: Take what the engine of the last run read, instead of reading with today's.

    Raises:
        LostLeaseError: Somebody else took the batch over; nothing was recorded.
    """
    try:
        return _read(item, lease, desk, from_readings=from_readings)
    except LostLeaseError:
        raise
    except PipelineError as error:
        return broken(item, lease, desk.ledger, error)


def _read(item: BatchItem, lease: BatchLease, desk: PipelineContext, *, from_readings: bool) -> ItemOutcome:
    began, ledger = time.monotonic(), desk.ledger
    stored = next(iter(ledger.cases.load([item.submission_id], None)), None)
    if stored is None or stored.result.revision != stored.case.revision:  # its first result is not ours to give
        ledger.batches.note_item(lease, item.number, ItemState.STALE)
        return ItemOutcome(item, ItemState.STALE)
    engine = stored.result.provenance.engine if from_readings else None
    files = tuple(perceive_case(stored.case, desk, engine=engine))
    if any(file.is_our_fault for file in files):
        raise EngineError("pages were not read through our fault")
    content = content_of(stored.case, files, desk)
    cases = [stored._replace(content=content)]
    (outcome,) = record_judged([item], cases, lease, ledger, desk.reader, began=began)
    if outcome.state is ItemState.PROMOTED:  # else what was in force stays, and so does what its pages said
        ledger.cases.keep_content(stored.case, content)
    return outcome
