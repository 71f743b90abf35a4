"""Judge stored cases again from their kept content, many in one transaction, without bytes, readings or OCR.

A case without content, or with content of another version, stays pending: the caller reads it.
"""

import gc
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from models.changes import changes
from models.errors import ChildExistsError, LedgerError
from pipeline.batches.outcomes import ItemOutcome, in_one_transaction
from pipeline.cases.conclude import JUDGED_AT_MOST, conclusions
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.name_match import NameContext
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState, Judged
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Stored

_GC_THRESHOLD: Final = 100_000  # new objects before a collection of cycles
_POLL_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Judging:
    """What a process needs to judge: the ledger's address and secret, the engine's alphabet and the rules."""

    ledger_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    reader: NameContext = field(repr=False)


def judge_lot(
    items: Sequence[BatchItem], lease: BatchLease, ledger: Ledger, reader: NameContext
) -> tuple[ItemOutcome, ...]:
    """Judge a few cases in one transaction, or one by one if that fails.

    Raises:
        LostLeaseError: Another process took the batch over; nothing was recorded.
    """
    return in_one_transaction(items, partial(_judged, lease, ledger, reader), lease, ledger)


def _judged(
    lease: BatchLease, ledger: Ledger, reader: NameContext, items: Sequence[BatchItem]
) -> tuple[ItemOutcome, ...]:
    found = ledger.cases.load([item.submission_id for item in items], CONTENT_VERSION)
    cases = {case.case.submission.submission_id: case for case in found if case.content}
    complete = [item for item in items if item.submission_id in cases]
    done = record_judged(complete, [cases[item.submission_id] for item in complete], lease, ledger, reader)
    outcomes = {outcome.item.number: outcome for outcome in done}
    return tuple(outcomes.get(item.number, ItemOutcome(item, ItemState.PENDING)) for item in items)


def record_judged(
    items: Sequence[BatchItem],
    cases: Sequence[Stored],
    lease: BatchLease,
    ledger: Ledger,
    reader: NameContext,
    *,
    began: float | None = None,
) -> tuple[ItemOutcome, ...]:
    """Judge cases with their content, and record all of them in one transaction.

    Raises:
        ChildExistsError: One of several children was registered meanwhile; a single case is judged again instead.
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


_of_process: list[tuple[Ledger, NameContext]] = []  # of a process of the pool, until the process ends


def initialize_process(judging: Judging, parent: int) -> None:
    """Prepare a process of the pool: open the ledger, ignore ctrl-C, and end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C reaches the whole group; only the parent decides
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _of_process.append((open_ledger(judging.ledger_url, judging.secret), judging.reader))
    # Content is tens of thousands of small values without cycles: collecting cycles took a third of the time.
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)


def judge_lot_in_process(lease: BatchLease, items: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
    """Judge a few cases in a process that `initialize_process` prepared."""
    ledger, reader = _of_process[0]
    return judge_lot(items, lease, ledger, reader)


def _end_with(parent: int) -> None:
    """End with the parent: processes of a pool keep each other's pipes open, and would wait forever."""
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(1)
