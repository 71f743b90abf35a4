from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.case import FailedPage, FileReading, ReadPage
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Reason
from models.reading import PageReading
from models.register import Birth, ChildNumbers, Delivery, KnownChild
from models.result import Decision, Judgement, decide
from models.submission import IdType, Sex
from pipeline.extract.extraction import extract_files
from pipeline.judge.case import identifying, judge, register_query, registration
from pipeline.judge.dossier import open_dossier
from tests.support.cards import (
    CERTIFICATE_NUMBER,
    CHILD_NUMBER,
    MOTHER_NUMBER,
    certificate,
    emblem,
    home,
    member,
    mother,
    unreadable,
)
from tests.support.dossiers import FAMILY, READER, Sent, dossier
from tests.support.lines import Ink, Words, page, rows

REGISTER = DocumentKind.HOUSEHOLD_REGISTER
COVER = page(rows({}, title="居民户口簿"))
BAD_PAGE = FailedPage(page_no=2, code=Code.BAD_FILE, reason=Reason.DAMAGED)
CRASH = FailedPage(page_no=2, code=Code.OUR_FAULT, reason=Reason.ENGINE_CRASH)
UNSURE_NAME = member({"姓名": Ink("欧阳靖宣", weak={3: 0.9}, others={3: {"萱": 0.09}})})
KNOWN = KnownChild(name="欧阳靖萱", sex=Sex.FEMALE, birth_date=date(2019, 11, 23), id_number=CHILD_NUMBER)


def judged(*files: Sent | PageReading, known: tuple[KnownChild, ...] = (), **change: object) -> Judgement:
    return judge(dossier(*files, child=change), known, READER)


def told(judgement: Judgement) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in judgement.findings]


def test_boxes_of_a_finely_drawn_page_are_those_of_a_result() -> None:
    plain, fine = (judged(*FAMILY[:4], member().model_copy(update={"unit": unit})) for unit in (1.0, 0.5))
    for whole, half in zip(plain.fields[-3:], fine.fields[-3:], strict=True):
        assert half.box == whole.box.scaled(0.5)
    assert fine.pages[-1].quad == plain.pages[-1].quad.scaled(0.5)


@pytest.mark.parametrize(
    ("files", "decision", "codes"),
    [
        pytest.param(FAMILY, Decision.ACCEPTED, [], id="a family whose documents agree"),
        pytest.param(FAMILY[1:], Decision.RETURNED, [(Code.PAGE_MISSING, Reason.ID_PORTRAIT)], id="a page is missing"),
        pytest.param(
            (*FAMILY[:4], UNSURE_NAME), Decision.REVIEW, [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)], id="a doubt"
        ),
        pytest.param(
            (Sent((FAMILY[0],), REGISTER), *FAMILY[1:]),
            Decision.ACCEPTED,
            [(Code.WRONG_DOCUMENT, Reason.DECLARED)],
            id="a hint that content contradicts",
        ),
        pytest.param(
            (*FAMILY, Sent((home(),), failed=CRASH)),
            Decision.REVIEW,
            [(Code.OUR_FAULT, Reason.ENGINE_CRASH)],
            id="our fault is nobody else's",
        ),
        pytest.param(
            (*FAMILY, Sent((home(),), failed=BAD_PAGE)),
            Decision.RETURNED,
            [(Code.BAD_FILE, Reason.DAMAGED)],
            id="one bad page does not stop the others",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": Ink("欧阳靖宣", sure=0.05)})),
            Decision.RETURNED,
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="what cannot be read is never compared",
        ),
        pytest.param(
            (*FAMILY[:4], Sent((unreadable(),), REGISTER)),
            Decision.RETURNED,
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="a page that cannot be read is not missing",
        ),
        pytest.param((*FAMILY, member()), Decision.ACCEPTED, [], id="the same page twice"),
        pytest.param((COVER, *FAMILY), Decision.ACCEPTED, [], id="the cover came as well"),
        pytest.param((*FAMILY[:2], home({"户号": None}), *FAMILY[3:]), Decision.ACCEPTED, [], id="a 首页 without 户号"),
        pytest.param(
            (*FAMILY, certificate({"出生孕周": "38+2"}, mother={"有效身份证件号码": "E12345678", "国籍": "美国"})),
            Decision.ACCEPTED,
            [],
            id="a foreign mother with a passport, and a birth after 38+2 weeks",
        ),
    ],
)
def test_a_case(files: Sequence[Sent | PageReading], decision: Decision, codes: list[tuple[Code, Reason]]) -> None:
    judgement = judged(*files)
    assert (judgement.decision, told(judgement)) == (decision, codes)


