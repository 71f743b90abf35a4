"""What every ledger must count for operators: the same on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from models.case import Case, Conclusion
from models.documents import DocumentKind, PageKind
from models.findings import Code, Finding, Location, Reason, Severity, found
from models.overview import (
    AccountAgreement,
    AccountDecisions,
    BatchCount,
    DayCode,
    DayDecisions,
    MonthAgreement,
    Overview,
    PageFailure,
    QueueAge,
    Share,
    VersionCount,
)
from models.policy import ReviewSampling
from models.register import ChildNumbers
from models.result import Decision, Result, decide
from models.review import ReviewDecision, ReviewOutcome, WaitReason
from models.review_case import RecordedDecision
from pipeline.ledger.database import Database
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.system_tables import batch_items, batches
from tests.contracts.conftest import Clock
from tests.support.values import FILES, child, result, submission

DAY = date(2026, 11, 23)
NUMBER = "11019920191123002X"
UNSURE = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
BLURRED = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
MEMBER = Location(document=DocumentKind.HOUSEHOLD_REGISTER, file="h.pdf", page_no=3, page_kind=PageKind.HUKOU_MEMBER)
HOME = Location(document=DocumentKind.HOUSEHOLD_REGISTER, file="h.pdf", page_no=1, page_kind=PageKind.HUKOU_HOME)
EVERY = ReviewSampling(share=1)


def opened(ledger: Ledger, name: str = "s-1", digest: str = "d1") -> Case:
    return ledger.cases.open(submission(name), FILES, digest)


def ended(
    ledger: Ledger,
    *codes: tuple[Code, Reason],
    name: str = "s-1",
    version: str = "0.1.0",
    looks: ReviewSampling = ReviewSampling(share=0),  # noqa: B008 - frozen
) -> Case:
    case = opened(ledger, name)
    ledger.cases.conclude(Conclusion(case, result(case, *codes, version=version), looks=looks))
    return case


def with_findings(case: Case, *findings: Finding) -> Result:
    return result(case).model_copy(update={"findings": findings, "decision": decide(findings)})


def settled(
    ledger: Ledger, case: Case, number: int, outcome: ReviewOutcome = ReviewOutcome.ACCEPT, **more: object
) -> None:
    verdict = ReviewDecision(decision_id=f"{number:032x}", revision=case.revision, run=1, outcome=outcome)
    ledger.reviews.record_decision(RecordedDecision(case, str(more.pop("account", "li")), verdict, **more))  # type: ignore[arg-type]


def told(ledger: Ledger, days: int = 1) -> Overview:
    return ledger.operations.overview(DAY - timedelta(days=days - 1), DAY)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param("2026-11-22T15:59:59.999999+00:00", None, id="the moment before midnight in Beijing"),
        pytest.param("2026-11-22T16:00:00+00:00", DAY, id="midnight in Beijing"),
        pytest.param("2026-11-23T15:59:59.999999+00:00", DAY, id="the moment before the next midnight"),
        pytest.param("2026-11-23T16:00:00+00:00", None, id="the next midnight"),
    ],
)
def test_days_are_those_of_beijing(ledger: Ledger, clock: Clock, moment: str, day: date | None) -> None:
    clock.now = datetime.fromisoformat(moment)
    ended(ledger, BLURRED)
    assert [one.day for one in told(ledger).decisions] == ([day] if day else [])
    assert [one.day for one in told(ledger).codes] == ([day] if day else [])
    assert len(told(ledger).pages) == (1 if day else 0)


def test_a_case_counts_once_as_its_latest_result_says(ledger: Ledger, clock: Clock) -> None:
    case = ended(ledger, BLURRED, version="0.1.0")
    clock.forward(60)
    ledger.cases.conclude(Conclusion(case, result(case, UNSURE, version="0.2.0")))
    assert told(ledger).decisions == (DayDecisions(DAY, Decision.REVIEW, 1, 0),)
    assert told(ledger).codes == (DayCode(DAY, Code.NAME_IN_DOUBT, 1),)
    assert told(ledger).versions == (VersionCount("0.2.0", 1),)


def test_a_late_result_of_an_older_revision_counts_for_nothing(ledger: Ledger) -> None:
    older, newer = opened(ledger, digest="d1"), opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(newer, result(newer)))
    ledger.cases.conclude(Conclusion(older, result(older, BLURRED)))
    assert told(ledger).decisions == (DayDecisions(DAY, Decision.ACCEPTED, 1, 0),)


def test_a_revision_without_a_result_leaves_the_older_one_in_force(ledger: Ledger) -> None:
    ended(ledger, BLURRED)
    opened(ledger, digest="d2")
    assert [one.decision for one in told(ledger).decisions] == [Decision.RETURNED]


def test_the_share_that_was_decided_without_a_person(ledger: Ledger) -> None:
    ended(ledger, name="accepted")
    ended(ledger, BLURRED, name="returned")
    ended(ledger, UNSURE, name="waits")
    case = ended(ledger, UNSURE, name="by-a-person")
    settled(ledger, case, 1, result=result(case))
    assert told(ledger).decisions == (
        DayDecisions(DAY, Decision.ACCEPTED, 2, 1),
        DayDecisions(DAY, Decision.RETURNED, 1, 0),
        DayDecisions(DAY, Decision.REVIEW, 1, 0),
    )
    assert told(ledger).without_person == Share(2, 4)
    assert told(ledger).reviewers == (AccountDecisions("li", {ReviewOutcome.ACCEPT: 1}),)


def test_which_pages_fail_by_which_reason(ledger: Ledger) -> None:
    blurred = found(*BLURRED, MEMBER)
    twice = (blurred, blurred.model_copy(update={"page_no": 4}))
    noted = found(Code.COPY, Reason.PHOTOCOPY, MEMBER, severity=Severity.WARNING)
    for name, findings in (
        ("a", (*twice, noted)),
        ("b", (blurred, found(Code.REGISTER_ILLEGIBLE, Reason.GLARE, HOME))),
        ("c", (found(Code.PAGE_MISSING, Reason.HOME),)),
    ):
        case = opened(ledger, name)
        ledger.cases.conclude(Conclusion(case, with_findings(case, *findings)))
    assert told(ledger).pages[0] == PageFailure(PageKind.HUKOU_MEMBER, *BLURRED, 2)
    assert set(told(ledger).pages[1:]) == {
        PageFailure(PageKind.HUKOU_HOME, Code.REGISTER_ILLEGIBLE, Reason.GLARE, 1),
        PageFailure(None, Code.PAGE_MISSING, Reason.HOME, 1),
    }
    assert sum(one.cases for one in told(ledger).codes if one.code is Code.COPY) == 1


@pytest.mark.parametrize(
    ("minutes", "ages"),
    [
        pytest.param(1, (0, 0, 0), id="one"),
        pytest.param(2, (0, 1, 1), id="two"),
        pytest.param(3, (1, 2, 2), id="three"),
        pytest.param(21, (10, 19, 20), id="twenty-one"),
    ],
)
def test_how_long_cases_wait(ledger: Ledger, clock: Clock, minutes: int, ages: tuple[int, int, int]) -> None:
    """One case a minute, the last one now: ages are 0, 1, 2 and so on."""
    for number in range(minutes):
        clock.forward(60 if number else 0)
        ended(ledger, UNSURE, name=f"s-{number}")
    ended(ledger, (Code.CHILD_EXISTS, Reason.ID_NUMBER), name="known", looks=EVERY)
    queue = {one.why: one for one in told(ledger).queue}
    expected = QueueAge(WaitReason.REVIEW, minutes, *(timedelta(minutes=age) for age in ages))
    if minutes == 2:  # of two the one that has waited longer is as good a median as the other
        expected = expected._replace(median=timedelta(minutes=1))
    assert queue == {
        WaitReason.REVIEW: expected,
        WaitReason.KNOWN_CHILD: QueueAge(WaitReason.KNOWN_CHILD, 1, timedelta(), timedelta(), timedelta()),
    }


def test_whether_blind_looks_agree_by_month_and_by_account(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    for number, (account, agreed) in enumerate((("li", True), ("li", False), ("wang", True), ("li", True)), start=1):
        settled(ledger, ended(ledger, name=f"s-{number}", looks=EVERY), number, account=account, agreed=agreed)
        if number == 3:
            clock.forward(60)  # November begins in Beijing
    clock.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    seen = told(ledger, days=30)
    assert seen.months == (
        MonthAgreement(date(2026, 10, 1), Share(2, 3)),
        MonthAgreement(date(2026, 11, 1), Share(1, 1)),
    )
    assert seen.agreements == (AccountAgreement("li", Share(2, 3)), AccountAgreement("wang", Share(1, 1)))
    assert told(ledger).agreements == ()
    assert seen.reviewers == ()


def test_batches_by_the_state_of_their_items(ledger: Ledger, url: str) -> None:
    made = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    database = Database(url, patience=5)
    with database.writing() as connection:
        values = {column.name: 0 for column in batches.c} | {"leased_until": None, "owner": None}
        named = {
            "batch_id": "b1",
            "made_at": made,
            "account": "otto",
            "options": "{}",
            "version": "0.2.0",
            "state": "on",
        }
        known = {name: value for name, value in (values | named | {"total": 3}).items() if name in batches.c}
        connection.execute(insert(batches).values(**known))
        items = [
            {"batch_id": "b1", "number": number, "submission_id": f"s-{number}", "state": state}
            for number, state in enumerate(("pending", "done", "done"))
        ]
        connection.execute(insert(batch_items), items)
    database.close()
    assert told(ledger).batches == (BatchCount("b1", made, "0.2.0", 3, {"done": 2, "pending": 1}),)


def test_forgetting_a_child_takes_its_counts_along(ledger: Ledger) -> None:
    case = opened(ledger)
    found_blurred = with_findings(case, found(*BLURRED, MEMBER))
    ledger.cases.conclude(Conclusion(case, found_blurred, child(NUMBER), ChildNumbers((NUMBER,))))
    assert told(ledger).ended() == 1
    ledger.erasures.forget_child([NUMBER])
    nothing = told(ledger)
    assert (nothing.decisions, nothing.codes, nothing.pages, nothing.versions) == ((), (), (), ())


def test_metrics_never_fall_when_children_are_forgotten(ledger: Ledger) -> None:
    for name in ("s-1", "s-2"):
        case = ledger.cases.open(submission(name), FILES, "d1")
        blurred = with_findings(case, found(*BLURRED, MEMBER))
        ledger.cases.conclude(Conclusion(case, blurred, None, ChildNumbers((NUMBER,))))
        before = ledger.operations.metrics()
        assert (sum(before.decisions.values()), sum(before.codes.values())) == (int(name[-1]), int(name[-1]))
        assert ledger.erasures.forget_child([NUMBER]).cases == 1
        after = ledger.operations.metrics()
        assert (after.decisions, after.codes) == (before.decisions, before.codes)


def test_of_an_empty_ledger_nothing_is_told(ledger: Ledger) -> None:
    assert told(ledger, days=90) == Overview(DAY - timedelta(days=89), DAY, *((),) * 9)
    assert told(ledger).without_person.value is None
