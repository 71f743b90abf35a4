"""Decisions that meet: the same one twice at once, another one under its number, and a case that changed its reason."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Connection

from models.case import Case
from models.errors import AlreadyDecidedError, StaleCaseError
from models.policy import ReviewSampling
from models.review import ReviewOutcome, WaitReason
from models.review_case import RecordedDecision
from pipeline.ledger import cases
from pipeline.ledger.ledger import Ledger
from tests.contracts.test_ledger_reviews import EVERY, UNSURE, accepted, ended, verdict, whys


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(accepted, id="accepted"),
        pytest.param(lambda case: RecordedDecision(case, "li", verdict(ReviewOutcome.ESCALATE)), id="handed on"),
    ],
)
def test_a_double_click_that_meets_itself_is_one_decision_and_no_error(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, make: Callable[[Case], RecordedDecision]
) -> None:
    settled = make(ended(ledger, UNSURE))
    meet, locked = Barrier(2), cases.locked

    def both_first(connection: Connection, case: Case) -> int:
        with suppress(BrokenBarrierError):  # where only one can be in a transaction
            meet.wait(0.5)
        return locked(connection, case)

    monkeypatch.setattr(cases, "locked", both_first)
    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(ledger.reviews.record_decision, [settled, settled]))
    assert len(made) == 1
    assert len(ledger.reviews.decisions("s-1")) == 1


def test_another_decision_under_the_number_of_one_is_refused(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    ledger.reviews.record_decision(RecordedDecision(case, "li", verdict(ReviewOutcome.ESCALATE)))
    with pytest.raises(AlreadyDecidedError):
        ledger.reviews.record_decision(accepted(case))


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(EVERY, id="a blind look, of which an objection became"),
        pytest.param(ReviewSampling(share=0), id="a decided case, against which somebody objects"),
    ],
)
def test_an_objection_that_came_meanwhile_is_not_answered_by_who_did_not_see_it(
    ledger: Ledger, looks: ReviewSampling
) -> None:
    case = ended(ledger, looks=looks)
    seen = ledger.reviews.waiting("s-1")
    ledger.reviews.reopen("s-1", "wang")
    shown = (seen.why, seen.escalated) if seen else (None, False)
    blind = RecordedDecision(case, "li", verdict(), agreed=True)._replace(why=shown[0], escalated=shown[1])
    with pytest.raises(StaleCaseError):
        ledger.reviews.record_decision(blind)
    assert whys(ledger) == [("s-1", WaitReason.OBJECTION)]