def test_an_upload_that_broke_off_asks_for_one_thing() -> None:
    judgement = judged(*FAMILY[:4], Sent(failure=(Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE), hint=REGISTER))
    assert told(judgement) == [(Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE)]
    assert "没有传完" in judgement.notice
    assert judgement.decision is Decision.RETURNED


def test_the_same_finding_never_appears_twice() -> None:
    pages = judged(*FAMILY[:4], member(), id_number="110199201911230047")
    assert told(pages) == [(Code.NUMBER_DIFFERS, Reason.ENTERED)]
    failed = FailedPage(page_no=2, code=Code.BAD_FILE, reason=Reason.DAMAGED)
    held = dossier(*FAMILY, Sent((home(),), failed=failed))
    doubled = replace(held, files=(*held.files, held.files[-1]))
    assert told(judge(doubled, (), READER)) == [(Code.BAD_FILE, Reason.DAMAGED)]


def test_a_known_child_is_told() -> None:
    assert told(judged(*FAMILY, known=(KNOWN,))) == [(Code.CHILD_EXISTS, Reason.ID_NUMBER)]


def test_pages_in_are_pages_out_in_the_order_of_the_files() -> None:
    files = (Sent((home(), emblem()), failed=None), Sent((page(()),), failed=BAD_PAGE), Sent((unreadable(),), REGISTER))
    outcomes = judged(*files).pages
    assert [(page.file, page.page_no, page.kind, page.legible) for page in outcomes] == [
        ("1.jpg", 1, PageKind.HUKOU_HOME, True),
        ("1.jpg", 2, PageKind.ID_EMBLEM, True),
        ("2.jpg", 1, PageKind.OTHER, True),
        ("2.jpg", 2, PageKind.UNREADABLE, False),
        ("3.jpg", 1, PageKind.UNREADABLE, False),
    ]


def test_two_documents_on_one_page_are_two_outcomes() -> None:
    held = dossier(*FAMILY)
    both = FileReading(file=held.files[0].file, pages=(ReadPage(page_no=1, readings=(home(), emblem())),))
    case = held.case.model_copy(update={"files": (both.file,)})
    outcomes = judge(open_dossier(case, extract_files([both]), READER), (), READER).pages
    assert [(outcome.page_no, outcome.kind) for outcome in outcomes] == [
        (1, PageKind.HUKOU_HOME),
        (1, PageKind.ID_EMBLEM),
    ]


@pytest.mark.parametrize(
    ("pages", "child", "ids", "certificates"),
    [
        pytest.param((member(),), {}, (CHILD_NUMBER,), (), id="the number on the card"),
        pytest.param((member(), certificate()), {}, (CHILD_NUMBER,), (CERTIFICATE_NUMBER,), id="both numbers"),
        pytest.param((member(),), {"id_number": "1"}, (CHILD_NUMBER,), (), id="the card's, whatever was typed in"),
        pytest.param(
            (),
            {"birth_certificate_number": "T1"},
            (CHILD_NUMBER,),
            ("T1",),
            id="those that were typed in, where no page shows any",
        ),
    ],
)
def test_by_which_numbers_a_case_is_its_childs(
    pages: Sequence[PageReading], child: dict[str, object], ids: tuple[str, ...], certificates: tuple[str, ...]
) -> None:
    held = dossier(*FAMILY[:4], *pages, child=child)
    assert identifying(held, READER.policy) == ChildNumbers(ids, certificates)


