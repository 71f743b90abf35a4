from collections.abc import Mapping, Sequence

import pytest

from models.documents import Person
from models.findings import Code, Finding, Reason
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation, IdType
from pipeline.judge.rules.completeness import missing
from pipeline.judge.rules.guardians import guardians
from tests.support.cards import certificate, emblem, father, home, id_number, member, mother, portrait
from tests.support.dossiers import GUARDIAN, READER, dossier
from tests.support.lines import Ink

STRANGER = portrait({"姓名": "赵大海", "公民身份号码": id_number("19790909", 9)})
UNSURE = portrait({"姓名": Ink("欧阳朋", sure=0.7), "公民身份号码": None})
DOUBT = [(Code.CONTRADICTION, Reason.PARENT_CONFLICT)]
AGE = (Code.CONTRADICTION, Reason.AGE)
OTHER_NUMBER = id_number("19880101", 9)
UNSURE_NUMBER = Ink(OTHER_NUMBER, sure=0.6)
BOOKLET = (emblem(), home(), father(), member())
BY_NAME = Guardian(name="欧阳明", relation=GuardianRelation.FATHER)


def _told(findings: Sequence[Finding]) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]


@pytest.mark.parametrize(
    ("pages", "guardian", "told"),
    [
        pytest.param((portrait(), *BOOKLET), GUARDIAN, [], id="the guardian's card and page"),
        pytest.param(
            (portrait(), STRANGER, *BOOKLET), GUARDIAN, [], id="another card beside the guardian's is welcome"
        ),
        pytest.param((UNSURE, *BOOKLET), BY_NAME, DOUBT, id="a name on the card that is hard to read asks a person"),
        pytest.param(
            (portrait({"公民身份号码": id_number("19880101", 9)}), *BOOKLET),
            GUARDIAN,
            DOUBT * 3,
            id="another number on the card than was typed in, and than the register says",
        ),
        pytest.param(
            (STRANGER, *BOOKLET),
            GUARDIAN,
            [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            id="a stranger's card alone, read with certainty",
        ),
        pytest.param(
            (portrait({"姓名": Ink("赵大海", weak={2: 0.7}), "公民身份号码": id_number("19790909", 9)}), *BOOKLET),
            GUARDIAN,
            DOUBT,
            id="a stranger's card alone, one character of which is hard to read, asks a person",
        ),
        pytest.param((portrait(), *BOOKLET), None, [], id="nobody is named, and the card is of the register"),
        pytest.param((STRANGER, *BOOKLET), None, DOUBT, id="nobody is named, and the card is not of the register"),
        pytest.param(
            (portrait(), emblem(), home(), mother(), member()), GUARDIAN, DOUBT, id="only the other parent's page came"
        ),
        pytest.param(
            (
                portrait(),
                emblem(),
                home(),
                father({"姓名": Ink("欧阳朋", sure=0.7), "公民身份证件编号": None}),
                member(),
            ),
            GUARDIAN,
            DOUBT,
            id="the guardian's page is hard to read",
        ),
        pytest.param(
            (portrait(), *BOOKLET, certificate(father={"父亲姓名": "赵大海"})),
            GUARDIAN,
            DOUBT,
            id="the certificate names another father",
        ),
        pytest.param(
            (portrait(), *BOOKLET, certificate(father={"父亲姓名": "欧阳明", "有效身份证件号码": OTHER_NUMBER})),
            GUARDIAN,
            DOUBT * 2,
            id="another number of the father on the certificate",
        ),
        pytest.param(
            (portrait(), *BOOKLET, certificate(father={"父亲姓名": "欧阳明", "有效身份证件号码": UNSURE_NUMBER})),
            GUARDIAN,
            [],
            id="a number on the certificate that is hard to read",
        ),
        pytest.param(
            (portrait(), *BOOKLET, mother({"公民身份证件编号": id_number("19900303", 4)}), certificate(father={})),
            GUARDIAN,
            DOUBT * 2,
            id="the mother has two numbers",
        ),
    ],
)
def test_who_the_guardian_is(
    pages: Sequence[PageReading], guardian: Guardian | None, told: list[tuple[Code, Reason]]
) -> None:
    held = dossier(*pages, guardian=guardian)
    assert _told([*guardians(held, READER), *missing(held, READER.policy)]) == told


@pytest.mark.parametrize(
    ("cells", "holder"),
    [
        pytest.param({"姓名": Ink("欧阳朋", sure=0.7)}, Person.FATHER, id="an equal number is the person"),
    ],
)
def test_whose_card_it_is(cells: Mapping[str, str | Ink | None], holder: Person) -> None:
    held = dossier(portrait(), emblem(), home(), father(cells), member())
    assert held.pages[3].holder is holder


@pytest.mark.parametrize(
    "block",
    [pytest.param(None, id="blank"), pytest.param("——", id="a dash"), pytest.param(Ink("一", sure=0.2), id="a speck")],
)
def test_a_blank_father_block_asks_for_the_mother_only(block: str | Ink | None) -> None:
    held = dossier(
        portrait(),
        emblem(),
        home(),
        mother(),
        certificate(father={"父亲姓名": block}),
        child={"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None},
        guardian=None,
    )
    assert _told(list(missing(held, READER.policy))) == []


@pytest.mark.parametrize(
    ("born", "told"),
    [
        pytest.param("20051124", [AGE], id="a mother the day before she is 14"),
        pytest.param("20051123", [], id="a mother of 14"),
        pytest.param("19631124", [], id="a mother of 55"),
        pytest.param("19631123", [AGE], id="a mother of 56"),
    ],
)
def test_parents_have_an_age_to_be_parents(born: str, told: list[tuple[Code, Reason]]) -> None:
    number = id_number(born, 4)
    card = mother({"公民身份证件编号": number, "出生日期": f"{born[:4]}年{born[4:6]}月{born[6:]}日"})
    guardian = Guardian(name="林静", relation=GuardianRelation.MOTHER, id_number=number)
    assert _told(list(guardians(dossier(card, guardian=guardian), READER))) == told
