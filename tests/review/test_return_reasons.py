"""Why a family is sent home: reasons that are ones, places that they fit, accusations that somebody looked at."""

from collections.abc import Sequence

import pytest

from models.codes import Code, Reason
from models.documents import Field, PageKind, Person
from models.findings import Location
from models.reading import PageReading
from models.register import KnownChild
from models.review import Checked, Relation
from models.submission import Sex
from pipeline.ledger.ledger import Ledger
from pipeline.review.return_reasons import finding_of, fits, offered_reasons, place_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.validation import Problem, issues_of
from tests.support.cards import CERTIFICATE_NUMBER, CHILD_NUMBER, certificate, id_number, member, mother
from tests.support.dossiers import FAMILY, Sent
from tests.support.reviewing import (
    DIFFERENT,
    DOUBTED,
    HIS,
    KNOWN,
    OLD,
    Sending,
    intent,
    looked,
    opened,
    place,
    returning,
    row_of,
)
from tests.support.values import BORN

FORMER = (Code.NAME_DIFFERS, Reason.FORMER_NAME)
NUMBER = (Code.NUMBER_DIFFERS, Reason.ENTERED)
LAWLESS = (Code.NUMBER_DIFFERS, Reason.CHECKSUM)
EXPIRED = (Code.EXPIRED, Reason.EXPIRED)
MISSING = (Code.PAGE_MISSING, Reason.HOME)
CHILD, PAPER = Person.CHILD, Field.CERTIFICATE_NUMBER
SAME, NOWHERE = [Problem.SAME_VALUE], [Problem.NO_PLACE]
BLURRED = (Code.ILLEGIBLE, Reason.BLUR)
NO_CARD = (Code.PAGE_MISSING, Reason.ID_PORTRAIT)
BLUR = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
OF_PAPER = KnownChild(name="欧阳靖", sex=Sex.FEMALE, birth_date=BORN, birth_certificate_number=CERTIFICATE_NUMBER)


def problems(
    found: ReviewCase,
    why: tuple[Code, Reason],
    where: Location | None,
    *checked: Checked,
    relation: Relation | None = None,
) -> list[Problem]:
    verdict = returning(found, why, where, *checked, relation=relation)
    return [one.problem for one in issues_of(found, intent(found, verdict))]


