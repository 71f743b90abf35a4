from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import DocumentKind
from models.findings import Code, Finding, Reason, Severity
from models.policy import Policy
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation
from pipeline.judge.rules.completeness import missing
from pipeline.judge.rules.documents import documents
from pipeline.judge.rules.guardians import guardians
from tests.support.cards import (
    CERTIFICATE_NUMBER,
    certificate,
    changes_page,
    emblem,
    father,
    home,
    id_number,
    member,
    mother,
    portrait,
)
from tests.support.dossiers import FAMILY, GUARDIAN, READER, Sent, dossier
from tests.support.lines import Ink, Words, line, page

STRANGER = portrait({"姓名": "赵大海", "公民身份号码": id_number("19790909", 9)})
MOTHERS = portrait({"姓名": "林静", "公民身份号码": "110199199002020042"})
MISSPELT = portrait({"姓名": "欧阳朋"})
LENIENT = Policy(expired_is_reject=False)
SUBMITTED = date(2026, 11, 20)


def _told(findings: Sequence[Finding]) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]


def _documents(*files: Sent | PageReading, guardian: Guardian | None = GUARDIAN) -> list[Finding]:
    held = dossier(*files, guardian=guardian)
    return [*documents(held, Policy()), *guardians(held, READER)]


@pytest.mark.parametrize(
    ("period", "policy", "severity"),
    [
        pytest.param("2016.11.20-2026.11.20", Policy(), None, id="valid until today"),
        pytest.param("2016.11.19-2026.11.19", Policy(), Severity.REJECT, id="valid until yesterday"),
        pytest.param(
            "2016.11.19-2026.11.19", LENIENT, Severity.REVIEW, id="valid until yesterday, and a person decides"
        ),
        pytest.param("2006.11.20-长期", Policy(), None, id="valid for ever"),
        pytest.param(
            Ink("2016.11.19-2026.11.19", sure=0.85), Policy(), Severity.REVIEW, id="expired, and hard to read"
        ),
        pytest.param(Ink("2016.11.19-2026.11.19", sure=0.01), Policy(), None, id="expired, and cannot be read"),
        pytest.param(None, Policy(), None, id="nothing is said"),
    ],
)
def test_a_card_must_be_valid_on_the_day_of_submission(
    period: Words | None, policy: Policy, severity: Severity | None
) -> None:
    findings = list(documents(dossier(emblem(period)), policy))
    assert _told(findings) == ([(Code.EXPIRED, Reason.EXPIRED)] if severity else [])
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


def test_a_card_that_is_valid_until_a_day_that_never_comes_asks_a_person() -> None:
    findings = _documents(emblem("2016.11.19-2026.13.40"))
    assert _told(findings) == [(Code.CONTRADICTION, Reason.VALIDITY_LENGTH)]
    assert findings[0].severity is Severity.REVIEW


@pytest.mark.parametrize(
    ("period", "born", "lawful"),
    [
        pytest.param("2020.01.01-2040.01.01", "1988年1月1日", True, id="twenty years at 32"),
        pytest.param("2020.01.01-2030.01.01", "1988年1月1日", False, id="ten years at 32"),
        pytest.param("2014.01.01-2034.01.01", "1988年1月1日", True, id="twenty years on the 26th birthday"),
        pytest.param("2013.12.31-2023.12.31", "1988年1月1日", True, id="ten years on the day before"),
        pytest.param("2020.01.01-长期", "1974年1月1日", True, id="for ever on the 46th birthday"),
        pytest.param("2020.01.01-长期", "1974年1月2日", False, id="for ever on the day before"),
        pytest.param("2024.01.01-2029.01.01", "2010年1月1日", True, id="five years at 14"),
        pytest.param("2020.02.29-2040.03.01", "1988年1月1日", True, id="from a leap day"),
        pytest.param("2020.02.29-2040.02.28", "1988年1月1日", True, id="from a leap day to the last of February"),
        pytest.param("2020.02.29-2040.03.28", "1988年1月1日", False, id="from a leap day to another one"),
        pytest.param("2020.03.05-2040.02.28", "1988年1月1日", False, id="to the last of February from another day"),
        pytest.param("2020.01.01-2040.01.02", "1988年1月1日", False, id="a day too long"),
        pytest.param(Ink("2020.01.01-2030.01.01", sure=0.9), "1988年1月1日", True, id="hard to read"),
        pytest.param("2020.01.01-2030.01.01", None, True, id="ten years of somebody whose age nobody reads"),
        pytest.param("2020.01.01-2025.01.01", "2021年1月1日", False, id="from before the birth: another person's side"),
        pytest.param("2020.01.01-2035.01.01", None, False, id="fifteen years of anybody"),
    ],
)
def test_how_long_a_card_may_be_valid(period: Words, born: str | None, lawful: bool) -> None:
    held = dossier(emblem(period), portrait({"出生": born}))
    findings = [one for one in documents(held, Policy()) if one.code is Code.CONTRADICTION]
    assert _told(findings) == ([] if lawful else [(Code.CONTRADICTION, Reason.VALIDITY_LENGTH)])
    assert all(one.severity is Severity.REVIEW for one in findings)


