"""Rules asked again of many stored cases, in several processes: no bytes, no readings, no OCR.

A case whose content was made by other sources, or never kept, is left to the caller, who has readings.
"""

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from models.changes import Change, changes
from models.errors import PipelineError
from pipeline.conclude import conclude_again
from pipeline.documents.likeness import Reader
from pipeline.documents.view import content_version
from pipeline.ledger.base import Ledger
from pipeline.ledger.opening import open_ledger

_TOGETHER: Final = 40  # cases of one transaction: an upload that is concluded meanwhile waits for a moment only

_VALUES: Final = 100_000  # that a process makes before it looks for cycles among them


@dataclass(frozen=True)
class Judging:
    """What a process needs to judge: where the ledger is, how it is opened, and by which rules."""

    ledger_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    reader: Reader = field(repr=False)


class Outcome(NamedTuple):
    """What became of a case: what changed, or what broke; neither where it has no content of this version."""

    submission_id: str
    changes: tuple[Change, ...] | None = None
    error: PipelineError | None = None


def replay(submission_ids: Sequence[str], judging: Judging, processes: int) -> Iterator[Outcome]:
    """Judge stored cases again and record what follows; the earlier runs stay. In the order of the ids.

    Args:
        submission_ids: Of cases that have a result.
        judging: What every process needs.
        processes: That judge at the same time.
    """
    lots = [submission_ids[at : at + _TOGETHER] for at in range(0, len(submission_ids), _TOGETHER)]
    if len(lots) < 2 or processes < 2:
        with _opened(judging) as ledger:
            for lot in lots:
                yield from judge_lot(lot, ledger, judging.reader)
        return
    context = multiprocessing.get_context("spawn")  # a fork would share connections and locks
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(judging,)) as pool:
        for outcomes in pool.map(_in_process, lots):
            yield from outcomes


def judge_lot(submission_ids: Sequence[str], ledger: Ledger, reader: Reader) -> tuple[Outcome, ...]:
    """Judge a few cases in one transaction; one by one where something breaks, so that the others are done."""
    try:
        return _judged(submission_ids, ledger, reader)
    except PipelineError as error:
        if len(submission_ids) == 1:
            return (Outcome(submission_ids[0], error=error),)
        return tuple(outcome for one in submission_ids for outcome in judge_lot([one], ledger, reader))


def _judged(submission_ids: Sequence[str], ledger: Ledger, reader: Reader) -> tuple[Outcome, ...]:
    cases = [case for case in ledger.stored(submission_ids, content_version()) if case.content]
    replayed = conclude_again(cases, ledger, reader)
    told = {one.after.submission_id: changes(one.before, one.after) for one in replayed}
    return tuple(Outcome(submission_id, told.get(submission_id)) for submission_id in submission_ids)


@contextmanager
def _opened(judging: Judging) -> Iterator[Ledger]:
    ledger = open_ledger(judging.ledger_url, judging.secret)
    try:
        yield ledger
    finally:
        ledger.close()


_held: list[tuple[Ledger, Reader]] = []  # of a process of the pool, for as long as it lives


def _begin(judging: Judging) -> None:
    _held.append((open_ledger(judging.ledger_url, judging.secret), judging.reader))
    # Content is tens of thousands of small values without cycles: looking for cycles took a third of the time.
    gc.freeze()
    gc.set_threshold(_VALUES)


def _in_process(submission_ids: Sequence[str]) -> tuple[Outcome, ...]:
    ledger, reader = _held[0]
    return judge_lot(submission_ids, ledger, reader)
