"""Fields that other weights read than those the confidences were learned from never return a case by themselves."""

import pytest

from models.content import Slot
from models.documents import Field
from models.findings import Code, Severity
from models.reading import PageReading
from models.result import Decision
from pipeline.judge.case import judge
from tests.support.cards import emblem, member
from tests.support.dossiers import FAMILY, READER, dossier
from tests.support.lines import Ink

FOREIGN = "paddleocr-3.7.0/f32/ee2dff520b8c6222/960"
OVER = emblem("2006.11.19-2016.11.19")
FAINT = member({"性别": Ink("男", sure=0.02)})


def _by(engine: str | None, *pages: PageReading) -> tuple[PageReading, ...]:
    return tuple(page.model_copy(update={"engine": engine}) if engine else page for page in pages)


@pytest.mark.parametrize(
    ("pages", "code", "doubt"),
    [
        pytest.param((FAMILY[0], OVER, *FAMILY[2:]), Code.EXPIRED, Code.EXPIRED, id="a card that is over"),
        pytest.param((*FAMILY[:4], FAINT), Code.REGISTER_ILLEGIBLE, Code.SEX_DIFFERS, id="a sex that hardly reads"),
    ],
)
def test_what_is_certain_with_our_weights_is_for_a_person_with_others(
    pages: tuple[PageReading, ...], code: Code, doubt: Code
) -> None:
    ours, theirs = (judge(dossier(*_by(engine, *pages)), (), READER) for engine in (None, FOREIGN))
    assert ours.decision is Decision.RETURNED
    assert {finding.severity for finding in ours.findings if finding.code is code} == {Severity.REJECT}
    assert theirs.decision is Decision.REVIEW
    assert {(finding.code, finding.severity) for finding in theirs.findings} == {(doubt, Severity.REVIEW)}


def test_a_case_in_which_everything_agrees_is_accepted_with_either() -> None:
    ours, theirs = (judge(dossier(*_by(engine, *FAMILY)), (), READER) for engine in (None, FOREIGN))
    assert (ours.decision, theirs.decision) == (Decision.ACCEPTED, Decision.ACCEPTED)
    assert max(value.confidence for value in ours.fields) > 0.98
    assert max(value.confidence for value in theirs.fields) <= 0.9


def test_a_page_without_the_field_is_returned_with_either() -> None:
    nameless = member({"姓名": None})
    held = dossier(*_by(FOREIGN, *FAMILY[:4], nameless))
    assert Slot(Field.NAME) not in held.pages[-1].content.fields
    assert judge(held, (), READER).decision is Decision.RETURNED