@pytest.mark.parametrize(
    ("field", "person", "why", "seen", "expected"),
    [
        pytest.param(Field.NAME, CHILD, DIFFERENT, "欧阳靖宣", [], id="another name, as somebody sees it"),
        pytest.param(Field.NAME, CHILD, DIFFERENT, "", [Problem.UNCHECKED], id="as the machine alone has it"),
        pytest.param(Field.NAME, CHILD, DIFFERENT, "欧阳靖萱", SAME, id="the very name"),
        pytest.param(Field.NAME, CHILD, DIFFERENT, None, SAME, id="a name that nobody can read"),
        pytest.param(Field.NAME, CHILD, DIFFERENT, "欧阳·靖萱", SAME, id="a dot is no other name"),
        pytest.param(Field.NAME, Person.FATHER, DIFFERENT, "欧阳旭", NOWHERE, id="the father has another name"),
        pytest.param(Field.SEX, CHILD, DIFFERENT, "男", NOWHERE, id="a sex is no name"),
        pytest.param(Field.NAME, CHILD, FORMER, "欧阳靖萱", SAME, id="the name of today is none of old"),
        pytest.param(Field.FORMER_NAME, CHILD, FORMER, "欧阳靖萱", [], id="the name of old was typed in"),
        pytest.param(Field.FORMER_NAME, CHILD, FORMER, "欧阳一", SAME, id="another one of old"),
        pytest.param(Field.FORMER_NAME, CHILD, DIFFERENT, "欧阳一", SAME, id="nobody types the old one in"),
        pytest.param(Field.ID_NUMBER, CHILD, NUMBER, id_number("20191123", 4), [], id="another number"),
        pytest.param(Field.ID_NUMBER, CHILD, NUMBER, f" {CHILD_NUMBER}", SAME, id="the very number"),
        pytest.param(Field.ID_NUMBER, CHILD, LAWLESS, CHILD_NUMBER[:-1] + "9", [], id="a wrong check digit"),
        pytest.param(Field.ID_NUMBER, CHILD, LAWLESS, "98" + CHILD_NUMBER[2:], [], id="of no province"),
        pytest.param(Field.ID_NUMBER, CHILD, LAWLESS, CHILD_NUMBER, SAME, id="a number by the rules"),
        pytest.param(PAPER, CHILD, LAWLESS, "T11000000", [], id="a certificate's"),
        pytest.param(PAPER, CHILD, LAWLESS, CERTIFICATE_NUMBER, SAME, id="a certificate's by the rules"),
        pytest.param(PAPER, CHILD, NUMBER, "T110000009", SAME, id="nobody typed a certificate's in"),
        pytest.param(Field.NAME, CHILD, BLUR, "", [], id="the register cannot be read"),
        pytest.param(Field.NAME, CHILD, BLURRED, "", NOWHERE, id="it has a code of its own"),
        pytest.param(PAPER, CHILD, BLUR, "", NOWHERE, id="which is not the certificate's"),
        pytest.param(Field.NAME, CHILD, EXPIRED, "", NOWHERE, id="no register expires"),
        pytest.param(Field.VALID_UNTIL, None, EXPIRED, "", [], id="an ID card does"),
        pytest.param(Field.NAME, CHILD, MISSING, "", [], id="a page is missing"),
    ],
)  # fmt: skip
def test_an_accusation(
    ledger: Ledger,
    field: Field,
    person: Person | None,
    why: tuple[Code, Reason],
    seen: str | None,
    expected: list[Problem],
) -> None:
    files = (*FAMILY[:4], member({"曾用名": "欧阳靖", "姓名": "欧阳靖宣"}), mother(), certificate())
    found = opened(ledger, *files)
    row = row_of(found.sheet, field, person)
    checked = () if seen == "" else (looked(row, seen),)
    assert problems(found, why, place(found, field, person), *checked) == expected


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        pytest.param((None, None), Problem.NO_REASON, id="none"),
        pytest.param((Code.NAME_DIFFERS, None), Problem.NO_REASON, id="half of one"),
        pytest.param((Code.NAME_DIFFERS, Reason.BLUR), Problem.NO_REASON, id="one of another code"),
        pytest.param((Code.NAME_IN_DOUBT, Reason.UNCERTAIN), Problem.NO_REASON, id="a doubt sends nobody home"),
        pytest.param((Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT), Problem.NO_REASON, id="one that bids them wait"),
        pytest.param((Code.BAD_FILE, Reason.DAMAGED), Problem.NO_REASON, id="a file that opens"),
        pytest.param((Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT), Problem.NO_PLACE, id="a wrong page, and not which"),
        pytest.param(DIFFERENT, Problem.NO_PLACE, id="a name, and not where"),
        pytest.param(KNOWN, Problem.NO_RELATION, id="a known child of whom there is no record"),
    ],
)
def test_a_reason_is_one_and_points_somewhere(ledger: Ledger, why: tuple[Code, Reason], expected: Problem) -> None:
    found = opened(ledger, *DOUBTED)
    assert problems(found, why, None) == [expected]
    assert problems(found, BLUR, place(found, Field.NAME)) == []


@pytest.mark.parametrize(
    ("why", "relation", "expected"),
    [
        pytest.param(KNOWN, Relation.SAME_CHILD, [], id="4005 of the same child"),
        pytest.param(KNOWN, None, [Problem.NO_RELATION], id="4005, and nobody said so"),
        pytest.param(KNOWN, Relation.ANOTHER_CHILD, [Problem.CONTRADICTS], id="4005 of a twin"),
        pytest.param(KNOWN, Relation.MISTYPED, [Problem.CONTRADICTS], id="4005 of a number that was mistyped"),
        pytest.param(BLUR, Relation.SAME_CHILD, [Problem.CONTRADICTS], id="the same child, and another answer"),
        pytest.param(BLUR, Relation.ANOTHER_CHILD, [], id="a twin whose page cannot be read"),
        pytest.param(BLUR, Relation.MISTYPED, [], id="a mistyped number, and a page that cannot be read"),
        pytest.param(BLUR, None, [], id="a page that cannot be read, whoever it is"),
    ],
)
def test_what_the_case_is_to_a_record(
    ledger: Ledger, why: tuple[Code, Reason], relation: Relation | None, expected: list[Problem]
) -> None:
    found = opened(ledger, *FAMILY, sending=Sending(known=(HIS,)))
    assert [relative.child.sex for relative in found.relatives] == [Sex.MALE]
    assert problems(found, why, place(found, Field.NAME), relation=relation) == expected


