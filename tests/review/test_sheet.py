"""A case as a person looks at it: which row a finding is about, what is marked, offered and enlarged."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from models.case import FailedPage
from models.codes import Code, Reason
from models.documents import DocumentKind, Field, Person
from models.policy import NameLimits, Policy
from models.reading import PageReading
from pipeline.ledger.ledger import Ledger
from pipeline.review.field_comparison import Agreement, FieldComparison
from pipeline.review.readings_offered import differing
from pipeline.review.sheet import ReviewSheet
from tests.review.test_field_comparison import read
from tests.support.cards import (
    CHILD_NUMBER,
    FATHER_NUMBER,
    MOTHER_NUMBER,
    certificate,
    father,
    id_number,
    member,
    mother,
    unreadable,
)
from tests.support.dossiers import FAMILY, Sent
from tests.support.lines import Ink
from tests.support.reviewing import DOUBTED, OLD, UNSURE, Sending, opened, row_of

FAINT = Ink("欧阳靖萱", sure=0.05)
OTHER_NUMBER = id_number("20191123", 4)
BLAMED = {"父亲姓名": "欧阳旭", "有效身份证件号码": FATHER_NUMBER}
CRASH = FailedPage(page_no=2, code=Code.OUR_FAULT, reason=Reason.ENGINE_CRASH)


def held(sheet: ReviewSheet) -> list[tuple[Person | None, Field, Reason]]:
    return [(row.compared.person, row.compared.field, found.reason) for row in sheet.rows for found in row.findings]


@pytest.mark.parametrize(
    ("files", "about", "loose"),
    [
        pytest.param(DOUBTED, [(Person.CHILD, Field.NAME, Reason.UNCERTAIN)], [], id="the child's name on its card"),
        pytest.param(
            (*FAMILY, certificate(father=BLAMED)),
            [(Person.FATHER, Field.NAME, Reason.PARENT_CONFLICT)],
            [],
            id="the father's name on a certificate is not the child's, nor the mother's",
        ),
        pytest.param(
            (*FAMILY, mother(), certificate(mother={"有效身份证件号码": id_number("19910202", 4)})),
            [(Person.MOTHER, Field.ID_NUMBER, Reason.PARENT_CONFLICT)] * 2,
            [],
            id="both ends of what two pages say of the mother's number",
        ),
        pytest.param(
            (*FAMILY, certificate({"新生儿姓名": "欧阳靖宣"})),
            [(Person.CHILD, Field.NAME, Reason.NAME_CHANGED)],
            [],
            id="the name that only the certificate has",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": None})),
            [(Person.CHILD, Field.NAME, Reason.BLUR)],
            [],
            id="the name where nothing was read",
        ),
        pytest.param(
            (*FAMILY[:3], father({"公民身份证件编号": None}), member({"公民身份证件编号": None})),
            [(Person.CHILD, Field.ID_NUMBER, Reason.BLUR)],
            [],
            id="the child's number where nothing was read",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": FAINT})),
            [(Person.CHILD, Field.NAME, Reason.BLUR)],
            [],
            id="the name that was read and is not believed",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": None}), certificate()),
            [],
            [Reason.BLUR],
            id="a name that another document tells, and this one does not",
        ),
        pytest.param(FAMILY[1:], [], [Reason.ID_PORTRAIT], id="a page that is missing is about no field"),
        pytest.param(
            (*FAMILY, Sent((unreadable(),), failed=CRASH)), [], [Reason.ENGINE_CRASH], id="what we failed to read"
        ),
    ],
)
def test_which_row_a_finding_is_about(
    ledger: Ledger, files: Sequence[Sent | PageReading], about: list[tuple[Any, ...]], loose: list[Reason]
) -> None:
    sheet = opened(ledger, *files).sheet
    assert held(sheet) == about
    assert [finding.reason for finding in sheet.loose] == loose


@pytest.mark.parametrize(
    ("files", "child", "document"),
    [
        pytest.param(
            (*FAMILY, certificate()),
            {"name": "欧阳静"},
            DocumentKind.HOUSEHOLD_REGISTER,
            id="the register, if all differ",
        ),
        pytest.param(
            (*FAMILY, certificate({"新生儿姓名": "欧阳靖宣"})),
            {},
            DocumentKind.BIRTH_CERTIFICATE,
            id="the certificate, if it alone differs",
        ),
    ],
)
def test_whom_one_believes_first(
    ledger: Ledger, files: Sequence[PageReading], child: Mapping[str, object], document: DocumentKind
) -> None:
    row = row_of(opened(ledger, *files, sending=Sending(child=child)).sheet, Field.NAME)
    assert row.read is not None
    assert (row.read.document, len(row.others)) == (document, 1)


@pytest.mark.parametrize(
    ("field", "entered", "value", "marked"),
    [
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳靖宣", (3,), id="one character"),
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳靖萱", (), id="none"),
        pytest.param(Field.NAME, "欧阳萱", "欧阳靖萱", (2,), id="one that was not typed in"),
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳萱", (), id="one that is not printed: nothing of what is"),
        pytest.param(Field.NAME, "欧阳𬀩", "欧阳𬀪", (2,), id="outside the basic plane a character is one"),
        pytest.param(Field.NAME, "阿依古丽·买买提", "阿依古丽·买买堤", (7,), id="behind a dot"),
        pytest.param(Field.ADDRESS, "梧桐路18号", "梧桐 路 19号", (6,), id="behind spaces that say nothing"),
        pytest.param(Field.BIRTH_DATE, "2019-11-23", "2019-11-28T03:07", (9,), id="of a moment only the day"),
        pytest.param(Field.ID_NUMBER, CHILD_NUMBER, OTHER_NUMBER, (16, 17), id="digits"),
        pytest.param(Field.NAME, None, "欧阳靖萱", (), id="nothing stands beside it"),
    ],
)
def test_which_characters_differ(field: Field, entered: str | None, value: str, marked: tuple[int, ...]) -> None:
    one = read(value, field)
    assert differing(FieldComparison(Person.CHILD, field, entered, (one,), Agreement.DIFFER), one) == marked


def test_without_an_entry_another_document_stands_beside_it() -> None:
    one, other = read("欧阳旭"), read("欧阳明")
    assert differing(FieldComparison(Person.FATHER, Field.NAME, None, (one, other), Agreement.DIFFER), one) == (2,)


EVERYTHING: list[Any] = [
    pytest.param(DOUBTED, {}, id="a doubt"),
    pytest.param((*FAMILY, mother(), certificate(father=BLAMED)), {}, id="many documents"),
    pytest.param((*FAMILY, Sent((unreadable(),), failed=CRASH)), {}, id="a page that failed"),
    pytest.param(
        (Sent((*FAMILY[:2], FAMILY[4])), *FAMILY[2:4]), {"name": "王一一一一一"}, id="a file of several pages"
    ),
    pytest.param((unreadable(),), {"id_number": OTHER_NUMBER}, id="nothing that reads"),
    pytest.param(
        (*FAMILY[:4], member({"公民身份证件编号": OTHER_NUMBER, "姓名": UNSURE})), {}, id="two fields of one page"
    ),
]


@pytest.mark.parametrize(("files", "child"), EVERYTHING)
def test_crops_lie_inside_their_pages(
    ledger: Ledger, files: Sequence[Sent | PageReading], child: Mapping[str, object]
) -> None:
    sheet = opened(ledger, *files, sending=Sending(child=child)).sheet
    for row in sheet.rows:
        assert bool(row.crops) >= bool(row.read or row.findings)
        for crop in row.crops:
            size = sheet.pages[crop.page].size
            assert size is not None
            assert 0 <= crop.box.left < crop.box.right <= size[0]
            assert 0 <= crop.box.top < crop.box.bottom <= size[1]


@pytest.mark.parametrize(("files", "child"), EVERYTHING)
def test_options_are_distinct_and_hold_what_was_read_and_what_was_typed_in(
    ledger: Ledger, files: Sequence[Sent | PageReading], child: Mapping[str, object]
) -> None:
    for row in opened(ledger, *files, sending=Sending(child=child)).sheet.rows:
        assert len(set(row.options)) == len(row.options) <= 6
        assert bool(row.options) is (row.doubtful and bool(row.read or row.compared.entered))
        if row.doubtful:
            assert {row.read.value if row.read else None, row.compared.entered} - {None} <= set(row.options)


@pytest.mark.parametrize(("files", "child"), EVERYTHING)
def test_pages_in_are_pages_out(
    ledger: Ledger, files: Sequence[Sent | PageReading], child: Mapping[str, object]
) -> None:
    found = opened(ledger, *files, sending=Sending(child=child))
    came = [
        (f"{number}.jpg", page_no)
        for number, file in enumerate(files, start=1)
        for page_no in range(1, 2 if isinstance(file, PageReading) else 1 + len(file.readings) + bool(file.failed))
    ]
    assert [(page.file, page.page_no) for page in found.sheet.pages] == came
    assert [page.number for page in found.sheet.pages] == list(range(len(came)))
    assert all(page.file == f"{page.file_no}.jpg" for page in found.sheet.pages)


def test_the_characters_that_differ_come_first(ledger: Ledger) -> None:
    row = row_of(opened(ledger, *DOUBTED).sheet, Field.NAME)
    assert row.read is not None
    assert [crop.at for crop in row.crops] == [3, None]
    assert row.crops[0].box.width * 4 == row.crops[1].box.width
    assert row.crops[0].box.right == row.crops[1].box.right == row.read.box.right


def test_what_the_engine_also_saw_is_offered(ledger: Ledger) -> None:
    files = (*FAMILY[:4], member({"姓名": Ink("欧阳靖宣", weak={3: 0.8}, others={3: {"萱": 0.1, "宜": 0.05}})}))
    assert row_of(opened(ledger, *files).sheet, Field.NAME).options == ("欧阳靖宣", "欧阳靖萱", "欧阳靖宜")


def test_content_of_another_version_is_not_used_and_the_case_opens(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED, certificate(father=BLAMED), sending=Sending(version=OLD))
    assert (found.dossier, found.relatives) == (None, ())
    assert {page.size for page in found.sheet.pages} == {None}
    row = row_of(found.sheet, Field.NAME)
    assert (row.options, [crop.at for crop in row.crops]) == (("欧阳靖宣", "欧阳靖萱"), [None, None])
    assert held(found.sheet) == [
        (Person.CHILD, Field.NAME, Reason.UNCERTAIN),
        (Person.FATHER, Field.NAME, Reason.PARENT_CONFLICT),
    ]


def test_a_private_code_is_shown_as_what_it_was_made_for(ledger: Ledger) -> None:
    sending = Sending(child={"name": "欧阳\ue863"}, policy=Policy(names=NameLimits(legacy_gbk=True)))
    files = (*FAMILY[:4], member({"姓名": Ink("欧阳䶮", weak={2: 0.6})}))
    row = row_of(opened(ledger, *files, sending=sending).sheet, Field.NAME)
    assert (row.compared.entered, row.differing) == ("欧阳䶮", ())


def test_a_birth_on_a_certificate_stands_in_the_row_of_the_date(ledger: Ledger) -> None:
    files = (*FAMILY, certificate({"出生时间": "2019年11月28日08时30分"}))
    found = opened(ledger, *files)
    row = row_of(found.sheet, Field.BIRTH_DATE)
    assert row.read is not None
    assert (row.read.field, row.findings != ()) == (Field.BIRTH_TIME, True)
    assert "2019-11-23" in row.options
    assert row_of(found.sheet, Field.ID_NUMBER, Person.MOTHER).compared.read[0].value == MOTHER_NUMBER
