"""Rules asked again of stored cases, many in one transaction: no bytes, no readings, no OCR.

A case whose content is of another version, or was never kept, is left to the caller, who has readings.
"""

import gc
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from models.changes import changes
from models.errors import ChildExistsError, LedgerError, LostLeaseError, PipelineError
from pipeline.batches.outcomes import ItemOutcome, broken
from pipeline.cases.conclude import JUDGED_AT_MOST, conclusions
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.name_match import NameContext
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState, Judged
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Stored

_VALUES: Final = 100_000  # that a process makes before it looks for cycles among them
_GLANCE_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Judging:
    """What a process needs to judge: where the ledger is, how it is opened, and by which rules."""

    ledger_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    reader: NameContext = field(repr=False)


def judge_lot(
    items: Sequence[BatchItem], lease: BatchLease, ledger: Ledger, reader: NameContext
) -> tuple[ItemOutcome, ...]:
    """Judge a few cases in one transaction; one by one where something breaks, so that the others are done.

    Raises:
        LostLeaseError: Somebody else took the batch over; nothing was recorded.
    """
    try:
        return _judged(items, lease, ledger, reader)
    except LostLeaseError:
        raise
    except PipelineError as error:
        if len(items) == 1:
            return (broken(items[0], lease, ledger, error),)
        return tuple(outcome for one in items for outcome in judge_lot([one], lease, ledger, reader))


def _judged(
    items: Sequence[BatchItem], lease: BatchLease, ledger: Ledger, reader: NameContext
) -> tuple[ItemOutcome, ...]:
    found = ledger.cases.load([item.submission_id for item in items], CONTENT_VERSION)
    cases = {case.case.submission.submission_id: case for case in found if case.content}
    ours = [item for item in items if item.submission_id in cases]
    done = record_judged(ours, [cases[item.submission_id] for item in ours], lease, ledger, reader)
    told = {outcome.item.number: outcome for outcome in done}
    return tuple(told.get(item.number, ItemOutcome(item, ItemState.PENDING)) for item in items)


def record_judged(
    items: Sequence[BatchItem],
    cases: Sequence[Stored],
    lease: BatchLease,
    ledger: Ledger,
    reader: NameContext,
    *,
    began: float | None = None,
) -> tuple[ItemOutcome, ...]:
    """Judge cases with their content, and record all of them at once.

    Raises:
        ChildExistsError: Somebody registered one of several children after we looked; alone each is looked at again.
    """
    for _ in range(JUDGED_AT_MOST):
        judged = [
            Judged(item.number, stored.run, conclusion, changes(stored.result, conclusion.result))
            for item, stored, conclusion in zip(
                items, cases, conclusions(cases, ledger, reader, began=began), strict=True
            )
        ]
        try:
            states = ledger.batches.record_items(lease, judged) if judged else ()
        except ChildExistsError:
            if len(items) > 1:
                raise
            continue
        return tuple(
            ItemOutcome(item, state, one.changes) for item, state, one in zip(items, states, judged, strict=True)
        )
    raise LedgerError("The register of children keeps refusing a child that no record explains.")


_held: list[tuple[Ledger, NameContext]] = []  # of a process of the pool, for as long as it lives


def begin(judging: Judging, parent: int) -> None:
    """What a process that judges does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C reaches the whole group; only the parent decides
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _held.append((open_ledger(judging.ledger_url, judging.secret), judging.reader))
    # Content is tens of thousands of small values without cycles: looking for cycles took a third of the time.
    gc.freeze()
    gc.set_threshold(_VALUES)


def judge_lot_here(items: Sequence[BatchItem], lease: BatchLease) -> tuple[ItemOutcome, ...]:
    """The same in a process that was begun so."""
    ledger, reader = _held[0]
    return judge_lot(items, lease, ledger, reader)


def _end_with(parent: int) -> None:
    """Outlive nobody: processes of a pool hold each other's pipes open, and would wait forever."""
    while os.getppid() == parent:
        time.sleep(_GLANCE_SECONDS)
    os._exit(1)
