"""Documents that stand for an ID card, as read: kinds, sides, both scripts of a name, numbers by their own rules."""

from collections.abc import Iterator

import pytest

from fixtures.documents.other_documents import GUARDIAN_DOCUMENTS, OTHER_DOCUMENTS, Holder, printed_values
from fixtures.documents.passports import any_passport
from fixtures.people.population import family
from fixtures.truth import Split
from models.content import PageContent
from models.documents import DocumentKind, Field, OtherDocument, PageKind, Person
from models.policy import LegibilityLimits
from models.reading import Line, PageReading
from pipeline.extract.extraction import extract_page
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS as RULES
from pipeline.judge.field_legibility import certain
from tests.support.dossiers import dossier
from tests.support.guardian_documents import PASSPORT_NUMBER, passport, td3
from tests.support.lines import Ink, line, page

VALUES = printed_values(Holder(family(Split.TEST, 20), Person.MOTHER))
UPPER, LOWER = td3()
FRONTS = {
    "hk_macau_permit": "H00000000",
    "hk_macau_permit_foreign": "HA0000000",
    "taiwan_permit": "00000000",
    "permanent_resident_2023": VALUES["foreign_number"],
    "permanent_resident_2017": VALUES["foreign_number_2017"],
    "hmt_residence_permit": VALUES["hk_number"],
    "hmt_residence_permit_taiwan": VALUES["taiwan_number"],
    "military_id": "军0000000",
}
BACKS = ("hk_macau_permit_back", "taiwan_permit_back", "permanent_resident_back", "hmt_residence_permit_back")


def _card(name: str) -> PageReading:
    return page(tuple(_rows(name)))


def _rows(name: str) -> Iterator[Line]:
    """Labels with their values beside them, as the layouts print them."""
    card = OTHER_DOCUMENTS.get(name) or GUARDIAN_DOCUMENTS[name]
    yield line(card.title, 100, 20)
    for at, (label, value) in enumerate(card.items, start=1):
        yield line(label, 100, 20 + 60 * at)
        yield line(VALUES.get(value, value), 100 + 30 * len(label) + 30, 20 + 60 * at)


def _value(content: PageContent, field: Field) -> str | None:
    read = next((one for slot, one in content.fields.items() if slot.field is field), None)
    return read.value if read else None


def _sure(content: PageContent, field: Field) -> str | None:
    return certain(next((one for slot, one in content.fields.items() if slot.field is field), None), LegibilityLimits())


@pytest.mark.parametrize(("name", "number"), FRONTS.items())
def test_a_front_names_its_holder_and_has_its_number(name: str, number: str) -> None:
    (seen,) = dossier(_card(name)).pages
    assert seen.names_its_holder
    assert _sure(seen.content, Field.ID_NUMBER) == number
    document = DocumentKind(seen.shown or "")
    rule = RULES[document]
    assert rule.number(number) == number
    assert rule.is_checked is None or rule.is_checked(number)


@pytest.mark.parametrize("name", BACKS)
def test_a_back_names_nobody(name: str) -> None:
    (seen,) = dossier(_card(name)).pages
    assert seen.shown in RULES
    assert not seen.names_its_holder


def test_a_permit_of_mainlanders_is_another_document() -> None:
    content = extract_page(_card("exit_entry_permit"))
    assert (content.kind, content.document) == (PageKind.OTHER, OtherDocument.EXIT_ENTRY_PERMIT)


@pytest.mark.parametrize(
    ("document", "text", "number"),
    [
        pytest.param(DocumentKind.HK_MACAU_PERMIT, "M 1234 5678", "M12345678", id="Macao, spaced"),
        pytest.param(DocumentKind.HK_MACAU_PERMIT, "H1234567801", "H12345678", id="with 换证次数"),
        pytest.param(DocumentKind.HK_MACAU_PERMIT, "C12345678", None, id="of a mainlander"),
        pytest.param(DocumentKind.TAIWAN_PERMIT, "0123456701", "01234567", id="with 签发次数"),
        pytest.param(DocumentKind.TAIWAN_PERMIT, "1234567", None, id="seven digits"),
        pytest.param(DocumentKind.PERMANENT_RESIDENT, "/ID Number CAN310099010100", "CAN310099010100", id="of 2017"),
        pytest.param(DocumentKind.PERMANENT_RESIDENT, "CAN310099130100", None, id="a month that there is not"),
        pytest.param(DocumentKind.PERMANENT_RESIDENT, "911124198813010010", None, id="the same, of today"),
        pytest.param(DocumentKind.HMT_RESIDENCE_PERMIT, "110199198801010014", None, id="a number of the mainland"),
        pytest.param(DocumentKind.MILITARY_ID, "军字第0123456号", "军0123456", id="as printed before 2016"),
        pytest.param(DocumentKind.MILITARY_ID, "士0123456", "士0123456", id="of a sergeant"),
        pytest.param(DocumentKind.PASSPORT, "护照号 EA1234567", "EA1234567", id="a passport"),
        pytest.param(DocumentKind.PASSPORT, "PASSPORT", None, id="a word"),
    ],
)
def test_a_number_follows_the_rule_of_its_document(document: DocumentKind, text: str, number: str | None) -> None:
    assert RULES[document].number(text) == number