@pytest.mark.parametrize(
    ("title", "severity"),
    [
        pytest.param("临时居民身份证", Severity.REJECT, id="says so"),
        pytest.param(Ink("临时居民身份证", sure=0.8), Severity.REVIEW, id="seems to say so"),
        pytest.param("居民身份证", None, id="an ordinary one"),
    ],
)
def test_a_temporary_card(title: Words, severity: Severity | None) -> None:
    findings = list(documents(dossier(page([line(title, 100, 20)])), Policy()))
    assert _told(findings) == ([(Code.EXPIRED, Reason.TEMPORARY)] if severity else [])
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


@given(st.integers(-3000, 3000))
def test_a_card_is_expired_exactly_from_the_day_after_its_last(days: int) -> None:
    last = SUBMITTED + timedelta(days=days)
    findings = _documents(emblem(f"2000.01.01-{last:%Y.%m.%d}"))
    assert ((Code.EXPIRED, Reason.EXPIRED) in _told(findings)) is (days < 0)


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        pytest.param(None, [], id="no hint"),
        pytest.param(DocumentKind.ID_CARD, [], id="the right hint"),
        pytest.param(DocumentKind.BIRTH_CERTIFICATE, [(Code.WRONG_DOCUMENT, Reason.DECLARED)], id="a wrong hint"),
    ],
)
def test_a_hint_that_content_contradicts_is_a_warning(
    hint: DocumentKind | None, told: list[tuple[Code, Reason]]
) -> None:
    findings = _documents(Sent((emblem(),), hint))
    assert _told(findings) == told
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_a_hint_on_a_page_of_no_document_is_not_contradicted() -> None:
    assert not _documents(Sent((page(()),), DocumentKind.ID_CARD))


