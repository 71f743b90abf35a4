"""What every ledger must do with cases in review: the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.case import Case, Conclusion
from models.documents import DocumentKind, Field, Person
from models.errors import (
    AlreadyDecidedError,
    ChildExistsError,
    HeldError,
    LedgerError,
    NotWaitingError,
    PersonDecidedError,
    StaleCaseError,
)
from models.findings import Code, Reason
from models.geometry import Box
from models.policy import ReviewSampling
from models.register import ChildNumbers
from models.result import Decision, Result
from models.review import Checked, Priority, ReviewDecision, ReviewOutcome, WaitReason
from models.review_case import RecordedDecision, View
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import AuditKind, UploadEvent, Via
from tests.contracts.conftest import Clock
from tests.support.values import FILES, SECRET, child, result, submission

UNSURE = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
BLURRED = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
KNOWN = (Code.CHILD_EXISTS, Reason.ID_NUMBER)
EVERY = ReviewSampling(share=1)
NUMBER = "11019920191123002X"
SEEN = Checked(
    document=DocumentKind.HOUSEHOLD_REGISTER,
    person=Person.CHILD,
    field=Field.NAME,
    file="hukou.pdf",
    page_no=1,
    box=Box(1, 2, 30, 40),
    read="欧阳靖宣",
    confidence=0.7,
    seen="欧阳靖萱",
)


NO_LOOKS = ReviewSampling(share=0)


def opened(ledger: Ledger, submission_id: str = "s-1", digest: str = "d1") -> Case:
    return ledger.cases.open(submission(submission_id), FILES, digest)


def ended(ledger: Ledger, *codes: tuple[Code, Reason], name: str = "s-1", looks: ReviewSampling = NO_LOOKS) -> Case:
    case = opened(ledger, name)
    ledger.cases.conclude(Conclusion(case, result(case, *codes), looks=looks))
    return case


def verdict(
    outcome: ReviewOutcome = ReviewOutcome.ACCEPT, number: int = 1, run: int = 1, revision: int = 1
) -> ReviewDecision:
    return ReviewDecision(decision_id=f"{number:032x}", revision=revision, run=run, outcome=outcome, checked=(SEEN,))


def accepted(case: Case, account: str = "li", **changed: object) -> RecordedDecision:
    return RecordedDecision(case, account, verdict(**changed), result(case))  # type: ignore[arg-type]


def whys(ledger: Ledger, view: View = View()) -> list[tuple[str, WaitReason]]:  # noqa: B008 - frozen
    return [(one.submission_id, one.why) for one in ledger.reviews.queue(view, 100).cases]


@pytest.mark.parametrize(
    ("codes", "looks", "why"),
    [
        pytest.param([UNSURE], ReviewSampling(share=0), WaitReason.REVIEW, id="the machine is not sure"),
        pytest.param([BLURRED], ReviewSampling(share=0), None, id="returned"),
        pytest.param([], ReviewSampling(share=0), None, id="accepted"),
        pytest.param([], EVERY, WaitReason.SECOND_LOOK, id="accepted, and drawn"),
        pytest.param([BLURRED], EVERY, WaitReason.SECOND_LOOK, id="returned, and drawn"),
        pytest.param([UNSURE], EVERY, WaitReason.REVIEW, id="nobody draws what waits anyway"),
        pytest.param([KNOWN], ReviewSampling(share=0), WaitReason.KNOWN_CHILD, id="a known child"),
        pytest.param([KNOWN], ReviewSampling(share=0, known_children=False), None, id="nobody looks at known children"),
    ],
)
def test_what_lies_before_people(
    ledger: Ledger, codes: list[tuple[Code, Reason]], looks: ReviewSampling, why: WaitReason | None
) -> None:
    ended(ledger, *codes, looks=looks)
    assert whys(ledger) == ([("s-1", why)] if why else [])


def test_a_share_of_the_decided_cases_is_drawn_and_always_the_same(ledger: Ledger) -> None:
    for number in range(200):
        ended(ledger, name=f"s-{number}", looks=ReviewSampling(share=0.1))
    drawn = whys(ledger)
    assert 5 <= len(drawn) <= 40
    for name, _ in drawn:
        case = ledger.cases.get(name)
        ledger.cases.conclude(Conclusion(case, result(case), looks=ReviewSampling(share=0.1)))
    assert whys(ledger) == drawn


def test_the_queue_goes_by_priority_and_then_by_age_and_supervisors_come_last(ledger: Ledger, clock: Clock) -> None:
    for name in ("old", "new", "child-here", "known"):
        ended(ledger, KNOWN if name == "known" else UNSURE, name=name)
        clock.forward(60)
    ended(ledger, UNSURE, name="handed-on")
    ledger.reviews.prioritise("child-here", "li", Priority.AT_DESK)
    case = ledger.cases.get("handed-on")
    ledger.reviews.record_decision(RecordedDecision(case, "li", verdict(ReviewOutcome.ESCALATE)))
    order = ["child-here", "old", "new", "known", "handed-on"]
    assert [name for name, _ in whys(ledger)] == order
    page = ledger.reviews.queue(View(), 2)
    rest = ledger.reviews.queue(View(), 10, page.following)
    assert [one.submission_id for one in (*page.cases, *rest.cases)] == order
    assert rest.following is None
    assert {(one.why, one.escalated): one.cases for one in ledger.reviews.queue_counts()} == {
        (WaitReason.REVIEW, False): 3,
        (WaitReason.REVIEW, True): 1,
        (WaitReason.KNOWN_CHILD, False): 1,
    }


@pytest.mark.parametrize(
    ("view", "names"),
    [
        pytest.param(View(why=(WaitReason.KNOWN_CHILD,)), ["b"], id="one reason"),
        pytest.param(View(code=Code.NAME_IN_DOUBT), ["a", "c"], id="one code"),
        pytest.param(View(owner="li"), ["c"], id="what somebody has in hand"),
        pytest.param(View(escalated=True), [], id="what supervisors decide"),
    ],
)
def test_a_part_of_the_queue(ledger: Ledger, clock: Clock, view: View, names: list[str]) -> None:
    for name, code in (("a", UNSURE), ("b", KNOWN), ("c", UNSURE)):
        ended(ledger, code, name=name)
        clock.forward(1)
    ledger.reviews.hold("c", "li", 60)
    assert [name for name, _ in whys(ledger, view)] == names


def test_a_decision_is_a_run_of_its_author_that_is_told(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    known = child(NUMBER)
    made = ledger.reviews.record_decision(accepted(case)._replace(child=known, numbers=ChildNumbers((NUMBER,))))
    assert made == 2
    assert [one.decision for one in ledger.cases.results("s-1")] == [Decision.REVIEW, Decision.ACCEPTED]
    assert ledger.reviews.standing(case) == ledger.cases.latest_result("s-1")
    assert whys(ledger) == []
    assert [one.id_number for one in ledger.children.export()] == [NUMBER]
    assert [message.data["run"] for message in ledger.outbox.claim(10, 60)] == [2]
    (reviewed,) = ledger.reviews.decisions("s-1")
    assert (reviewed.account, reviewed.why, reviewed.made_run, reviewed.verdict.checked) == (
        "li",
        WaitReason.REVIEW,
        2,
        (SEEN,),
    )
    assert tuple(ledger.reviews.all_decisions()) == (reviewed,)
    decided = ledger.audit.trail("s-1")[-1]
    assert (decided.kind, decided.details["account"], decided.details["corrected"]) == (AuditKind.DECIDED, "li", 1)
    assert ledger.audit.verify().problems == ()


def test_a_decision_outlives_a_restart(ledger: Ledger, url: str) -> None:
    case = ended(ledger, UNSURE)
    ledger.reviews.hold("s-1", "li", 60)
    again = open_ledger(url, SECRET)
    assert again.reviews.record_decision(accepted(case)) == 2
    again.close()
    assert [one.outcome for one in ledger.reviews.decisions("s-1")] == [ReviewOutcome.ACCEPT]


def newer_run(ledger: Ledger, case: Case) -> None:
    ledger.cases.conclude(Conclusion(case, result(case, UNSURE)))


def newer_revision(ledger: Ledger, case: Case) -> None:
    opened(ledger, digest="d2")


def machine_decides(ledger: Ledger, case: Case) -> None:
    ledger.cases.conclude(Conclusion(case, result(case)))


def another_decides(ledger: Ledger, case: Case) -> None:
    ledger.reviews.record_decision(accepted(case, "wang", number=7))


def another_holds(ledger: Ledger, case: Case) -> None:
    ledger.reviews.hold("s-1", "wang", 60)


def anothers_hold_is_over(ledger: Ledger, case: Case) -> None:
    ledger.reviews.hold("s-1", "wang", 0)


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [
        pytest.param(newer_run, StaleCaseError, id="a reprocess gave it another result"),
        pytest.param(newer_revision, StaleCaseError, id="the family sent it again"),
        pytest.param(machine_decides, StaleCaseError, id="a reprocess decided it"),
        pytest.param(another_decides, AlreadyDecidedError, id="somebody else decided it"),
        pytest.param(another_holds, HeldError, id="somebody else has it in hand"),
        pytest.param(anothers_hold_is_over, None, id="somebody else had it in hand"),
    ],
)
def test_a_decision_is_bound_to_what_was_seen(
    ledger: Ledger, meanwhile: Callable[[Ledger, Case], None], refusal: type[LedgerError] | None
) -> None:
    case = ended(ledger, UNSURE)
    meanwhile(ledger, case)
    if refusal is None:
        assert ledger.reviews.record_decision(accepted(case)) == 2
        return
    before = ledger.cases.results("s-1")
    with pytest.raises(refusal):
        ledger.reviews.record_decision(accepted(case))
    assert ledger.cases.results("s-1") == before


def test_what_was_seen_of_a_revision_decides_nothing_of_the_next_one(ledger: Ledger) -> None:
    ended(ledger, UNSURE)
    later = opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(later, result(later, UNSURE)))
    with pytest.raises(StaleCaseError):
        ledger.reviews.record_decision(accepted(later, revision=1))
    assert ledger.reviews.record_decision(accepted(later, revision=2)) == 2


def test_who_decided_first_is_said(ledger: Ledger, clock: Clock) -> None:
    case = ended(ledger, UNSURE)
    another_decides(ledger, case)
    with pytest.raises(AlreadyDecidedError) as caught:
        ledger.reviews.record_decision(accepted(case))
    assert (caught.value.account, caught.value.outcome, caught.value.at) == ("wang", ReviewOutcome.ACCEPT, clock.now)


def test_a_double_click_is_one_decision(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    assert [ledger.reviews.record_decision(accepted(case)) for _ in range(2)] == [2, 2]
    assert len(ledger.reviews.decisions("s-1")) == len(ledger.outbox.claim(10, 60)) == 1


def test_of_two_who_decide_at_the_same_time_one_does(ledger: Ledger, url: str) -> None:
    for number in range(5):
        case = ended(ledger, UNSURE, name=f"s-{number}")

        def decide(who: int, case: Case = case) -> bool:
            mine = open_ledger(url, SECRET)
            try:
                mine.reviews.record_decision(accepted(case, f"account-{who}", number=10 + who + 10 * case.revision))
            except AlreadyDecidedError:
                return False
            finally:
                mine.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(decide, range(number * 10, number * 10 + 4))) == 1
        assert len(ledger.reviews.decisions(f"s-{number}")) == 1


def test_a_child_that_another_case_registered_stops_a_decision_whole(ledger: Ledger) -> None:
    first, second = ended(ledger, UNSURE, name="s-1"), ended(ledger, UNSURE, name="s-2")
    ledger.reviews.record_decision(accepted(first)._replace(child=child(NUMBER)))
    with pytest.raises(ChildExistsError):
        ledger.reviews.record_decision(accepted(second, number=2)._replace(child=child(NUMBER)))
    assert whys(ledger) == [("s-2", WaitReason.REVIEW)]
    assert ledger.reviews.decisions("s-2") == ()


def test_no_machine_decides_again_what_a_person_decided(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    ledger.reviews.record_decision(accepted(case))
    with pytest.raises(PersonDecidedError):
        ledger.cases.conclude(Conclusion(case, result(case, UNSURE)))
    later = opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(later, result(later, UNSURE)))
    assert whys(ledger) == [("s-1", WaitReason.REVIEW)]


def test_the_same_upload_again_is_told_what_the_person_decided(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    ledger.reviews.record_decision(accepted(case))
    ledger.inbox.add_upload(UploadEvent(bucket="b", key="inbox/1/submission.json", etag="e", via=Via.EVENT))
    (item,) = ledger.inbox.undispatched(10)
    lease = ledger.inbox.lease(item.item_id, "worker", 60)
    assert lease is not None
    ledger.reviews.repeat_result(case, lease)
    told = [(message.data["run"], message.data["decision"]) for message in ledger.outbox.claim(10, 60)]
    assert told == [(2, "accepted")] * 2
    assert ledger.inbox.undispatched(10) == ()
    assert len(ledger.cases.results("s-1")) == 2


@pytest.mark.parametrize(
    ("agreed", "left"),
    [
        pytest.param(True, [], id="it agrees"),
        pytest.param(False, [("s-1", WaitReason.DISSENT)], id="it does not, and a supervisor looks"),
    ],
)
def test_a_blind_look(ledger: Ledger, agreed: bool, left: list[tuple[str, WaitReason]]) -> None:
    case = ended(ledger, looks=EVERY)
    assert ledger.reviews.record_decision(RecordedDecision(case, "li", verdict(), agreed=agreed)) is None
    assert whys(ledger) == left
    assert all(one.escalated for one in ledger.reviews.queue(View(), 10).cases)
    assert [one.agreed for one in ledger.reviews.decisions("s-1")] == [agreed]
    assert len(ledger.cases.results("s-1")) == 1


def test_a_dissent_waits_on_whatever_the_machine_says_meanwhile(ledger: Ledger) -> None:
    case = ended(ledger, looks=EVERY)
    ledger.reviews.record_decision(RecordedDecision(case, "li", verdict(), agreed=False))
    newer_run(ledger, case)
    (left,) = ledger.reviews.queue(View(), 10).cases
    assert (left.why, left.run, left.escalated) == (WaitReason.DISSENT, 2, True)


def test_a_case_that_waits_on_keeps_its_place(ledger: Ledger, clock: Clock) -> None:
    case = ended(ledger, UNSURE)
    since = clock.now
    ledger.reviews.prioritise("s-1", "li", Priority.AT_DESK)
    ledger.reviews.hold("s-1", "li", 600)
    clock.forward(60)
    newer_run(ledger, case)
    left = ledger.reviews.waiting("s-1")
    assert left is not None
    assert (left.run, left.since, left.priority, left.owner) == (2, since, Priority.AT_DESK, "li")
    later = opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(later, result(later, UNSURE)))
    left = ledger.reviews.waiting("s-1")
    assert left is not None
    assert (left.revision, left.since, left.priority, left.owner) == (2, clock.now, Priority.AT_DESK, None)


def test_holding(ledger: Ledger, clock: Clock) -> None:
    ended(ledger, UNSURE)
    held = ledger.reviews.hold("s-1", "li", 60)
    assert (held.owner, held.held_by_another("li", clock.now), held.held_by_another("wang", clock.now)) == (
        "li",
        False,
        True,
    )
    with pytest.raises(HeldError) as caught:
        ledger.reviews.hold("s-1", "wang", 60)
    assert (caught.value.account, caught.value.until) == ("li", held.held_until)
    ledger.reviews.release("s-1", "wang")
    with pytest.raises(HeldError):
        ledger.reviews.hold("s-1", "wang", 60)
    clock.forward(61)
    assert ledger.reviews.hold("s-1", "wang", 60).owner == "wang"
    ledger.reviews.release("s-1", "wang")
    assert ledger.reviews.hold("s-1", "li", 60).owner == "li"


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda ledger, _: ledger.reviews.hold("s-1", "li", 60), id="hold"),
        pytest.param(lambda ledger, _: ledger.reviews.prioritise("s-1", "li", Priority.URGENT), id="put first"),
    ],
)
def test_what_does_not_wait_is_nobodys(ledger: Ledger, act: Callable[[Ledger, Case], object]) -> None:
    case = ended(ledger)
    with pytest.raises(NotWaitingError):
        act(ledger, case)


def test_a_supervisor_lays_a_decided_case_before_people_again(ledger: Ledger) -> None:
    case = ended(ledger, BLURRED)
    laid = ledger.reviews.reopen("s-1", "wang")
    assert (laid.why, laid.escalated, laid.run, laid.code) == (WaitReason.OBJECTION, True, 1, Code.REGISTER_ILLEGIBLE)
    assert ledger.reviews.record_decision(accepted(case, "wang")) == 2
    assert ledger.cases.latest_result("s-1").decision is Decision.ACCEPTED


def test_forgetting_a_child_takes_along_what_people_decided(ledger: Ledger) -> None:
    case = ended(ledger, UNSURE)
    ledger.reviews.record_decision(accepted(case)._replace(child=child(NUMBER), numbers=ChildNumbers((NUMBER,))))
    ledger.reviews.reopen("s-1", "wang")
    assert ledger.erasures.forget_child([NUMBER]).cases == 1
    assert tuple(ledger.reviews.all_decisions()) == ()
    assert whys(ledger) == []


def test_looking_is_recorded(ledger: Ledger) -> None:
    ended(ledger, UNSURE)
    ledger.audit.note(AuditKind.VIEWED, {"account": "li", "what": "page"}, "s-1")
    assert [one.kind for one in ledger.audit.trail("s-1")][-1] is AuditKind.VIEWED
    assert isinstance(ledger.cases.latest_result("s-1"), Result)


def test_scans_stay_while_somebody_objects_and_go_from_under_other_looks(ledger: Ledger, clock: Clock) -> None:
    ended(ledger, BLURRED, name="objected")
    ended(ledger, KNOWN, name="known")
    ended(ledger, UNSURE, name="review")
    ledger.reviews.reopen("objected", "wang")
    clock.forward(10)
    assert ledger.erasures.scans_due(clock.now) == 1
    assert ledger.erasures.expire_scans(clock.now, 10).cases == 1
    assert {name for name, _ in whys(ledger)} == {"objected", "review"}


def test_for_how_long_families_have_waited(ledger: Ledger, clock: Clock) -> None:
    first = clock.now
    ended(ledger, UNSURE, name="a")
    clock.forward(60)
    ended(ledger, UNSURE, name="b")
    ended(ledger, KNOWN, name="answered")
    assert ledger.operations.metrics()[6:8] == (2, first)