def test_a_name_is_split_by_its_script() -> None:
    one_line = page(
        [line("港澳居民来往内地通行证", 100, 20), line("姓名", 100, 80), line("陈大文CHAN,TAI MAN", 220, 80)]
    )
    assert _value(extract_page(one_line), Field.NAME) == "陈大文"
    assert _value(extract_page(one_line), Field.LATIN_NAME) == "CHAN,TAIMAN"


@pytest.mark.parametrize("number", range(12))
def test_the_zone_of_a_passport_is_decoded_by_position(number: int) -> None:
    """Letters that the engine reads for digits, and digits for letters, are read as their places allow."""
    one = any_passport(number)
    upper, lower = one.zone
    letters = str.maketrans("015", "OIS")
    confused = lower[:9] + lower[9:28].translate(letters) + lower[28:42] + lower[42:].translate(letters)
    content = extract_page(passport((upper.replace("O", "0"), confused), name=None, number=one.number))
    assert _sure(content, Field.ID_NUMBER) == one.number
    assert _sure(content, Field.BIRTH_DATE) == one.birth_date.isoformat()
    assert _sure(content, Field.VALID_UNTIL) == one.expiry.isoformat()
    assert (_value(content, Field.LATIN_NAME) or "").replace(", ", "<<").replace(" ", "<") == one.names


FOREIGN = td3("L01234567", state="CAN")


@pytest.mark.parametrize(
    ("reading", "number"),
    [
        pytest.param(passport(), PASSPORT_NUMBER, id="the form of China's numbers decides"),
        pytest.param(passport(td3("EA1234567")), "EA1234567", id="with two letters"),
        pytest.param(
            passport((UPPER, Ink(td3("EA1234567")[1], others={1: {"K": 0.01}}))), None, id="a K seen beside an A"
        ),
        pytest.param(passport(number=PASSPORT_NUMBER), PASSPORT_NUMBER, id="the print says the same"),
        pytest.param(passport(number="E01234568"), None, id="the print says another"),
        pytest.param(passport(FOREIGN), None, id="a letter that may be a digit, and no print"),
        pytest.param(passport(FOREIGN, number="L01234567"), "L01234567", id="the same with the print"),
        pytest.param(passport((UPPER, LOWER[:-1] + "9")), None, id="a wrong check digit"),
        pytest.param(passport((UPPER, LOWER.replace("<<<<<<", "<<"))), PASSPORT_NUMBER, id="fillers that were lost"),
        pytest.param(passport((UPPER, f"«{LOWER[1:]}")), None, id="its first letter was not read"),
        pytest.param(passport((UPPER, f"!{LOWER}")), PASSPORT_NUMBER, id="a speck before it"),
        pytest.param(passport((UPPER, LOWER[:30])), None, id="its end was cut off"),
        pytest.param(passport((None, None), number=PASSPORT_NUMBER), None, id="the print alone"),
    ],
)
def test_a_passports_number_is_sure_where_check_digits_and_print_or_form_agree(
    reading: PageReading, number: str | None
) -> None:
    content = extract_page(reading)
    assert content.kind is PageKind.PASSPORT
    assert _sure(content, Field.ID_NUMBER) == number


@pytest.mark.parametrize("at", [pytest.param(30, id="behind the dates"), pytest.param(32, id="among its fillers")])
def test_a_second_line_that_was_cut_in_two_is_joined(at: int) -> None:
    pieces = [line(UPPER, 20, 1000), line(LOWER[:at], 20, 1060), line(LOWER[at:], 40 + 30 * at, 1062)]
    assert _sure(extract_page(page(pieces)), Field.ID_NUMBER) == PASSPORT_NUMBER


def test_a_sex_that_the_zone_leaves_open_and_a_label_in_english_are_no_values() -> None:
    content = extract_page(passport(td3(sex="<")))
    assert _value(content, Field.SEX) is None
    labelled = page([*passport((None, None), name=None).lines, line("姓名/Name陈大文", 100, 200)])
    assert (_value(extract_page(labelled), Field.NAME), _value(extract_page(labelled), Field.LATIN_NAME)) == (
        "陈大文",
        None,
    )
