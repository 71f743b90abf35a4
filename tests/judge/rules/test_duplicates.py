from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from models.findings import Code, Finding, Reason, Severity
from models.policy import Policy
from models.reading import PageReading
from models.register import ChildNumbers, KnownChild
from models.submission import Guardian, GuardianRelation, IdType, Sex
from pipeline.judge.rules.duplicates import child_numbers, duplicates, mother_number
from tests.support.cards import CERTIFICATE_NUMBER, CHILD_NUMBER, MOTHER_NUMBER, certificate, id_number, member, mother
from tests.support.dossiers import FAMILY, GUARDIAN, dossier

SAME = KnownChild(
    name="欧阳靖萱",
    sex=Sex.FEMALE,
    birth_date=date(2019, 11, 23),
    id_number=CHILD_NUMBER,
    birth_certificate_number=CERTIFICATE_NUMBER,
    mother_id_number=MOTHER_NUMBER,
)
NEXT_NUMBER = id_number("20191123", 4)
NEXT_CERTIFICATE = "T110000001"
SISTER = SAME.model_copy(
    update={"name": "欧阳靖瑶", "id_number": NEXT_NUMBER, "birth_certificate_number": NEXT_CERTIFICATE}
)
OTHER_MOTHER = id_number("19930303", 6)
WITH_CERTIFICATE = dossier(*FAMILY, certificate(), mother())
WITH_REGISTER = dossier(*FAMILY)
SISTER_IN_LAW = mother({"户主或与户主关系": "弟媳"})
WIFE = Guardian(name="林静", relation=GuardianRelation.MOTHER)
UNNUMBERED = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}
WITHOUT_NUMBERS = dossier(*FAMILY[:4], mother(), certificate({"出生医学证明编号": None}), child=UNNUMBERED)

EXISTS_BY_ID = (Code.CHILD_EXISTS, Reason.ID_NUMBER)
EXISTS_BY_CERTIFICATE = (Code.CHILD_EXISTS, Reason.BIRTH_CERTIFICATE_NUMBER)
CONFLICT = (Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT)
ALIKE = (Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER)
WITHDRAWN = (Code.MAYBE_DUPLICATE, Reason.EXISTING_WITHDRAWN)


def _told(findings: list[Finding]) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({}, [EXISTS_BY_ID], id="the same child"),
        pytest.param({"birth_certificate_number": None}, [EXISTS_BY_ID], id="the same child, known by its ID number"),
        pytest.param({"id_number": None}, [EXISTS_BY_CERTIFICATE], id="the same child, known by its certificate"),
        pytest.param({"name": "欧阳 靖萱"}, [EXISTS_BY_ID], id="the same child, whose name was typed with a space"),
        pytest.param({"name": "欧阳。靖萱"}, [EXISTS_BY_ID], id="the same child, whose name was typed with a sign"),
        pytest.param({"mother_id_number": None}, [EXISTS_BY_ID], id="the same child, whose mother is not known"),
        pytest.param({"mother_id_number": OTHER_MOTHER}, [EXISTS_BY_ID], id="the same child, which was adopted since"),
        pytest.param(
            {"id_number": None, "name": "林静之女"},
            [CONFLICT],
            id="one certificate, known by the name given at birth",
        ),
        pytest.param(
            {"birth_certificate_number": NEXT_CERTIFICATE}, [EXISTS_BY_ID], id="one ID number, two certificates"
        ),
        pytest.param({"id_number": NEXT_NUMBER}, [CONFLICT], id="two ID numbers, one certificate"),
        pytest.param({"name": "欧阳静"}, [CONFLICT], id="one number, another name"),
        pytest.param({"sex": Sex.MALE}, [CONFLICT], id="one number, another sex"),
        pytest.param({"birth_date": date(2018, 11, 23)}, [CONFLICT], id="one number, another day"),
        pytest.param({"name": "欧阳静", "id_number": None}, [CONFLICT], id="one certificate, another name"),
        pytest.param({"withdrawn": True}, [WITHDRAWN], id="the same child, whose record was withdrawn"),
        pytest.param({"withdrawn": True, "name": "欧阳静"}, [WITHDRAWN], id="a withdrawn record with another name"),
        pytest.param(
            {"id_number": NEXT_NUMBER, "birth_certificate_number": NEXT_CERTIFICATE},
            [],
            id="the same name, day and mother, and both numbers differ",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": NEXT_CERTIFICATE},
            [ALIKE],
            id="the same name, day and mother, and the certificate was issued again",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": NEXT_CERTIFICATE, "name": "欧阳靖瑶"},
            [],
            id="a sister of the same day and mother, with a certificate of her own",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": NEXT_CERTIFICATE, "name": "林静之女"},
            [],
            id="a sister without a name of her own, with a certificate of her own",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None},
            [ALIKE],
            id="the same name, day and mother, no number",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None, "name": "林静之女"},
            [ALIKE],
            id="the same day and mother, no number, known by the name given at birth",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None, "mother_id_number": OTHER_MOTHER},
            [],
            id="the same name and day, another mother",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None, "mother_id_number": None},
            [],
            id="the same name and day, and the mother is not known",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None, "name": "欧阳靖瑶"},
            [],
            id="a sister of the same day and mother, without numbers",
        ),
        pytest.param(
            {"id_number": None, "birth_certificate_number": None, "sex": Sex.MALE},
            [],
            id="a brother of the same name, day and mother, without numbers",
        ),
    ],
)
def test_a_known_child_with_these_changes(change: Mapping[str, object], told: list[tuple[Code, Reason]]) -> None:
    findings = list(duplicates(WITH_CERTIFICATE, (SAME.model_copy(update=dict(change)),), Policy()))
    assert _told(findings) == told


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param((), [], id="nobody"),
        pytest.param((SISTER,), [], id="a twin sister with the next numbers"),
        pytest.param(
            (SISTER.model_copy(update={"sex": Sex.MALE, "id_number": id_number("20191123", 1)}),),
            [],
            id="a twin brother",
        ),
        pytest.param(
            (SISTER, SISTER.model_copy(update={"name": "欧阳靖珂", "id_number": id_number("20191123", 6)})),
            [],
            id="two triplets",
        ),
        pytest.param(
            (SISTER.model_copy(update={"birth_date": date(2016, 1, 2), "id_number": id_number("20160102", 2)}),),
            [],
            id="an elder sister",
        ),
        pytest.param(
            (SISTER.model_copy(update={"name": "林静之女", "id_number": None}),),
            [],
            id="a twin without a name of her own",
        ),
        pytest.param((SISTER, SAME), [EXISTS_BY_ID], id="the child itself beside its twin"),
        pytest.param((SAME, SAME), [EXISTS_BY_ID], id="two records, of which nobody hears"),
        pytest.param(
            (SAME, SAME.model_copy(update={"name": "欧阳静"})), [EXISTS_BY_ID, CONFLICT], id="two records that differ"
        ),
        pytest.param(
            (SAME.model_copy(update={"id_number": id_number("20191123", 8), "birth_certificate_number": None}),),
            [],
            id="a cousin of the same name, by number",
        ),
    ],
)
def test_several_known_children(known: tuple[KnownChild, ...], told: list[tuple[Code, Reason]]) -> None:
    assert _told(list(duplicates(WITH_REGISTER, known, Policy()))) == told


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param(SAME, [ALIKE], id="a child that by now has numbers, with the same name, day and mother"),
        pytest.param(SISTER, [], id="a twin that by now has numbers"),
        pytest.param(SAME.model_copy(update={"mother_id_number": None}), [], id="a child whose mother is not known"),
    ],
)
def test_a_child_without_numbers(known: KnownChild, told: list[tuple[Code, Reason]]) -> None:
    assert _told(list(duplicates(WITHOUT_NUMBERS, (known,), Policy()))) == told


