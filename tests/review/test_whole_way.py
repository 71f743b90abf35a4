"""A case from the machine to a person and back: judged, opened, decided, registered, told."""

import time
from dataclasses import dataclass

import pytest

from models.codes import Code, Reason
from models.content import Content
from models.documents import Field, Person
from models.errors import ChildExistsError, StaleCaseError
from models.policy import NameLimits, Policy, ReviewSampling
from models.register import KnownChild
from models.result import Decision
from models.review import Relation, ReviewOutcome, Role, WaitReason
from models.review_case import View
from models.submission import Sex
from pipeline.cases.conclude import judge_case, record
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import AuditKind, UploadEvent, Via
from pipeline.review.deciding import decide_case, registered
from pipeline.review.validation import issues_of
from tests.support.cards import CERTIFICATE_NUMBER, CHILD_NUMBER, MOTHER_NUMBER, certificate, id_number, member, mother
from tests.support.dossiers import FAMILY, dossier
from tests.support.lines import ENGINE, Ink
from tests.support.reviewing import (
    CASE,
    DIFFERENT,
    DOUBTED,
    HIS,
    KNOWN,
    OLD,
    Sending,
    accepting,
    all_looked,
    intent,
    judged,
    looked,
    opened,
    opened_again,
    place,
    reader_of,
    returning,
    row_of,
    verdict,
)
from tests.support.values import BORN

BLUR = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
DRAWN = Sending(looks=ReviewSampling(share=1))
MISREAD = id_number("20191123", 4)
HERS = KnownChild(name="欧阳靖萱", sex=Sex.FEMALE, birth_date=BORN, id_number=CHILD_NUMBER)


def test_a_doubt_is_cleared_recorded_registered_and_told(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    assert found.laid_out.waiting is not None
    assert found.laid_out.waiting.why is WaitReason.REVIEW
    wanted = intent(found, accepting(found, *all_looked(found.sheet, name="欧阳靖萱")))
    assert issues_of(found, wanted) == ()
    assert decide_case(found, wanted, ledger) == 2
    assert ledger.cases.latest_result(CASE).decision is Decision.ACCEPTED
    (child,) = ledger.children.export()
    assert (child.name, child.id_number, child.submission_id) == ("欧阳靖萱", CHILD_NUMBER, CASE)
    told = [(message.data["run"], message.data["decision"]) for message in ledger.outbox.claim(10, 60)]
    assert told == [(2, "accepted")]
    decided = ledger.audit.trail(CASE)[-1]
    assert (decided.kind, decided.details["account"], decided.details["corrected"]) == (AuditKind.DECIDED, "li", 1)
    assert decide_case(opened_again(ledger), wanted, ledger) == 2


def test_a_family_is_sent_home_and_the_child_can_still_be_forgotten(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    row = row_of(found.sheet, Field.NAME)
    wanted = intent(found, returning(found, DIFFERENT, place(found, Field.NAME), looked(row, "欧阳靖宣")))
    assert issues_of(found, wanted) == ()
    decide_case(found, wanted, ledger)
    assert [(one.code, one.reason) for one in ledger.cases.latest_result(CASE).findings] == [DIFFERENT]
    assert tuple(ledger.children.export()) == ()
    assert ledger.erasures.forget_child([CHILD_NUMBER]).cases == 1


@pytest.mark.parametrize("outcome", [Decision.ACCEPTED, Decision.RETURNED])
def test_the_machine_tells_what_the_person_decided(ledger: Ledger, outcome: Decision) -> None:
    found = opened(ledger, *DOUBTED)
    accepted = accepting(found, *all_looked(found.sheet))
    wanted = accepted if outcome is Decision.ACCEPTED else returning(found, BLUR, place(found, Field.NAME))
    decide_case(found, intent(found, wanted), ledger)
    ledger.outbox.claim(10, 600)
    ledger.inbox.add_upload(UploadEvent(bucket="b", key="inbox/1/submission.json", etag="e", via=Via.EVENT))
    (item,) = ledger.inbox.undispatched(10)
    content = found.laid_out.content or Content(ENGINE, CONTENT_VERSION, ())
    lease = ledger.inbox.lease(item.item_id, "worker", 60)
    after = record(
        judge_case(found.laid_out.case, content, ledger, reader_of(Sending()), began=time.monotonic()),
        ledger,
        reader_of(Sending()),
        lease,
    )
    assert after == ledger.cases.latest_result(CASE)
    assert after.decision is outcome
    assert [message.data["run"] for message in ledger.outbox.claim(10, 60)] == [2]
    assert ledger.inbox.undispatched(10) == ()


def test_of_a_case_that_was_sent_in_anew_nothing_is_decided_that_was_seen_before(ledger: Ledger) -> None:
    before = opened(ledger, *DOUBTED)
    seen = accepting(before, *all_looked(before.sheet))
    case = ledger.cases.open(before.laid_out.case.submission, before.laid_out.case.files, "1" * 64)
    content = before.laid_out.content or Content(ENGINE, CONTENT_VERSION, ())
    ledger.cases.keep_content(case, content)
    record(
        judge_case(case, content, ledger, reader_of(Sending()), began=time.monotonic()), ledger, reader_of(Sending())
    )
    newer = opened_again(ledger)
    assert (newer.laid_out.case.revision, newer.laid_out.run) == (2, seen.run)
    with pytest.raises(StaleCaseError):
        decide_case(newer, intent(newer, seen), ledger)


@dataclass(frozen=True)
class Number:
    """A number of the child as typed in, as read and as seen, and as the register should know it."""

    typed: str | None
    read: str
    seen: str | None
    registered: str | None
    version: int = CONTENT_VERSION
    note: str = ""


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(Number(CHILD_NUMBER, CHILD_NUMBER, None, CHILD_NUMBER), id="as all have it"),
        pytest.param(Number(CHILD_NUMBER, MISREAD, CHILD_NUMBER, CHILD_NUMBER), id="misread, and a person saw better"),
        pytest.param(Number(None, MISREAD, CHILD_NUMBER, CHILD_NUMBER), id="misread, and nobody typed it in"),
        pytest.param(
            Number(MISREAD, MISREAD, CHILD_NUMBER, CHILD_NUMBER, note="填写有误"), id="mistyped, and misread alike"
        ),
        pytest.param(Number(CHILD_NUMBER, CHILD_NUMBER, None, CHILD_NUMBER, OLD), id="typed in, and shown before"),
        pytest.param(Number(None, CHILD_NUMBER, None, None, OLD), id="shown before, and not typed in"),
        pytest.param(Number(None, MISREAD, CHILD_NUMBER, CHILD_NUMBER, OLD), id="shown before, and a person saw it"),
    ],
)  # fmt: skip
def test_which_number_the_register_gets(ledger: Ledger, one: Number) -> None:
    files = (
        *FAMILY[:4],
        member({"姓名": Ink("欧阳靖宣", weak={3: 0.9}), "公民身份证件编号": Ink(one.read, weak={16: 0.6})}),
    )
    found = opened(ledger, *files, sending=Sending(child={"id_number": one.typed}, version=one.version))
    seen = {"id_number": one.seen} if one.seen else {}
    wanted = intent(found, accepting(found, *all_looked(found.sheet, name="欧阳靖萱", **seen), note=one.note))
    assert issues_of(found, wanted) == ()
    decide_case(found, wanted, ledger)
    assert [child.id_number for child in ledger.children.export()] == [one.registered]
    if one.seen and one.read != one.seen:
        assert ledger.erasures.forget_child([one.read]).cases == 0