def test_fields_say_whose_they_are() -> None:
    fields = judged(
        *FAMILY, certificate(), member({"姓名": "王大山", "出生日期": "2010年1月1日", "公民身份证件编号": None})
    ).fields
    people = {(field.file, field.field): field.person for field in fields if field.field is Field.NAME}
    assert people[("1.jpg", Field.NAME)] is Person.FATHER
    assert people[("5.jpg", Field.NAME)] is Person.CHILD
    assert people[("7.jpg", Field.NAME)] is Person.OTHER
    named = {field.person for field in fields if field.file == "6.jpg" and field.field is Field.NAME}
    assert named == {Person.CHILD, Person.MOTHER, Person.FATHER}
    assert {field.person for field in fields if field.field is Field.HOUSEHOLD_NUMBER} == {None}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        pytest.param("女", "女", id="a value"),
        pytest.param("另", None, id="a text that is no such value"),
        pytest.param(Ink("女", sure=0.03), None, id="a value that hardly reads"),
    ],
)
def test_what_means_nothing_has_its_place_and_no_value(words: Words, value: str | None) -> None:
    fields = judged(*FAMILY[:4], member({"性别": words})).fields
    (sex,) = (field for field in fields if field.file == "5.jpg" and field.field is Field.SEX)
    assert (sex.value, sex.box.width) == (value, 30)
    assert (sex.confidence > READER.policy.legibility.unreadable) is (value is not None)


def test_whom_to_look_for() -> None:
    held = dossier(*FAMILY, certificate(), child={"name": "欧阳靖萱"})
    asked = register_query(held)
    assert asked.submission_id == "case-1"
    assert asked.id_numbers == (CHILD_NUMBER,)
    assert asked.birth_certificate_numbers == (CERTIFICATE_NUMBER,)
    assert asked.births == (Birth("欧阳靖萱", Sex.FEMALE, date(2019, 11, 23)),)
    assert asked.deliveries == (Delivery(MOTHER_NUMBER, date(2019, 11, 23)),)


@pytest.mark.parametrize(
    ("pages", "change", "numbers"),
    [
        pytest.param(
            (*FAMILY, certificate()), {}, (CHILD_NUMBER, CERTIFICATE_NUMBER, MOTHER_NUMBER), id="everything is known"
        ),
        pytest.param(FAMILY, {}, (CHILD_NUMBER, None, None), id="without a certificate"),
        pytest.param(
            (*FAMILY[:4], mother(), certificate()),
            {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None},
            (None, CERTIFICATE_NUMBER, MOTHER_NUMBER),
            id="without a number",
        ),
    ],
)
def test_the_child_as_the_register_will_know_it(
    pages: Sequence[PageReading], change: dict[str, object], numbers: tuple[str | None, ...]
) -> None:
    child = registration(dossier(*pages, child=change), READER.policy)
    assert (child.id_number, child.birth_certificate_number, child.mother_id_number) == numbers
    assert (child.name, child.sex, child.birth_date, child.withdrawn) == (
        "欧阳靖萱",
        Sex.FEMALE,
        date(2019, 11, 23),
        False,
    )
    assert child.submission_id == "case-1"


_PAGES = [*FAMILY, mother(), certificate(), UNSURE_NAME, page(()), unreadable(), emblem("2010.01.01-2020.01.01")]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(_PAGES), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_files_decides_nothing(pages: list[PageReading], random: object) -> None:
    shuffled = sorted(pages, key=lambda page: hash((random.random(), id(page))))  # type: ignore[attr-defined]
    first, second = judged(*pages), judged(*shuffled)
    assert first.decision is second.decision
    assert set(told(first)) == set(told(second))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(_PAGES), min_size=1, max_size=7))
def test_judging_is_repeatable_and_its_decision_follows_from_its_findings(pages: list[PageReading]) -> None:
    judgement = judged(*pages)
    assert judgement == judged(*pages)
    assert judgement.decision is decide(judgement.findings)
    assert len(judgement.pages) == len(pages)
    assert all(finding.file is None or finding.page_no is not None for finding in judgement.findings)