def test_a_number_that_only_the_page_states_counts_like_one_that_was_typed_in() -> None:
    silent = dossier(*FAMILY, certificate(), child={"id_number": None, "birth_certificate_number": None})
    assert child_numbers(silent) == ChildNumbers((CHILD_NUMBER,), (CERTIFICATE_NUMBER,))
    assert _told(list(duplicates(silent, (SAME,), Policy()))) == [EXISTS_BY_ID]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param((SAME,), [], id="while only the first twin is known"),
        pytest.param((SAME, SISTER.model_copy(update={"id_number": None})), [EXISTS_BY_CERTIFICATE], id="again"),
    ],
)
def test_a_second_twins_certificate_scanned_twice(
    known: tuple[KnownChild, ...], told: list[tuple[Code, Reason]]
) -> None:
    paper = certificate({"新生儿姓名": SISTER.name, "出生医学证明编号": NEXT_CERTIFICATE})
    card = member({"姓名": SISTER.name, "公民身份证件编号": NEXT_NUMBER})
    held = dossier(*FAMILY[:4], card, paper, paper, mother(), child={"name": SISTER.name, "id_number": NEXT_NUMBER})
    assert _told(list(duplicates(held, known, Policy()))) == told


def test_a_twins_number_typed_in_by_mistake_asks_a_person() -> None:
    mistaken = dossier(*FAMILY[:4], member(), child={"id_number": NEXT_NUMBER})
    assert _told(list(duplicates(mistaken, (SISTER,), Policy()))) == [CONFLICT]


@pytest.mark.parametrize(
    ("pages", "guardian", "number"),
    [
        pytest.param((*FAMILY, certificate()), GUARDIAN, MOTHER_NUMBER, id="of the certificate"),
        pytest.param((*FAMILY, mother()), WIFE, MOTHER_NUMBER, id="of her card, if she applies"),
        pytest.param((*FAMILY, mother()), GUARDIAN, MOTHER_NUMBER, id="of the card of the head's wife"),
        pytest.param((*FAMILY, SISTER_IN_LAW), GUARDIAN, None, id="of a card of which nobody says that it is hers"),
        pytest.param(FAMILY, GUARDIAN, None, id="of nothing"),
    ],
)
def test_the_mothers_number(pages: Sequence[PageReading], guardian: Guardian, number: str | None) -> None:
    assert mother_number(dossier(*pages, guardian=guardian)) == number


def test_4005_points_at_no_page_and_quotes_nothing() -> None:
    (finding,) = duplicates(WITH_CERTIFICATE, (SAME,), Policy())
    assert finding.severity is Severity.REJECT
    held = finding.model_dump(exclude={"code", "reason", "severity", "message", "next_step"})
    assert set(held.values()) == {None}


def test_the_same_words_whatever_the_record_holds() -> None:
    def said(change: Mapping[str, object]) -> list[Finding]:
        return list(duplicates(WITH_REGISTER, (SAME.model_copy(update=dict(change)),), Policy()))

    assert said({}) == said({"mother_id_number": None, "submission_id": "case-9", "birth_certificate_number": None})