@pytest.mark.parametrize(
    ("pages", "guardian", "told"),
    [
        pytest.param((portrait(),), GUARDIAN, [], id="the guardian's"),
        pytest.param((STRANGER,), GUARDIAN, [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)], id="a stranger's"),
        pytest.param((STRANGER,), None, [], id="anybody's, where nobody is named"),
        pytest.param((MISSPELT,), GUARDIAN, [], id="the guardian's by its number, whatever the name"),
        pytest.param((MOTHERS,), GUARDIAN, [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)], id="the mother's, unnamed"),
        pytest.param((MOTHERS, certificate()), GUARDIAN, [], id="the mother's, whom the certificate names"),
        pytest.param(
            (MOTHERS,), Guardian(name="林静", relation=GuardianRelation.MOTHER), [], id="the mother's, who applies"
        ),
        pytest.param(
            (portrait({"姓名": Ink("赵大海", sure=0.05), "公民身份号码": None}),),
            GUARDIAN,
            [],
            id="somebody's whose name cannot be read",
        ),
        pytest.param((portrait({"姓名": None, "公民身份号码": None}),), GUARDIAN, [], id="nameless"),
    ],
)
def test_the_card_is_the_guardians(
    pages: Sequence[PageReading], guardian: Guardian | None, told: list[tuple[Code, Reason]]
) -> None:
    held = dossier(*pages, guardian=guardian)
    wrong = [one for one in missing(held, Policy()) if one.code is Code.WRONG_DOCUMENT]
    assert _told([*wrong, *guardians(held, READER)]) == told


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param((changes_page(),), [], id="an empty page for changes"),
        pytest.param((changes_page("2020年1月1日"),), [(Code.CONTRADICTION, Reason.AMENDED)], id="one change"),
        pytest.param(
            (changes_page("2020年1月1日", "2021年1月1日"),),
            [(Code.CONTRADICTION, Reason.AMENDED)],
            id="two changes, told once",
        ),
        pytest.param((home(),), [], id="a 首页, whose form has the words of a change"),
    ],
)
def test_an_amended_register(pages: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    assert _told(_documents(*pages)) == told


@pytest.mark.parametrize(
    ("printed", "barcodes", "told"),
    [
        pytest.param(CERTIFICATE_NUMBER, (), [], id="no barcode"),
        pytest.param(CERTIFICATE_NUMBER, (CERTIFICATE_NUMBER,), [], id="the same number"),
        pytest.param(CERTIFICATE_NUMBER, (CERTIFICATE_NUMBER.lower(),), [], id="the same number in small letters"),
        pytest.param(CERTIFICATE_NUMBER, ("T110000001",), [(Code.CONTRADICTION, Reason.BARCODE)], id="another number"),
        pytest.param(CERTIFICATE_NUMBER, (CERTIFICATE_NUMBER,) * 2, [], id="正页 and 副页 with one number"),
        pytest.param(
            CERTIFICATE_NUMBER,
            (CERTIFICATE_NUMBER, "T110000001"),
            [(Code.CONTRADICTION, Reason.BARCODE)],
            id="正页 and 副页 with two",
        ),
        pytest.param(None, ("T110000001",), [], id="nothing to compare it with"),
        pytest.param(Ink("T110000001", sure=0.3), (CERTIFICATE_NUMBER,), [], id="nothing that can be read"),
        pytest.param("T1100000", (CERTIFICATE_NUMBER,), [], id="a number that is none, for which the barcode stands"),
    ],
)
def test_the_certificates_barcode(
    printed: Words | None, barcodes: Sequence[str], told: list[tuple[Code, Reason]]
) -> None:
    assert _told(_documents(certificate({"出生医学证明编号": printed}, barcodes=barcodes))) == told


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param((portrait(), emblem()), [], id="both sides"),
        pytest.param(
            (portrait(), portrait()), [(Code.WRONG_DOCUMENT, Reason.WRONG_SIDE)], id="the portrait side twice"
        ),
        pytest.param((emblem(), emblem()), [(Code.WRONG_DOCUMENT, Reason.WRONG_SIDE)], id="the emblem side twice"),
        pytest.param((portrait(), portrait(), emblem()), [], id="one side twice, and the other"),
        pytest.param(
            (portrait(), STRANGER),
            [],
            id="two people's portrait sides",
        ),
        pytest.param((portrait(), MOTHERS, certificate()), [], id="both parents' portrait sides"),
        pytest.param((portrait(),), [], id="one side only"),
    ],
)
def test_the_same_side_twice(pages: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    assert _told(_documents(*pages)) == told


def test_the_second_of_the_same_side_is_pointed_at() -> None:
    (finding,) = _documents(portrait(), portrait())
    assert finding.file == "2.jpg"


def test_a_whole_family_gives_rise_to_nothing() -> None:
    assert not _documents(
        *FAMILY, certificate(barcodes=(CERTIFICATE_NUMBER,)), mother(), changes_page(), member(), father()
    )


@pytest.mark.parametrize(
    ("born", "told"),
    [
        pytest.param(SUBMITTED, [], id="born today"),
        pytest.param(SUBMITTED + timedelta(days=1), [(Code.CONTRADICTION, Reason.AGE)], id="born tomorrow"),
    ],
)
def test_a_child_is_born_before_it_applies(born: date, told: list[tuple[Code, Reason]]) -> None:
    assert _told(list(documents(dossier(portrait(), emblem(), child={"birth_date": born}), Policy()))) == told


@pytest.mark.parametrize(
    ("cards", "told"),
    [
        pytest.param([emblem("2006.11.19-2016.11.19"), emblem()], [], id="an old card beside the valid one"),
        pytest.param([emblem("2006.11.19-2016.11.19")], [(Code.EXPIRED, Reason.EXPIRED)], id="the old card alone"),
    ],
)
def test_one_valid_card_is_enough(cards: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    assert _told(_documents(portrait(), *cards)) == told
