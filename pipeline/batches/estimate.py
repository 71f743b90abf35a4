"""Estimate how long running cases again will take, by judging a sample of them."""

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.cases.conclude import conclusions
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Stored

_SAMPLE: Final = 40  # cases, spread evenly over all
_RECORDED_SECONDS: Final = 0.002  # to record a case, one process at a time (bench.judging)
_FROM_READINGS_SECONDS: Final = 0.15  # a case from its kept readings
_READ_SECONDS: Final = 0.9  # a page, in one process (bench.speed)


class Estimate(NamedTuple):
    """The work of a batch: exact for few cases, else extrapolated from the sample.

    Attributes:
        pages: Pages of all cases.
        from_content: Cases that are judged from kept content.
        from_readings: Cases that are judged from kept readings.
        read: Pages that are read again.
        seconds: The total time on an idle machine.
    """

    cases: int
    pages: int
    from_content: int
    from_readings: int
    read: int
    seconds: float


def estimate(
    submission_ids: Sequence[str], ledger: Ledger, reader: NameContext, *, from_readings: bool, processes: int
) -> Estimate:
    """Estimate the work of a batch; nothing is recorded.

    Args:
        submission_ids: The ids of the cases.
        ledger: The ledger that has them.
        reader: The engine's alphabet and the hospital's rules.
        from_readings: Whether nothing is to be read again.
        processes: The number of processes that work at the same time.
    """
    step = max(1, len(submission_ids) // _SAMPLE)
    looked_at = ledger.cases.load(submission_ids[::step][:_SAMPLE], CONTENT_VERSION)
    whole = [stored for stored in looked_at if stored.content]
    share = len(submission_ids) / max(1, len(looked_at))
    pages = round(share * sum(map(_pages, looked_at)))
    if not from_readings:
        return Estimate(len(submission_ids), pages, 0, 0, pages, pages * _READ_SECONDS / processes)
    judged = round(share * len(whole))
    rest = len(submission_ids) - judged
    seconds = judged * (_judging_seconds(whole, ledger, reader) / processes + _RECORDED_SECONDS)
    return Estimate(len(submission_ids), pages, judged, rest, 0, seconds + rest * _FROM_READINGS_SECONDS)


def _pages(stored: Stored) -> int:
    return len({(page.file, page.page_no) for page in stored.result.pages})


def _judging_seconds(cases: Sequence[Stored], ledger: Ledger, reader: NameContext) -> float:
    """The mean seconds to judge a case."""
    began = time.perf_counter()
    conclusions(cases, ledger, reader)
    return (time.perf_counter() - began) / max(1, len(cases))
