"""What comes of a decision: a result that follows from its findings, in words that a parent can read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import CATALOGUE
from models.codes import Code, Reason
from models.documents import Field, Person
from models.findings import Finding, Severity, found
from models.languages import Language, wordings
from models.messages import MessageContext, message_text
from models.policy import Policy
from models.result import Decision, Result, decide
from models.review import Relation, ReviewDecision
from models.review_case import CaseForReview
from pipeline.ledger.ledger import Ledger
from pipeline.review.deciding import accepted, returned
from pipeline.review.return_reasons import finding_of, fits, offered_reasons, place_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import sheet_of
from pipeline.review.validation import Problem, issues_of
from tests.support.cards import CERTIFICATE_NUMBER, CHILD_NUMBER, certificate, member, mother
from tests.support.dossiers import FAMILY, dossier
from tests.support.lines import Ink
from tests.support.reviewing import (
    DIFFERENT,
    DOUBTED,
    HIS,
    KNOWN,
    Sending,
    intent,
    looked,
    opened,
    place,
    returning,
    row_of,
)
from tests.support.values import result

CASE = dossier(*FAMILY).case
EVERY = [(code, reason, severity) for (code, reason), severities in CATALOGUE.items() for severity in severities]
TOLD = st.lists(st.sampled_from(EVERY), max_size=6)
SEVENTH = "第7个字您填写的是“提”，证件上是“堤”"

UNFILLED = re.compile(r"[{}]|None|“”")


def reviewed(before: Result) -> ReviewCase:
    """A case with this result, whose content was not kept."""
    laid_out = CaseForReview(CASE, before, 1, None, None, None, (), newer=False)
    return ReviewCase(laid_out, None, sheet_of(CASE, before, None, Policy(), []), (), Policy())


def findings(told: list[tuple[Code, Reason, Severity]]) -> tuple[Finding, ...]:
    return tuple(found(code, reason, severity=severity) for code, reason, severity in told)


@given(TOLD)
def test_what_a_person_accepted_is_accepted_whatever_was_found(told: list[tuple[Code, Reason, Severity]]) -> None:
    before = result(CASE).model_copy(update={"findings": findings(told), "decision": decide(findings(told))})
    after = accepted(reviewed(before))
    assert after.decision is decide(after.findings) is Decision.ACCEPTED
    assert all(one.next_step == wordings(Language.ZH_HANS).noted for one in after.findings)
    assert {(one.code, one.reason) for one in after.findings} <= {(code, reason) for code, reason, _ in told}
    changed = {"findings": after.findings, "decision": after.decision, "notice": after.notice}
    assert after == before.model_copy(update=changed)
    assert "审核通过" in (after.notice or "")


@pytest.mark.parametrize("told", [pytest.param([one], id="/".join(one)) for one in EVERY])
def test_no_entry_of_the_catalogue_keeps_a_case_from_being_accepted(told: list[tuple[Code, Reason, Severity]]) -> None:
    kept = accepted(reviewed(result(CASE).model_copy(update={"findings": findings(told)}))).findings
    assert bool(kept) is (Severity.WARNING in CATALOGUE[told[0][:2]])


def test_every_reason_that_is_offered_can_be_told_of_every_place_that_it_fits(ledger: Ledger) -> None:
    files = (*DOUBTED[:4], member({"曾用名": "欧阳宣", "姓名": "欧阳靖宣"}), mother(), certificate())
    sending = Sending(known=(HIS,), child={"birth_certificate_number": CERTIFICATE_NUMBER})
    opened_case = opened(ledger, *files, sending=sending)
    chosen = [f"r{n}" for n in range(len(opened_case.sheet.rows))] + [f"p{n}" for n in range(len(files))]
    told = set()
    for one in offered_reasons(opened_case):
        for where in (place_of(opened_case, name) for name in chosen):
            verdict = returning(opened_case, one[:2], where, relation=Relation.SAME_CHILD)
            if fits(one.code, where) and Problem.NO_PLACE not in _problems(opened_case, verdict):
                after = returned(opened_case, verdict)
                assert after.decision is decide(after.findings) is Decision.RETURNED
                sent = MessageContext(opened_case.upload, Decision.RETURNED, opened_case.hospital)
                for language in Language:
                    assert not UNFILLED.search(message_text(after.findings[0], language, sent).message)
                told.add(one[:2])
    assert told == {one[:2] for one in offered_reasons(opened_case)}


def _problems(opened_case: ReviewCase, verdict: ReviewDecision) -> set[Problem]:
    return {one.problem for one in issues_of(opened_case, intent(opened_case, verdict))}


def test_a_note_of_what_is_the_reason_is_not_told_twice(ledger: Ledger) -> None:
    opened_case = opened(ledger, *FAMILY)
    where = place_of(opened_case, "p0")
    assert where is not None
    declared = found(Code.WRONG_DOCUMENT, Reason.DECLARED, where, severity=Severity.WARNING)
    aside = found(Code.CONTRADICTION, Reason.AGE)
    before = opened_case.laid_out.result.model_copy(update={"findings": (declared, aside)})
    noted = opened_case._replace(laid_out=opened_case.laid_out._replace(result=before))
    after = returned(noted, returning(noted, (Code.WRONG_DOCUMENT, Reason.DECLARED), where))
    assert [(one.code, one.severity) for one in after.findings] == [
        (Code.WRONG_DOCUMENT, Severity.REJECT),
        (Code.CONTRADICTION, Severity.WARNING),
    ]


@pytest.mark.parametrize(
    ("entered", "seen", "words"),
    [
        pytest.param("欧阳靖萱", "欧阳靖宣", "第4个字您填写的是“萱”，证件上是“宣”", id="the last character"),
        pytest.param("欧阳靖萱", "欧杨靖宣", "第2个字您填写的是“阳”，证件上是“杨”", id="the first of two"),
        pytest.param("欧阳靖萱", "欧阳萱", "您填写的姓名有4个字，户口本孩子本人页上有3个字", id="one too many"),
        pytest.param("欧阳萱", "欧阳靖萱", "您填写的姓名有3个字，户口本孩子本人页上有4个字", id="one too few"),
        pytest.param("阿依古丽·买买提", "阿依古丽·买买堤", SEVENTH, id="a dot is no character"),
        pytest.param("阿依古丽买买提", "阿依古丽·买买堤", SEVENTH, id="nor one that is missing"),
        pytest.param(
            "阿依古丽·买买提", "阿依古丽买买提江", "有7个字，户口本孩子本人页上有8个字", id="nor of another length"
        ),
        pytest.param("欧阳𬀩", "欧阳𬀪", "第3个字您填写的是“𬀩”，证件上是“𬀪”", id="outside the basic plane"),
        pytest.param(
            "𠮷田", "𠮷𬀪田", "有2个字，户口本孩子本人页上有3个字", id="outside the basic plane each is one"
        ),
    ],
)  # fmt: skip
def test_a_name_that_differs_is_told_by_its_character(ledger: Ledger, entered: str, seen: str, words: str) -> None:
    files = (*FAMILY[:4], member({"姓名": Ink(seen, sure=0.9)}))
    opened_case = opened(ledger, *files, sending=Sending(child={"name": entered}))
    verdict = returning(
        opened_case, DIFFERENT, place(opened_case, Field.NAME), looked(row_of(opened_case.sheet, Field.NAME), seen)
    )
    assert issues_of(opened_case, intent(opened_case, verdict)) == ()
    one = returned(opened_case, verdict).findings[0]
    assert words in one.message
    assert (one.code, one.severity, one.entered, one.read) == (Code.NAME_DIFFERS, Severity.REJECT, entered, seen)


def test_of_three_names_on_a_certificate_the_childs_is_told(ledger: Ledger) -> None:
    files = (*FAMILY[:4], mother(), certificate({"新生儿姓名": "欧阳靖宣"}, father={"父亲姓名": "欧阳旭"}))
    opened_case = opened(ledger, *files)
    fathers = looked(row_of(opened_case.sheet, Field.NAME, Person.FATHER), "欧阳旭")
    childs = looked(row_of(opened_case.sheet, Field.NAME), "欧阳静萱")
    verdict = returning(opened_case, DIFFERENT, place(opened_case, Field.NAME), fathers, childs)
    assert "第3个字您填写的是“靖”，证件上是“静”" in returned(opened_case, verdict).findings[0].message


def test_of_a_known_child_the_family_is_told_nothing_of_the_record(ledger: Ledger) -> None:
    opened_case = opened(ledger, *FAMILY, sending=Sending(known=(HIS,)))
    where = place(opened_case, Field.ID_NUMBER)
    verdict = returning(opened_case, KNOWN, where, relation=Relation.SAME_CHILD)
    assert finding_of(opened_case, verdict) == found(*KNOWN)
    told = returned(opened_case, verdict).findings
    assert [one.model_dump(exclude={"code", "reason", "severity", "message", "next_step"}) for one in told] == [
        dict.fromkeys(set(Finding.model_fields) - {"code", "reason", "severity", "message", "next_step"})
    ] * len(told)
    assert not any(CHILD_NUMBER in one.message for one in told)


def test_what_cannot_be_read_is_not_quoted(ledger: Ledger) -> None:
    opened_case = opened(ledger, *DOUBTED)
    verdict = returning(opened_case, (Code.REGISTER_ILLEGIBLE, Reason.GLARE), place(opened_case, Field.NAME))
    one = returned(opened_case, verdict).findings[0]
    assert (one.read, one.entered, one.message) == (None, None, "户口本孩子本人页姓名处反光，看不清。")


@pytest.mark.parametrize(
    "why",
    [
        pytest.param((None, None), id="none"),
        pytest.param((Code.NAME_DIFFERS, Reason.BLUR), id="one that is none"),
        pytest.param((Code.NAME_IN_DOUBT, Reason.UNCERTAIN), id="a doubt"),
        pytest.param((Code.BAD_FILE, Reason.DAMAGED), id="a file that opens"),
    ],
)
def test_a_return_has_a_reason(ledger: Ledger, why: tuple[Code, Reason]) -> None:
    opened_case = opened(ledger, *DOUBTED)
    with pytest.raises(ValueError, match=r"reason|machine"):
        finding_of(opened_case, returning(opened_case, why, None))