def test_a_parents_number_is_never_the_childs(ledger: Ledger) -> None:
    files = (*DOUBTED[:4], mother(), DOUBTED[4], certificate())
    found = opened(ledger, *files, sending=Sending(child={"id_number": MOTHER_NUMBER}, version=OLD))
    assert registered(found, ())[0].id_number is None


def test_what_a_person_saw_of_the_mother_and_of_the_certificate_is_registered(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED, mother(), certificate())
    mothers = looked(row_of(found.sheet, Field.ID_NUMBER, Person.MOTHER), id_number("19900202", 6))
    paper = looked(row_of(found.sheet, Field.CERTIFICATE_NUMBER), "t110000007")
    child, numbers = registered(found, (mothers, paper))
    assert (child.mother_id_number, child.birth_certificate_number) == (id_number("19900202", 6), "T110000007")
    assert numbers.birth_certificate_numbers == ("T110000007",)
    assert registered(found, ())[0].birth_certificate_number == CERTIFICATE_NUMBER


def test_a_private_code_is_registered_as_what_it_was_made_for(ledger: Ledger) -> None:
    policy = Policy(names=NameLimits(legacy_gbk=True))
    for version in (CONTENT_VERSION, OLD):
        sending = Sending(child={"name": "欧阳\ue863"}, policy=policy, version=version)
        assert registered(opened(ledger, *FAMILY, sending=sending), ())[0].name == "欧阳䶮"


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        pytest.param(ReviewOutcome.ACCEPT, [], id="it agrees, whatever was looked at"),
        pytest.param(ReviewOutcome.RETURN, [WaitReason.DISSENT], id="it does not, and a supervisor looks"),
    ],
)
def test_a_blind_look_says_no_more_than_its_decision(
    ledger: Ledger, outcome: ReviewOutcome, left: list[WaitReason]
) -> None:
    found = opened(ledger, *FAMILY, sending=DRAWN)
    assert found.laid_out.waiting is not None
    assert found.laid_out.waiting.why is WaitReason.SECOND_LOOK
    told = verdict(found, ReviewOutcome.ACCEPT) if outcome is ReviewOutcome.ACCEPT else returning(
        found, DIFFERENT, place(found, Field.NAME)
    )  # fmt: skip
    assert issues_of(found, intent(found, told)) == ()
    assert decide_case(found, intent(found, told), ledger) is None
    assert [one.why for one in ledger.reviews.queue(View(), 10).cases] == left
    assert len(ledger.cases.results(CASE)) == 1