@pytest.mark.parametrize(
    ("files", "sending", "likely"),
    [
        pytest.param(DOUBTED, Sending(), [DIFFERENT, BLUR], id="a doubt about a name"),
        pytest.param(FAMILY[1:], Sending(), [NO_CARD, BLURRED], id="as the machine says"),
        pytest.param(FAMILY, Sending(known=(HIS,)), [KNOWN, BLUR], id="a record with this ID number"),
        pytest.param(
            (*FAMILY, mother(), certificate()),
            Sending(child={"birth_certificate_number": CERTIFICATE_NUMBER}, known=(OF_PAPER,)),
            [(Code.CHILD_EXISTS, Reason.BIRTH_CERTIFICATE_NUMBER), BLUR],
            id="a record with this certificate",
        ),
        pytest.param(
            (*FAMILY[:4], member({"公民身份证件编号": CHILD_NUMBER[:-1] + "9"})),
            Sending(child={"id_number": CHILD_NUMBER[:-1] + "9"}),
            [LAWLESS, BLUR],
            id="a number that is none",
        ),
        pytest.param(FAMILY, Sending(), [BLUR], id="nothing was found"),
    ],
)  # fmt: skip
def test_what_is_likely(
    ledger: Ledger, files: Sequence[PageReading | Sent], sending: Sending, likely: list[tuple[Code, Reason]]
) -> None:
    reasons = offered_reasons(opened(ledger, *files, sending=sending))
    assert [(one.code, one.reason) for one in reasons if one.likely] == likely
    assert len({one[:2] for one in reasons}) == len(reasons)


def test_a_file_that_does_not_open_is_told_in_the_machines_words(ledger: Ledger) -> None:
    found = opened(ledger, *FAMILY, Sent(failure=(Code.BAD_FILE, Reason.PASSWORD)))
    assert offered_reasons(found)[0][:2] == (Code.BAD_FILE, Reason.PASSWORD)
    verdict = returning(found, (Code.BAD_FILE, Reason.PASSWORD), None)
    assert issues_of(found, intent(found, verdict)) == ()
    assert finding_of(found, verdict) == found.sheet.blockers[0]


@pytest.mark.parametrize(
    ("chosen", "there"),
    [
        pytest.param("r0", ("5.jpg", PageKind.HUKOU_MEMBER, Field.NAME), id="a row"),
        pytest.param("p0", ("1.jpg", PageKind.ID_PORTRAIT, None), id="a page"),
        pytest.param("r999", None, id="no row"),
        pytest.param("p-1", None, id="no page"),
        pytest.param("r", None, id="no number"),
        pytest.param("r٣", None, id="digits of another script"),
        pytest.param("r" + "9" * 5000, None, id="a number that no computer counts to"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_where(ledger: Ledger, chosen: str, there: tuple[str, PageKind, Field | None] | None) -> None:
    found = place_of(opened(ledger, *DOUBTED), chosen)
    assert (found and (found.file, found.page_kind, found.field)) == there


def test_of_content_of_another_version_a_page_is_known_by_its_kind(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED, sending=Sending(version=OLD))
    places = [place_of(found, chosen) for chosen in ("r0", "p0", "p4")]
    assert [one and one.page_kind for one in places] == [
        PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT, PageKind.HUKOU_MEMBER,
    ]  # fmt: skip
    assert fits(Code.REGISTER_ILLEGIBLE, place_of(found, "p4"))