def test_a_blind_look_at_what_was_returned_agrees_by_returning_it_for_whatever_reason(ledger: Ledger) -> None:
    found = opened(ledger, *FAMILY[1:], sending=DRAWN)
    wanted = intent(found, returning(found, BLUR, place(found, Field.NAME)))
    assert issues_of(found, wanted) == ()
    decide_case(found, wanted, ledger)
    assert [one.agreed for one in ledger.reviews.decisions(CASE)] == [True]


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        pytest.param(HERS, [KNOWN], id="the same child"),
        pytest.param(HIS, [(Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT)], id="a number that somebody else has"),
        pytest.param(HERS.model_copy(update={"id_number": MISREAD}), [], id="a namesake of that day is not shown"),
    ],
)
def test_which_records_are_shown(ledger: Ledger, known: KnownChild, shown: list[tuple[Code, Reason]]) -> None:
    found = opened(ledger, *FAMILY, sending=Sending(known=(known,)))
    assert [(relative.code, relative.reason) for relative in found.relatives] == shown
    assert all(relative.child == known for relative in found.relatives)


def test_a_known_child_is_confirmed_and_told_once_more(ledger: Ledger) -> None:
    found = opened(ledger, *FAMILY, sending=Sending(known=(HERS,)))
    assert found.laid_out.waiting is not None
    assert found.laid_out.waiting.why is WaitReason.KNOWN_CHILD
    wanted = intent(found, returning(found, KNOWN, None, relation=Relation.SAME_CHILD))
    assert issues_of(found, wanted) == ()
    decide_case(found, wanted, ledger)
    assert [(one.code, one.reason) for one in ledger.cases.latest_result(CASE).findings] == [KNOWN]


def test_two_children_never_share_a_number_whoever_says_so(ledger: Ledger) -> None:
    judged(ledger, *FAMILY, sending=Sending(known=(HERS,)))
    found = opened_again(ledger)
    wanted = intent(found, accepting(found, relation=Relation.ANOTHER_CHILD))
    assert issues_of(found, wanted) == ()
    with pytest.raises(ChildExistsError):
        decide_case(found, wanted, ledger)
    assert ledger.reviews.decisions(CASE) == ()


def test_an_objection_that_came_while_somebody_looked_blindly_stays(ledger: Ledger) -> None:
    blind = opened(ledger, *FAMILY, sending=Sending(looks=ReviewSampling(share=1)))
    ledger.reviews.reopen(CASE, "wang")
    with pytest.raises(StaleCaseError):
        decide_case(blind, intent(blind, accepting(blind)), ledger)
    assert [one.why for one in ledger.reviews.queue(View(), 10).cases] == [WaitReason.OBJECTION]


def test_nobody_registers_a_number_that_another_engine_read_than_the_one_they_saw(ledger: Ledger) -> None:
    seen = opened(ledger, *DOUBTED, sending=Sending(child={"id_number": None}))
    other = dossier(*FAMILY[:4], member({"公民身份号码": "11019920191123004X"}), child={"id_number": None})
    files = tuple(file.content for file in other.files)
    ledger.cases.keep_content(seen.laid_out.case, Content("another-1/none/0000/0", CONTENT_VERSION, files))
    found = opened_again(ledger)
    assert found.dossier is None
    assert registered(found, all_looked(found.sheet))[0].id_number in (None, CHILD_NUMBER)


def test_a_return_of_what_was_accepted_takes_the_child_out_of_the_register(ledger: Ledger) -> None:
    judged(ledger, *FAMILY)
    assert [child.id_number for child in ledger.children.export()] == [CHILD_NUMBER]
    ledger.reviews.reopen(CASE, "wang")
    found = opened_again(ledger)
    seen = looked(row_of(found.sheet, Field.NAME), "欧阳靖宣")
    returned = intent(found, returning(found, DIFFERENT, place(found, Field.NAME), seen), role=Role.SUPERVISOR)
    assert issues_of(found, returned) == ()
    decide_case(found, returned, ledger)
    assert ledger.cases.latest_result(CASE).decision is Decision.RETURNED
    assert tuple(ledger.children.export()) == ()  # else whose number it is would be told that the child is known
    assert ledger.erasures.forget_child([CHILD_NUMBER]).cases == 1
